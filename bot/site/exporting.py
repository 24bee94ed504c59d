"""The catalogue, or a part of it, written in one of the forms that can be given away."""

from collections.abc import Sequence
from pathlib import Path

from bot.answer.library import Library
from bot.catalogue.source import write_whole
from bot.site import citation_file, data_files
from bot.site.static_site import write_site


class UnusableExportError(Exception):
    """What was asked for cannot be written: one sentence what is wrong, and what to do."""


def write(library: Library, form: str, target: Path, tags: Sequence[str] = ()) -> str:
    """Write the catalogue in a form; return in words what was written.

    Args:
        library: what to write.
        form: csv, json, bib, ris, csl, sqlite or html.
        target: the file, or for csv and html the folder; made where it is missing.
        tags: if given, only studies that carry one of these, and questions that rest on one of those studies.

    Raises:
        UnusableExportError: when a tag is not known, no study is left, or the database is asked for in part.
        OSError: when the target cannot be written.
    """
    catalogue = library.catalogue
    known = catalogue.tags()
    for tag in tags:
        if tag.casefold() not in known:
            message = f"“{tag}” is no topic of the catalogue. Use one of: {', '.join(known)}."
            raise UnusableExportError(message)
    wanted = {tag.casefold() for tag in tags}
    studies = [s for s in catalogue.all_studies() if not wanted or wanted.intersection(s.topics)]
    ids = {study.id for study in studies}
    topics = [t for t in catalogue.all_topics() if not wanted or ids.intersection(t.studies)]
    if not studies:
        message = "The catalogue holds no study yet. Add one to data/studies first."
        raise UnusableExportError(message)
    counted = f"{len(studies)} studies, {len(topics)} questions"
    if form == "html":
        return f"{write_site(library, target, ids, {t.id for t in topics})} pages ({counted})"
    if form == "csv":
        data_files.write_csv(library, target, studies, topics)
        text = citation_file.text(catalogue.meta, library.site)
        (target / "CITATION.cff").write_text(text, encoding="utf-8", newline="\n")
        return counted
    target.parent.mkdir(parents=True, exist_ok=True)
    if form == "sqlite":
        if tags:
            message = "The database is given whole: leave --topic out, or choose csv or json."
            raise UnusableExportError(message)
        data_files.copy_database(library, target)
        return counted
    text = data_files.TEXTS[form](library, studies, topics)
    write_whole(target, text.encode())
    return counted if form == "json" else f"{len(studies)} studies"
