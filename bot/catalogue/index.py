"""What is indexed when the catalogue is built, for :mod:`bot.catalogue.search` to find things by.

Texts are indexed as :mod:`bot.catalogue.words` and the synonyms read them, so that what is asked meets what
is stored. Studies are numbered by how much the catalogue leans on them (topics that cite them, known names,
links between studies), then newest first: where very many studies match, the first numbers are looked at
first.

==========================  ==============================================================================
``search_studies``          what the ranking needs of a study besides its words: title and known names as
                            they are read, how long its texts are (in words; ``search_size``: the mean)
``search_postings``         for each word and field, the set of studies (:mod:`bot.catalogue.postings`)
``search_names``            known names (aliases), titles, and the beginnings that autocomplete completes
``search_identifiers``      DOIs, PMIDs, PMCIDs, links and Atlas slugs
``search_words``            every word, its stem and how many studies and topics have it;
                            ``search_misspellings`` and ``search_sounds`` (trigrams) find it when misspelt
``search_english``          ordinary English words, and how common each is
``search_topics``           a topic's words; ``search_phrasings`` the questions it answers
``search_letters``          groups of letters, and how much each phrasing and each topic has of them
``search_markers``          names of markers
``search_criteria``         names of case definitions
``search_synonyms``         the synonyms that the index was made with
==========================  ==============================================================================
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from bot.catalogue import letters
from bot.catalogue.english import ordinary_words
from bot.catalogue.identifiers import Kind, is_publisher, link_key, recognise
from bot.catalogue.postings import Collector
from bot.catalogue.spelling import misspellings, sounds
from bot.catalogue.words import words

if TYPE_CHECKING:
    import sqlite_utils

    from bot.catalogue.model import Author, Criterion, Study, Topic
    from bot.catalogue.source import Sources
    from bot.catalogue.synonyms import Synonyms

#: Raised whenever the index changes, so that a catalogue with an older one is built again.
INDEX_VERSION: Final = 6

#: Its tables, none of which people need to look at.
TABLES: Final = (
    "search_studies",
    "search_size",
    "search_postings",
    "search_names",
    "search_identifiers",
    "search_words",
    "search_misspellings",
    "search_english",
    "search_sounds",
    "search_topics",
    "search_phrasings",
    "search_letters",
    "search_markers",
    "search_criteria",
    "search_synonyms",
)

#: Longest beginning that autocomplete looks for, in characters.
LONGEST_START: Final = 60


def create(database: "sqlite_utils.Database", sources: "Sources") -> None:
    """Make every ``search_…`` table in a database that holds no index yet."""
    synonyms = sources.synonyms
    ranked = _by_importance(sources)
    _create_tables(database)
    counts = _studies(database, ranked, synonyms)
    topic_counts = _topics(database, sources, synonyms)
    letters.store(database.conn)
    _markers(database, sources, synonyms)
    _criteria(database, sources.criteria.values(), synonyms)
    _words(database, counts, topic_counts)
    database.table("search_synonyms").insert({"synonyms": msgspec.json.encode(synonyms).decode()})


def _create_tables(database: "sqlite_utils.Database") -> None:
    database.conn.executescript(
        """
        CREATE TABLE search_studies (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL, length INTEGER NOT NULL, title TEXT NOT NULL,
            names TEXT NOT NULL
        );
        CREATE TABLE search_size (length REAL NOT NULL);
        CREATE TABLE search_postings (
            word TEXT NOT NULL, field INTEGER NOT NULL, studies BLOB NOT NULL, PRIMARY KEY (word, field)
        ) WITHOUT ROWID;
        CREATE TABLE search_names (
            name TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (name, kind, number)
        ) WITHOUT ROWID;
        CREATE TABLE search_identifiers (
            kind TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, value, id)
        ) WITHOUT ROWID;
        CREATE TABLE search_words (
            number INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, stem TEXT NOT NULL,
            studies INTEGER NOT NULL, topics INTEGER NOT NULL
        );
        CREATE TABLE search_misspellings (
            form TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (form, word)
        ) WITHOUT ROWID;
        CREATE TABLE search_english (word TEXT PRIMARY KEY, common REAL NOT NULL) WITHOUT ROWID;
        CREATE TABLE search_sounds (sign TEXT PRIMARY KEY, words BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE search_topics (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, question TEXT NOT NULL, markers TEXT NOT NULL,
            answer TEXT NOT NULL, evidence TEXT NOT NULL
        );
        CREATE TABLE search_phrasings (
            topic TEXT NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (topic, position)
        ) WITHOUT ROWID;
        CREATE TABLE search_letters (
            gram TEXT PRIMARY KEY, rarity REAL NOT NULL, phrasings BLOB NOT NULL, topics BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE search_markers (
            name TEXT PRIMARY KEY, words TEXT NOT NULL, topics INTEGER NOT NULL, studies INTEGER NOT NULL
        );
        CREATE TABLE search_criteria (
            id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id, position)
        ) WITHOUT ROWID;
        CREATE TABLE search_synonyms (synonyms TEXT NOT NULL);
        """
    )


def _by_importance(sources: "Sources") -> list["Study"]:
    cited = Counter(identifier for topic in sources.topics.values() for identifier in set(topic.studies))
    linked = Counter(identifier for study in sources.studies.values() for identifier in set(study.related))

    def importance(study: "Study") -> tuple[int, int, str]:
        points = 3 * cited[study.id] + linked[study.id] + 2 * bool(study.aliases)
        return (-points, -study.year, study.id)

    return sorted(sources.studies.values(), key=importance)


def _studies(database: "sqlite_utils.Database", ranked: list["Study"], synonyms: "Synonyms") -> Counter[str]:
    """Index the studies, numbered from 1; gives how many of them have each word."""
    counts: Counter[str] = Counter()
    postings = Collector()
    rows: list[tuple[int, str, int, str, str]] = []
    names: set[tuple[str, str, int]] = set()
    identifiers: set[tuple[str, str, str]] = set()
    pages = _own_pages(ranked)
    for number, study in enumerate(ranked, 1):
        fields = _fields(study, synonyms)
        anywhere: set[str] = set()
        for field, found in fields.items():
            here = set(found) - {"\n"}
            postings.add(number, field, here)
            anywhere |= here
        counts.update(anywhere)
        length = sum(len(found) for found in fields.values())
        rows.append((number, study.id, length, _text(fields["title"]), _text(fields["names"])))
        names.update((name[:LONGEST_START], kind, number) for kind, name in _starts(study, synonyms))
        identifiers.update((kind, value, study.id) for kind, value in identifiers_of(study))
        identifiers.update((Kind.LINK, page, study.id) for page in pages.get(study.id, ()))
    connection = database.conn
    connection.executemany("INSERT INTO search_studies VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO search_postings VALUES (?, ?, ?)", postings.rows())
    connection.executemany("INSERT INTO search_names VALUES (?, ?, ?)", sorted(names))
    connection.executemany("INSERT INTO search_identifiers VALUES (?, ?, ?)", sorted(identifiers))
    mean = sum(row[2] for row in rows) / len(rows) if rows else 1.0
    connection.execute("INSERT INTO search_size VALUES (?)", (mean,))
    return counts


def _fields(study: "Study", synonyms: "Synonyms") -> dict[str, list[str]]:
    """The words of a study by field (:data:`bot.catalogue.postings.FIELDS`)."""
    first, *later = [_author(author) for author in study.authors] or [[]]
    return {
        "title": synonyms.read(study.title),
        "names": _lines(synonyms.read(alias) for alias in study.aliases),
        "first author": first,
        "year": [str(study.year)],
        "about": synonyms.read(" . ".join(_about(study))),
        "authors": [word for author in later for word in author],
        "body": _once(synonyms.read(f"{study.finding} {study.population} {study.why_it_matters}")),
    }


def _author(author: "Author") -> list[str]:
    """A family name of several words counts as one word, too: "van den Berg", "vandenberg"."""
    family = words(author.name)
    return family if len(family) == 1 else [*family, "".join(family)]


def identifiers_of(study: "Study") -> Iterator[tuple[str, str]]:
    """Every identifier a study can be found by, as (kind, value)."""
    yield Kind.ENTRY, study.id
    for kind, value in ((Kind.DOI, study.doi), (Kind.PMID, study.pmid), (Kind.PMCID, study.pmcid)):
        if value:
            yield kind, value
    for url in (study.url, study.atlas_url):
        if url:
            yield Kind.LINK, link_key(url)
            for found in recognise(url) if url == study.url else ():
                yield found.kind, found.value


def _own_pages(studies: Iterable["Study"]) -> dict[str, list[str]]:
    """For each study, the pages of publishers that are about it and no other, in the form of the index.

    A source may also be somebody else's page: a review with a table of studies, a list of references. So
    what several studies rest on is nobody's, and what has a DOI in it is left to the DOI.
    """
    pages: dict[str, set[str]] = {}
    for study in studies:
        for url in study.sources:
            if is_publisher(url) and not any(found.kind is Kind.DOI for found in recognise(url)):
                pages.setdefault(link_key(url), set()).add(study.id)
    own: dict[str, list[str]] = {}
    for page, users in pages.items():
        if len(users) == 1:
            own.setdefault(users.pop(), []).append(page)
    return own


def _about(study: "Study") -> Iterator[str]:
    yield from study.markers
    yield from study.topics
    yield from study.criteria
    yield study.design.replace("-", " ")
    yield study.journal
    yield study.journal_abbrev or ""
    if study.retraction:
        yield f"{study.retraction.status.replace('-', ' ')} retraction"
    for author in study.authors:
        # Given names, where the source has more than initials: people look for "Ron Davis".
        yield " ".join(word for word in words(author.given or "") if len(word) > 2)  # noqa: PLR2004


def _starts(study: "Study", synonyms: "Synonyms") -> Iterator[tuple[str, str]]:
    """What autocomplete completes, and what names a study in full: its names, its title, author and year."""
    for alias in study.aliases:
        yield "name", _text(synonyms.read(alias))
        yield "name", _text(words(alias))
    yield "title", _text(words(study.title))
    if study.authors:
        yield "author", _text([*words(study.authors[0].name), str(study.year)])
    yield "entry", _text(words(study.id))


def _topics(database: "sqlite_utils.Database", sources: "Sources", synonyms: "Synonyms") -> Counter[str]:
    counts: Counter[str] = Counter()
    for topic in sorted(sources.topics.values(), key=lambda t: t.id):
        question = synonyms.read(topic.question)
        phrasings = [synonyms.read(phrasing) for phrasing in topic.asked_as]
        markers = [synonyms.read(marker) for marker in topic.markers]
        answer = _once(synonyms.read(" ".join((topic.short_answer, *topic.what_research_shows))))
        evidence = _once(synonyms.read_all(_evidence(topic, sources)))
        database.table("search_topics").insert(
            {
                "id": topic.id,
                "kind": topic.kind.value,
                "question": _text(question),
                "markers": _text(_lines(markers)),
                "answer": _text(answer),
                "evidence": _text(evidence),
            }
        )
        database.table("search_phrasings").insert_all(
            {"topic": topic.id, "position": position, "text": _text(text)}
            for position, text in enumerate([question, *phrasings])
        )
        asked = {word for text in (question, *phrasings, *markers) for word in text}
        counts.update(asked | set(answer) | set(evidence))
    return counts


def _evidence(topic: "Topic", sources: "Sources") -> Iterator[str]:
    """What the studies behind a topic are called, and by whom: people ask for "the naviaux study"."""
    for study in filter(None, map(sources.studies.get, topic.studies)):
        yield from (study.title, *study.aliases, *study.markers)
        if study.authors:
            yield f"{study.authors[0].name} {study.year}"


def _markers(database: "sqlite_utils.Database", sources: "Sources", synonyms: "Synonyms") -> None:
    tests = Counter(m for topic in sources.topics.values() for m in set(topic.markers))
    studied = Counter(m for study in sources.studies.values() for m in set(study.markers))
    # One name for what differs only in capitals: that of the topics, else the one most studies use.
    names: dict[str, str] = {}
    for name in sorted(tests | studied, key=lambda n: (-tests[n], -studied[n], n)):
        names.setdefault(_text(words(name)), name)
    database.table("search_markers").insert_all(
        {
            "name": name,
            "words": f"{plain}\n{_text(synonyms.read(name))}",
            "topics": tests[name],
            "studies": studied[name],
        }
        for plain, name in sorted(names.items())
        if plain
    )


def _criteria(
    database: "sqlite_utils.Database", criteria: Iterable["Criterion"], synonyms: "Synonyms"
) -> None:
    for criterion in criteria:
        names = (criterion.name, criterion.id, *criterion.known_as, criterion.full_name)
        database.table("search_criteria").insert_all(
            {"id": criterion.id, "position": position, "name": _text(synonyms.read(name))}
            for position, name in enumerate(names)
        )


def _words(database: "sqlite_utils.Database", studies: Counter[str], topics: Counter[str]) -> None:
    known = sorted(studies.keys() | topics.keys())
    connection = database.conn
    stems = _stems(database, known)
    connection.executemany(
        "INSERT INTO search_words VALUES (?, ?, ?, ?, ?)",
        (
            (number, word, stems.get(word, word), studies[word], topics[word])
            for number, word in enumerate(known, 1)
        ),
    )
    connection.executemany("INSERT INTO search_english VALUES (?, ?)", ordinary_words().items())
    connection.execute("CREATE INDEX search_words_by_stem ON search_words(stem)")
    connection.executemany("INSERT INTO search_sounds VALUES (?, ?)", sounds(known))
    connection.executemany(
        "INSERT INTO search_misspellings VALUES (?, ?)",
        sorted({(form, word) for word in known for form in misspellings(word)}),
    )


def _stems(database: "sqlite_utils.Database", known: list[str]) -> dict[str, str]:
    """The stem of each word, by SQLite's own Porter stemmer."""
    connection = database.conn
    connection.execute("CREATE VIRTUAL TABLE temp.stemmer USING fts5(word, tokenize = 'porter unicode61')")
    connection.executemany("INSERT INTO temp.stemmer(rowid, word) VALUES (?, ?)", enumerate(known))
    connection.execute("CREATE VIRTUAL TABLE temp.stems USING fts5vocab('temp', 'stemmer', 'instance')")
    found = {known[number]: stem for stem, number in connection.execute("SELECT term, doc FROM temp.stems")}
    connection.execute("DROP TABLE temp.stems")
    connection.execute("DROP TABLE temp.stemmer")
    return found


def _lines(entries: Iterable[list[str]]) -> list[str]:
    """Several texts as one, with a line break between them."""
    joined: list[str] = []
    for entry in entries:
        joined += ["\n", *entry] if joined else entry
    return joined


def _once(found: list[str]) -> list[str]:
    """Each word once, where it comes first."""
    return list(dict.fromkeys(found))


def _text(found: Iterable[str]) -> str:
    return " ".join(found).replace(" \n ", "\n")
