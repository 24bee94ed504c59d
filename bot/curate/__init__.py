"""The curator's bench: what fills the catalogue and keeps it true, and what never runs in a chat.

Sources (Crossref, PubMed, files of reference managers) are read into :class:`~bot.curate.reading.Reading`;
several readings of one work are merged; a draft or a proposal comes of it, which a person reviews.
"""
