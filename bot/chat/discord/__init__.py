"""The Discord front, thin: an interaction becomes a Request, a Reply becomes a message."""
