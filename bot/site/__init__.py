"""Pages of the catalogue: for curators while they edit (``preview``), and for everybody (``export``).

Both are made of the same templates and the same replies that the chat fronts show. What is shown on a page
comes from :mod:`bot.answer`, so that no page can lack limitations or the meaning of the PEM badge.
"""

from pathlib import Path
from typing import Final

#: Style sheet and scripts; plain files that any page of this project may serve.
STATIC: Final = Path(__file__).parent / "static"
TEMPLATES: Final = Path(__file__).parent / "templates"
