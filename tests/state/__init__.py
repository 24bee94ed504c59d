"""State: every test that takes ``url`` or ``state`` runs on SQLite and on a real PostgreSQL."""
