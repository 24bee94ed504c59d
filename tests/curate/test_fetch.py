import datetime as dt
import gzip
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.curate.cache import Answer, Cache
from bot.curate.crossref import Crossref, read_work
from bot.curate.fetch import MOST_BYTES, Fetcher, FetchError
from bot.curate.pubmed import PubMed
from tests.curate.conftest import Clock
from tests.curate.invented import (
    DOI,
    PMID,
    TITLE,
    crossref_answer,
    handle_answer,
    pubmed_article,
    pubmed_set,
    search_answer,
)
from tests.curate.loopback import Loopback, breaks_off, hangs, status

Make = Callable[..., Fetcher]
WORK = f"/works/{DOI}"


def crossref(loopback: Loopback, fetcher: Fetcher) -> Crossref:
    return Crossref(fetcher, loopback.base, loopback.base)


def pubmed(loopback: Loopback, fetcher: Fetcher, key: str | None = None) -> PubMed:
    return PubMed(fetcher, loopback.base, key)


def test_crossref_is_told_who_asks(loopback: Loopback, fetcher: Make) -> None:
    loopback.on(WORK, crossref_answer())
    found = crossref(loopback, fetcher()).work(DOI)

    assert found is not None
    assert found.title == TITLE
    (asked,) = loopback.asked
    assert asked.query == {"mailto": "curator@example.org"}
    assert asked.agent.startswith("evidence-bot/")
    assert "mailto:curator@example.org" in asked.agent


def test_a_doi_of_any_signs_is_asked_for_as_one_part_of_the_path(loopback: Loopback, fetcher: Make) -> None:
    doi = "10.5555/(sici)1-2(1999)3:4<5::aid-x#6>7.0.co;2-#%"
    loopback.on(f"/works/{doi}", crossref_answer(doi=doi))
    assert crossref(loopback, fetcher()).work(doi) is not None


def test_a_work_that_crossref_does_not_know_is_none(loopback: Loopback, fetcher: Make) -> None:
    assert crossref(loopback, fetcher()).work("10.5555/nothing") is None


@pytest.mark.parametrize(("code", "resolves"), [(1, True), (200, True), (100, False)])
def test_the_doi_proxy_says_whether_a_doi_resolves(
    loopback: Loopback, fetcher: Make, code: int, *, resolves: bool
) -> None:
    loopback.on(f"/api/handles/{DOI}", handle_answer(code))
    assert crossref(loopback, fetcher()).resolves(DOI) is resolves


def test_a_doi_whose_page_is_not_found_does_not_resolve(loopback: Loopback, fetcher: Make) -> None:
    assert crossref(loopback, fetcher()).resolves(DOI) is False


def test_pubmed_is_asked_in_batches_and_the_key_is_in_no_address(loopback: Loopback, fetcher: Make) -> None:
    pmids = [str(900000000 + number) for number in range(1, 131)]
    loopback.on("/efetch.fcgi", pubmed_set(*(pubmed_article(pmid, doi=None) for pmid in pmids)))
    found = pubmed(loopback, fetcher(), key="secret").records(pmids)

    assert list(found) == pmids
    assert [len(asked.form["id"].split(",")) for asked in loopback.asked] == [100, 30]
    assert all(asked.form["email"] == "curator@example.org" for asked in loopback.asked)
    assert all(asked.form["api_key"] == "secret" for asked in loopback.asked)
    assert all(asked.query == {} for asked in loopback.asked)


def test_a_doi_leads_to_the_record_that_names_it_and_to_no_other(loopback: Loopback, fetcher: Make) -> None:
    loopback.on("/esearch.fcgi", search_answer(PMID, "900000002"))
    loopback.on(
        "/efetch.fcgi", pubmed_set(pubmed_article(), pubmed_article("900000002", doi="10.5555/another"))
    )

    found = pubmed(loopback, fetcher()).by_doi([DOI, "10.5555/third"])
    assert {doi: one.pmid for doi, one in found.items()} == {DOI: PMID}
    assert loopback.asked[0].form["term"] == f'"{DOI}"[doi] OR "10.5555/third"[doi]'


