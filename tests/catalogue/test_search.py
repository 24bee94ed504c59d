"""The search over the real catalogue: what is found, how surely, and that nothing breaks it."""

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue.search import Search, Verdict
from bot.catalogue.store import Catalogue

HOSTILE = [
    "",
    " ",
    "\x00\x01\x1b[31m",
    "\u202eabc\u200f\u2066",
    "NEAR(",
    '"',
    '""',
    "*",
    "a*",
    "^title",
    "title:x AND",
    "' OR 1=1 --",
    "ME/CFS",
    "🧠🔬",
    "(((((",
    "10.",
    "10.1234/",
    "%2F%2F%",
    "x" * 10_000,
    "cytokine " * 2_000,
    "\ud800",
    "ﷺ" * 500,
    "{}[]<>|\\",
    "nano needle nano needle needle nano",
]


@pytest.fixture(scope="module")
def search(catalogue: Catalogue) -> Search:
    return Search(catalogue.connection)


def every_answer(search: Search, text: str) -> list[object]:
    """What every method gives for a text, to compare or just to have been called."""
    return [
        search.studies(text),
        search.topics(text),
        search.topics(text, kind="test"),
        search.criteria(text),
        search.listing(text),
        search.complete_studies(text),
        search.complete_topics(text),
        search.complete_markers(text),
        search.mentions(text),
        search.identifiers(text),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_no_text_raises(search: Search, text: str) -> None:
    every_answer(search, text)


@given(text=st.text(max_size=200))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_any_text_gets_the_same_answer_twice_and_hits_exactly_when_there_is_a_verdict(
    catalogue: Catalogue, text: str
) -> None:
    search = Search(catalogue.connection)
    assert search.studies(text) == Search(catalogue.connection).studies(text)
    for match in (search.studies(text), search.topics(text), search.criteria(text)):
        assert bool(match.hits) == (match.verdict is not Verdict.NONE)
        scores = [hit.score for hit in match.hits]
        assert scores == sorted(scores, reverse=True)


def test_every_id_that_is_given_exists(search: Search, catalogue: Catalogue) -> None:
    for text in ("cytokines", "jason", "is there a test", "nk", "2 day cpet"):
        for identifier in (*search.listing(text), *search.complete_studies(text), *search.studies(text).ids):
            assert catalogue.study(identifier)
        for identifier in (*search.topics(text).ids, *search.complete_topics(text)):
            assert catalogue.topic(identifier)


def test_every_study_is_found_by_each_of_its_identifiers(search: Search, catalogue: Catalogue) -> None:
    missed = []
    for study in catalogue.all_studies():
        forms = [study.id]
        if study.doi:
            forms += [
                study.doi.upper(),
                f"doi:{study.doi}.",
                f"https://doi.org/{study.doi}?x=1",
                f"({study.doi})",
            ]
        if study.pmid:
            forms += [f"PMID: {study.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"]
        if study.pmcid:
            forms += [study.pmcid.lower(), f"https://www.ncbi.nlm.nih.gov/pmc/articles/{study.pmcid}/"]
        if study.atlas_url:
            forms.append(study.atlas_url)
        missed += [(form, study.id) for form in forms if study.id not in search.studies(form).ids]
    assert missed == []


def test_every_study_is_found_first_by_its_whole_title(search: Search, catalogue: Catalogue) -> None:
    bearers: dict[str, set[str]] = {}  # two versions of a review may have one title
    for study in catalogue.all_studies():
        bearers.setdefault(study.title.casefold(), set()).add(study.id)
    found = {title: search.studies(title).ids for title in bearers}
    assert [title for title, ids in bearers.items() if set(found[title][: len(ids)]) != ids] == []


def test_every_question_finds_its_own_topic(search: Search, catalogue: Catalogue) -> None:
    missed = [t.id for t in catalogue.all_topics() if search.topics(t.question).ids[:1] != (t.id,)]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hornig 2015", "hornig-2015-plasma-immune"),
        ("2015 Hornig", "hornig-2015-plasma-immune"),
        ("Hornig et al., 2015", "hornig-2015-plasma-immune"),
        ("hornig 2014", "hornig-2015-plasma-immune"),
        ("the stanford cytokine one", "montoya-2017-cytokine-severity"),
        ("PACE trial", "white-2011-pace-trial"),
        ("nano needle", "esfandyarpour-2019-nanoneedle"),
        ("Bragée neck", "bragee-2020-intracranial-hypertension"),
        ("mitocondrial complx activity permeabilised", "tomas-2019-mitochondrial-complex-activity"),
        ("gupta cytokine", "gupta-1997-cytokine-production"),
    ],
)
def test_half_a_memory_is_enough(search: Search, text: str, expected: str) -> None:
    assert search.studies(text).ids[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gupta cyt", "gupta-1997-cytokine-production"),
        ("gupta cytok", "gupta-1997-cytokine-production"),
        ("hornig 2015 plas", "hornig-2015-plasma-immune"),
        ("hanson t cell metabol", "mandarano-2020-t-cell-metabolism"),
    ],
)
def test_the_last_word_may_be_half_said(search: Search, text: str, expected: str) -> None:
    assert search.studies(text).ids[0] == expected


