"""``doctor``: what an operator can get wrong, looked at before it matters; each finding says what to mend."""