def test_no_source_is_asked_more_often_than_it_allows(
    loopback: Loopback, fetcher: Make, clock: Clock
) -> None:
    for number in range(5):
        loopback.on(f"/works/10.5555/{number}", crossref_answer(doi=f"10.5555/{number}"))
    source = crossref(loopback, fetcher())
    for number in range(5):
        source.work(f"10.5555/{number}")
    assert clock.slept == pytest.approx([0.2] * 4)


def test_a_source_that_says_too_many_requests_is_asked_again_when_it_wants(
    loopback: Loopback, fetcher: Make, clock: Clock
) -> None:
    loopback.on(WORK, status(429, Retry_After="7"), crossref_answer())
    assert crossref(loopback, fetcher()).work(DOI) is not None
    assert clock.slept == [7.0]


def test_the_wait_may_be_given_as_a_date(loopback: Loopback, fetcher: Make, clock: Clock) -> None:
    moment = format_datetime(dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=60), usegmt=True)
    loopback.on(WORK, status(503, Retry_After=moment), crossref_answer())
    assert crossref(loopback, fetcher()).work(DOI) is not None
    assert 50 < sum(clock.slept) <= 60


def test_a_wait_that_nobody_would_sit_out_is_told_at_once(
    loopback: Loopback, fetcher: Make, clock: Clock
) -> None:
    loopback.on(WORK, status(429, Retry_After="86400"))
    with pytest.raises(FetchError, match="asks to wait 86400 s"):
        crossref(loopback, fetcher()).work(DOI)
    assert clock.slept == []


def test_each_pause_is_about_twice_the_last(loopback: Loopback, fetcher: Make, clock: Clock) -> None:
    loopback.on(WORK, 500)
    with pytest.raises(FetchError, match="HTTP status 500, each time it is asked"):
        crossref(loopback, fetcher()).work(DOI)
    assert len(loopback.asked) == 5
    assert [round(pause, 6) for pause in clock.slept] == pytest.approx([1, 2, 4, 8], rel=0.25)


def test_a_refusal_is_not_asked_again(loopback: Loopback, fetcher: Make) -> None:
    loopback.on(WORK, 403)
    with pytest.raises(FetchError, match="refused with HTTP status 403"):
        crossref(loopback, fetcher()).work(DOI)
    assert len(loopback.asked) == 1


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (b"<html>Down for maintenance</html>", "a web page and not JSON"),
        (crossref_answer()[:200], "not JSON"),
        (b"", "not JSON"),
    ],
    ids=["page", "cut", "empty"],
)
def test_a_broken_answer_is_asked_for_again_and_told_if_it_stays(
    loopback: Loopback, fetcher: Make, broken: bytes, told: str
) -> None:
    loopback.on(WORK, broken, crossref_answer())
    assert crossref(loopback, fetcher()).work(DOI) is not None
    loopback.on(WORK, broken)
    with pytest.raises(FetchError, match=told):
        crossref(loopback, fetcher()).work(DOI)


def test_truncated_xml_is_asked_for_again(loopback: Loopback, fetcher: Make) -> None:
    whole = pubmed_set(pubmed_article())
    loopback.on("/efetch.fcgi", whole[:-100], whole)
    assert list(pubmed(loopback, fetcher()).records([PMID])) == [PMID]


def test_a_search_that_answers_with_something_else_is_told(loopback: Loopback, fetcher: Make) -> None:
    loopback.on("/esearch.fcgi", b'{"error":"API rate limit exceeded","count":"4","limit":"3"}')
    with pytest.raises(FetchError, match="answer to a search"):
        pubmed(loopback, fetcher()).by_doi([DOI])


def test_a_connection_that_breaks_off_is_tried_again(loopback: Loopback, fetcher: Make) -> None:
    loopback.on(WORK, breaks_off, crossref_answer())
    assert crossref(loopback, fetcher()).work(DOI) is not None


