"""What to say: one module per command. Request in, Reply out. Knows no chat platform."""
