"""What is known: curated records, the database built from them, and search. Knows no chat and no templates."""
