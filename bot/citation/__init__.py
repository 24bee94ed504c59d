"""How to cite it: styles rendered ahead of time, export formats, the snapshot line."""
