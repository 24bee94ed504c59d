"""What a server chose: settings, reading lists, shared cards, suggestions. Knows ids, never studies."""
