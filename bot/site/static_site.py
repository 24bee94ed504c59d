"""The static site: the catalogue as files that any web server, or none, can serve."""

import shutil
from collections.abc import Collection
from pathlib import Path

from bot.answer.library import Library
from bot.citation import export
from bot.site import STATIC, citation_file, data_files
from bot.site.pages import Pages, downloads

_USED = ("look.css", "pages.css", "filter.js")


def write_site(
    library: Library,
    folder: Path,
    studies: Collection[str] | None = None,
    topics: Collection[str] | None = None,
) -> int:
    """Write the whole site into a folder, which is made where it is missing; return the number of pages.

    Pages of entries that are gone from the catalogue stay where they are: links to them should not break by
    themselves.

    Args:
        library: what to show.
        folder: where to write.
        studies: ids of the studies to show; all, if not given.
        topics: ids of the questions to show; all, if not given.

    Raises:
        OSError: when the folder cannot be written.
    """
    pages = Pages(library, studies, topics)
    for study in pages.studies:
        place = folder / "evidence" / study.id
        _write(place / "index.html", pages.study(study))
        for download in downloads(study):
            _write(place / download.name, export([study], download.key).text)
    for topic in pages.topics:
        _write(folder / "questions" / topic.id / "index.html", pages.topic(topic))
    _write(folder / "index.html", pages.study_list())
    _write(folder / "questions" / "index.html", pages.topic_list())
    files = data_files.write_all(library, folder / "data", pages.studies, pages.topics)
    _write(folder / "data" / "CITATION.cff", citation_file.text(library.catalogue.meta, library.site))
    _write(folder / "data" / "index.html", pages.data(files))
    (folder / "static").mkdir(parents=True, exist_ok=True)
    for name in _USED:
        shutil.copyfile(STATIC / name, folder / "static" / name)
    return len(pages.studies) + len(pages.topics) + 3


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