def test_half_a_word_alone_is_only_ever_a_guess(search: Search) -> None:
    match = search.studies("cytok")
    assert match.verdict is Verdict.NEAREST
    assert all("cytok" not in signal.detail.split() for hit in match.hits for signal in hit.signals)


@pytest.mark.parametrize("text", ["best pizza rec", "lupus neph", "pizza xqzzk metabol", "gupta cyt "])
def test_half_a_word_is_not_stretched_beside_what_is_strange_or_when_it_was_finished(
    search: Search, text: str
) -> None:
    half = text.rsplit(maxsplit=1)[-1]
    hits = search.studies(text).hits
    assert not [signal for hit in hits for signal in hit.signals if signal.name == half and signal.weight]


def test_names_of_one_thing_are_one_thing(search: Search) -> None:
    for one, other in (("IL-6", "il6"), ("NK cells", "natural killer cells"), ("ME/CFS sleep", "cfs sleep")):
        assert search.studies(one, 3).ids == search.studies(other, 3).ids


@pytest.mark.parametrize(
    "text",
    [
        "10.1000/none.1",
        "PMID 99999999",
        "99999999",
        "PMC99999999",
        "https://www.mecfsatlas.com/evidence/no-such",
    ],
)
def test_an_identifier_we_do_not_have_gives_nothing_and_no_guess(search: Search, text: str) -> None:
    assert search.identifiers(text)
    assert search.studies(text).verdict is Verdict.NONE
    assert search.topics(text).verdict is Verdict.NONE
    assert search.listing(text) == ()
    assert search.complete_studies(text) == ()


def test_an_unknown_identifier_is_not_saved_by_the_words_beside_it(search: Search) -> None:
    assert search.studies("hornig 2015 10.1000/none.1").verdict is Verdict.NONE


def test_several_identifiers_are_choices_in_their_order(search: Search) -> None:
    match = search.studies("PMID 9201656 and 10.1073/pnas.1710519114")
    assert match.verdict is Verdict.CHOICES
    assert match.ids == ("gupta-1997-cytokine-production", "montoya-2017-cytokine-severity")


@pytest.mark.parametrize(
    "text", ["is there a test for lupus", "how is type 2 diabetes treated", "hello", "is it"]
)
def test_what_we_do_not_know_is_not_answered(search: Search, text: str) -> None:
    assert search.topics(text).verdict in {Verdict.NONE, Verdict.NEAREST}
    assert search.studies(text).verdict in {Verdict.NONE, Verdict.NEAREST}


def test_a_kind_leaves_out_every_other_topic(search: Search, catalogue: Catalogue) -> None:
    found = search.topics("what is the evidence for cytokine tests", limit=20, kind="test")
    assert found.ids
    assert {topic.kind.value for topic in map(catalogue.topic, found.ids) if topic} == {"test"}


@pytest.mark.parametrize(
    ("text", "verdict", "expected"),
    [
        ("canadian", Verdict.CERTAIN, {"ccc-2003"}),
        ("CCC", Verdict.CERTAIN, {"ccc-2003"}),
        ("fukdua", Verdict.CERTAIN, {"fukuda-1994"}),
        ("fukuda 94", Verdict.CERTAIN, {"fukuda-1994"}),
        ("ICC", Verdict.CERTAIN, {"icc-2011"}),
        ("oxford criteria", Verdict.CERTAIN, {"oxford-1991"}),
        ("nice", Verdict.CHOICES, {"nice-2007", "nice-2021"}),
        ("banana", Verdict.NONE, set()),
        ("criteria", Verdict.NONE, set()),
    ],
)
def test_case_definitions_are_known_by_their_names(
    search: Search, text: str, verdict: Verdict, expected: set[str]
) -> None:
    match = search.criteria(text)
    assert (match.verdict, set(match.ids)) == (verdict, expected)


def test_every_case_definition_is_found_by_each_of_its_names(search: Search, catalogue: Catalogue) -> None:
    missed = [
        (criterion.id, name)
        for criterion in catalogue.criteria()
        for name in (criterion.id, criterion.name, *criterion.known_as)
        if criterion.id not in search.criteria(name).ids
    ]
    assert missed == []


def test_each_keystroke_of_a_name_keeps_its_study_on_offer(search: Search) -> None:
    for typed in ("nanoneedle", "hornig 2015", "pace trial"):
        expected = search.studies(typed).ids[0]
        for end in range(3, len(typed) + 1):
            assert expected in search.complete_studies(typed[:end]), typed[:end]


def test_autocomplete_forgives_a_slip_in_half_a_word(search: Search) -> None:
    assert "esfandyarpour-2019-nanoneedle" in search.complete_studies("nanonedl")
    assert "NK cell cytotoxicity" in search.complete_markers("nk cel")
    assert "cytokines" in search.complete_markers("cytoknie")


