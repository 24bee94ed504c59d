"""The bench held against the catalogue as it is: what is there is found again, and is not called wrong."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.catalogue.model import Study
from bot.catalogue.source import read_folder
from bot.citation.export import export
from bot.curate.compare import compare
from bot.curate.crossref import Crossref
from bot.curate.duplicates import Known
from bot.curate.fetch import Fetcher
from bot.curate.files import read_file
from bot.curate.merge import merge
from bot.curate.reading import FIELDS, Reading, reading
from bot.settings import ROOT
from tests.curate.invented import crossref_answer, handle_answer
from tests.curate.loopback import Loopback

STUDIES = list(read_folder(ROOT / "data").studies.values())
DAY = dt.date(2026, 12, 1)


def repeated(study: Study, source: str = "Crossref") -> Reading:
    """What a source says that says just what the entry does."""
    raw = {field: getattr(study, field) for field in FIELDS if field != "authors"}
    return reading(source, raw, authors=study.authors, authors_complete=study.authors_complete)


def test_a_source_that_repeats_an_entry_finds_nothing_to_change_in_it() -> None:
    known = Known(STUDIES)
    found = [
        str(finding)
        for study in STUDIES
        for finding in compare(study, [repeated(study)], (), known, DAY, fill=True).findings
    ]
    assert found == []


def test_every_entry_is_found_again_by_its_title_and_never_surely_taken_for_another() -> None:
    known = Known(STUDIES)
    missed, mistaken = [], []
    for study in STUDIES:
        raw = {"title": study.title, "year": study.year}
        matches = known.matches(merge([reading("refs.bib", raw, authors=study.authors)]))
        if study.id not in [match.study_id for match in matches]:
            missed.append(study.id)
        mistaken += [
            (study.id, match.study_id) for match in matches if match.sure and match.study_id != study.id
        ]
    assert missed == []
    assert mistaken == []


@pytest.mark.parametrize("form", ["nbib", "ris", "bibtex", "biblatex", "csl-json"])
def test_what_is_exported_and_read_back_is_known(tmp_path: Path, form: str) -> None:
    path = tmp_path / "refs"
    exported = export(STUDIES, form)
    path.write_text(exported.text)
    contents = read_file(path)
    known = Known(STUDIES)

    assert contents.problems == ()
    assert len(contents.readings) == len(STUDIES) - len(exported.left_out)
    unknown = [one.title for one in contents.readings if not known.matches(merge([one]))]
    assert unknown == []


def test_every_doi_of_the_catalogue_can_be_asked_for(
    loopback: Loopback, fetcher: Callable[..., Fetcher]
) -> None:
    source = Crossref(fetcher(), loopback.base, loopback.base)
    dois = [study.doi for study in STUDIES if study.doi]
    for doi in dois:
        loopback.on(f"/works/{doi}", crossref_answer(doi=doi))
        loopback.on(f"/api/handles/{doi}", handle_answer(1))
    answered = [found.doi for doi in dois if (found := source.work(doi)) is not None]
    assert answered == dois
    odd = [doi for doi in dois if not doi.replace("/", "").replace(".", "").replace("-", "").isalnum()]
    assert odd
    assert all(source.resolves(doi) for doi in odd)