def test_a_source_that_never_answers_is_given_up(loopback: Loopback, fetcher: Make) -> None:
    loopback.on(WORK, hangs)
    with pytest.raises(FetchError, match="did not answer in time"):
        crossref(loopback, fetcher(timeout=0.05, attempts=2)).work(DOI)
    assert len(loopback.asked) == 2


def test_a_source_that_answers_drop_by_drop_is_given_up(
    loopback: Loopback, fetcher: Make, clock: Clock
) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            clock.now += 50
            await response.write(b" " * 1024)

    loopback.on(WORK, drips)
    with pytest.raises(FetchError, match="took more than 120 s"):
        crossref(loopback, fetcher(attempts=1)).work(DOI)


def test_nobody_listening_is_told(fetcher: Make) -> None:
    with pytest.raises(FetchError, match="could not be asked"):
        Crossref(fetcher(attempts=2), "http://127.0.0.1:9", "http://127.0.0.1:9").work(DOI)


def test_redirects_are_followed_but_not_for_ever(loopback: Loopback, fetcher: Make) -> None:
    loopback.on(WORK, status(301, Location="/moved"))
    loopback.on("/moved", crossref_answer())
    assert crossref(loopback, fetcher()).work(DOI) is not None
    loopback.on("/moved", status(302, Location="/moved"))
    with pytest.raises(FetchError, match="without end"):
        crossref(loopback, fetcher()).work(DOI)


def test_a_huge_answer_is_cut_off_even_if_it_is_packed_small(loopback: Loopback, fetcher: Make) -> None:
    packed = gzip.compress(b" " * (MOST_BYTES + 2**20))

    async def bomb(_: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    loopback.on(WORK, bomb)
    with pytest.raises(FetchError, match="sent more than 32 MB"):
        crossref(loopback, fetcher()).work(DOI)


def test_what_was_answered_is_not_asked_again_by_the_next_run(
    loopback: Loopback, fetcher: Make, cache: Cache
) -> None:
    loopback.on(WORK, crossref_answer())
    first = crossref(loopback, fetcher(cache=cache)).work(DOI)
    again = crossref(loopback, fetcher(cache=cache)).work(DOI)
    assert first == again
    crossref(loopback, fetcher(cache=cache)).work("10.5555/nothing")
    assert crossref(loopback, fetcher(cache=cache)).work("10.5555/nothing") is None
    assert loopback.paths() == [WORK, "/works/10.5555/nothing"]


def test_a_broken_answer_is_never_kept(loopback: Loopback, fetcher: Make, cache: Cache) -> None:
    loopback.on(WORK, b"<html>", crossref_answer())
    with pytest.raises(FetchError):
        crossref(loopback, fetcher(cache=cache, attempts=1)).work(DOI)
    assert crossref(loopback, fetcher(cache=cache)).work(DOI) is not None


def test_the_cache_forgets_what_is_old_and_never_knows_who_asked(
    loopback: Loopback, fetcher: Make, cache: Cache, clock: Clock, tmp_path: Path
) -> None:
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article()))
    source = pubmed(loopback, fetcher(cache=cache), key="secret")
    source.records([PMID])
    clock.now += 3599
    source.records([PMID])
    assert len(loopback.asked) == 1
    clock.now += 2
    source.records([PMID])
    assert len(loopback.asked) == 2
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert kept
    assert b"secret" not in kept
    assert b"curator@" not in kept


def test_a_broken_file_in_the_cache_counts_as_none(cache: Cache, tmp_path: Path) -> None:
    cache.put("asked", Answer(200, b"body"))
    (kept,) = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    for content in (b"", b"\xff\xff", kept.read_bytes()[:-3]):
        kept.write_bytes(content)
        assert cache.get("asked") is None


def test_a_disk_that_cannot_be_written_costs_no_answer(
    loopback: Loopback, fetcher: Make, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    loopback.on(WORK, crossref_answer())
    broken = Cache(tmp_path / "file" / "cache", max_age=3600)
    assert crossref(loopback, fetcher(cache=broken)).work(DOI) == read_work(crossref_answer())
