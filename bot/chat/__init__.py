"""Where people talk: one thin front per platform."""