def test_autocomplete_offers_something_before_the_first_key_and_no_more_than_fits(search: Search) -> None:
    for complete in (search.complete_studies, search.complete_topics, search.complete_markers):
        assert len(complete("")) == 25
        assert len(complete("c")) <= 25


def test_a_listing_is_wider_than_the_hits_and_has_no_doubles(search: Search) -> None:
    listed = search.listing("cytokines")
    assert len(listed) == len(set(listed)) > len(search.studies("cytokines").ids)
    assert search.listing("") == ()


def test_a_message_names_studies_by_links_and_quoted_titles_in_their_order(
    search: Search, catalogue: Catalogue
) -> None:
    quoted = catalogue.study("chia-2008-enterovirus-stomach")
    linked = catalogue.study("montoya-2017-cytokine-severity")
    assert quoted
    assert linked
    message = (
        f"They cite “{quoted.title}” but <https://doi.org/{linked.doi}> says more.\nAnd what about my cat?"
    )
    assert search.mentions(message) == (quoted.id, linked.id)
    assert search.mentions("I feel bad today and the weather is grey, cytokines or not") == ()


def test_hits_say_why_they_are_there(search: Search) -> None:
    hit = search.studies("hornig 2015 cytokine").hits[0]
    assert {"hornig", "2015", "cytokine"} <= {signal.name for signal in hit.signals}
    assert hit.score == pytest.approx(sum(signal.weight for signal in hit.signals), abs=1e-5)
    topic = search.topics("is there a blood test for me/cfs").hits[0]
    assert topic.score == pytest.approx(sum(signal.weight for signal in topic.signals), abs=1e-5)


def test_the_connection_is_only_read(search: Search, catalogue: Catalogue) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalogue.connection.execute("DELETE FROM search_studies")
    assert search.studies("hornig 2015").ids


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("is thre a blood tets", "is-there-a-blood-test"),
        ("wat is pem", "what-is-pem"),
        ("why r my labs normal", "why-are-my-routine-labs-normal"),
        ("do probotics help people with me", "gut-microbiome"),
    ],
)
def test_a_misspelt_question_is_answered(search: Search, question: str, topic: str) -> None:
    match = search.topics(question)
    assert (match.verdict, match.ids[:1]) == (Verdict.CERTAIN, (topic,))


@pytest.mark.parametrize(
    "question",
    ["do patients with me ever recover", "is severe me ever reversible", "how common is it to have me"],
)
def test_me_in_lower_case_is_the_illness_where_it_must_be(search: Search, question: str) -> None:
    signals = {signal.name: signal.weight for signal in search.topics(question).hits[0].signals}
    assert signals["names the illness"] > 0


@pytest.mark.parametrize("text", ["tell me", "not me", "help me please", "whats wrong with me", "me too"])
def test_and_a_pronoun_elsewhere(search: Search, text: str) -> None:
    for hit in search.topics(text).hits:
        assert all(signal.weight == 0 for signal in hit.signals if signal.name == "names the illness")


@pytest.mark.parametrize("word", ["weather", "strike", "building", "shark"])
def test_an_ordinary_word_is_taken_for_a_misspelling_only_with_doubt(search: Search, word: str) -> None:
    known = search.topics(f"lightning {word}")
    doubt = [s.weight for hit in known.hits for s in hit.signals if s.name == "unknown words"]
    assert known.verdict is not Verdict.CERTAIN
    assert all(weight < 0 for weight in doubt)


@pytest.mark.parametrize("text", ["r", "how r u doing", "a b c", "k"])
def test_single_letters_find_no_study(search: Search, text: str) -> None:
    assert search.studies(text).verdict is Verdict.NONE


def test_who_names_the_illness_may_describe_a_study_by_another(search: Search) -> None:
    assert "blacker-2004-galantamine" in search.studies("alzheimers drug tried in 434 people with cfs").ids
    assert search.studies("alzheimers drug trial").verdict is not Verdict.CERTAIN


def test_a_link_to_a_page_that_several_studies_rest_on_is_no_study(search: Search) -> None:
    shared = "https://bmcneurol.biomedcentral.com/articles/10.1186/s12883-019-1433-0/tables/1"
    assert search.studies(shared).ids in {
        (),
        ("corbitt-2019-cytokine-review",),
    }  # the review itself, by its DOI


@pytest.mark.parametrize(
    "link",
    [
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.9999999",
        "https://archinte.jamanetwork.com/article.aspx?articleid=1",
    ],
)
def test_a_link_whose_query_says_which_paper_is_not_taken_for_another(search: Search, link: str) -> None:
    assert search.studies(link).verdict is Verdict.NONE


def test_author_and_year_just_so_are_a_citation(search: Search) -> None:
    match = search.studies("alter 2012")  # "alterations" in titles of that year are no rival
    assert (match.verdict, match.ids[:1]) == (Verdict.CERTAIN, ("alter-2012-multicenter-blinded",))
