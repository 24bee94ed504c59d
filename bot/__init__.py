"""A conversational evidence-lookup bot for ME/CFS."""

__version__ = "0.1.0"
