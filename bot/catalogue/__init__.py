"""What is known: curated records, the database made from them, search. Knows no chat, no templates."""
