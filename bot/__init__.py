"""A conversational evidence-lookup bot for ME/CFS."""
