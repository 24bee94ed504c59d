"""The Retraction Watch database, as the CSV file that Crossref publishes.

Format and columns: Crossref, "Retraction Watch" (https://www.crossref.org/documentation/retrieve-metadata/
retraction-watch/). The file has faults in its encoding and dates in the American order.
"""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.catalogue.model import RetractionStatus, Study
from bot.curate import clean
from bot.curate.reading import Notice

NAME: Final = "Retraction Watch"
_COLUMNS: Final = frozenset(
    {
        "RetractionDate",
        "RetractionDOI",
        "OriginalPaperDOI",
        "OriginalPaperPubMedID",
        "RetractionNature",
        "Reason",
    }
)
_NATURES: Final[Mapping[str, RetractionStatus | None]] = {
    "retraction": RetractionStatus.RETRACTED,
    "expression of concern": RetractionStatus.EXPRESSION_OF_CONCERN,
    "correction": RetractionStatus.CORRECTED,
    "reinstatement": None,
}
_LONGEST_FIELD: Final = 2**20  # characters of one cell
_DATES: Final = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


class RetractionWatchError(Exception):
    """The file cannot be read, or is another one. The message says what to do."""


def notices(path: Path, studies: Iterable[Study]) -> dict[str, list[Notice]]:
    """What the file says of the studies, by their ids; of each, the notices in the order of the file.

    Raises:
        RetractionWatchError: when it cannot be read, or lacks a column.
    """
    by_doi: dict[str, str] = {}
    by_pmid: dict[str, str] = {}
    for study in studies:
        if study.doi:
            by_doi[study.doi] = study.id
        if study.pmid:
            by_pmid[study.pmid] = study.id
    found: defaultdict[str, list[Notice]] = defaultdict(list)
    for row in _rows(path):
        doi, pmid = clean.doi(row["OriginalPaperDOI"]), clean.pmid(row["OriginalPaperPubMedID"])
        study_id = by_doi.get(doi or "") or by_pmid.get(pmid or "")
        nature = (clean.text(row["RetractionNature"]) or "").casefold()
        if study_id is None or nature not in _NATURES:
            continue
        notice = clean.doi(row["RetractionDOI"])
        found[study_id].append(
            Notice(
                source=NAME,
                label=f"{nature}{_reasons(row['Reason'])}",
                status=_NATURES[nature],
                year=_year(row["RetractionDate"]),
                doi=notice if notice != doi else None,
            )
        )
    return dict(found)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if missing := sorted(_COLUMNS - set(reader.fieldnames or ())):
                message = f"{path.name} is no Retraction Watch file: it has no column {', '.join(missing)}"
                raise RetractionWatchError(message)
            for row in reader:
                yield {name: row[name] or "" for name in _COLUMNS}
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror})"
        raise RetractionWatchError(message) from None
    except csv.Error as error:
        message = f"{path.name} is broken at line {reader.line_num} ({error}); download it again"
        raise RetractionWatchError(message) from None


def _year(text: str) -> int | None:
    for form in _DATES:
        try:
            return dt.datetime.strptime(text.strip(), form).replace(tzinfo=dt.UTC).year
        except ValueError:
            continue
    return clean.year(text)


def _reasons(text: str) -> str:
    reasons = [one.strip(" +") for one in (clean.text(text) or "").split(";")]
    told = [one for one in reasons if one]
    return f" ({'; '.join(told)})" if told else ""
