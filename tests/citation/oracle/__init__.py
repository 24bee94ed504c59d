"""Expected citations made by another engine; see README.md."""
