"""How like two texts are in letters: groups of three and four, which forgive spelling and endings.

Each phrasing of a topic is a vector of its groups, weighted by how rare they are, of length 1; so are all the
phrasings of a topic together. The build stores the vectors by group, so that a question reads only its own.
"""

import math
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_SIZES: Final = (3, 4)
_COMMON: Final = 0.03  # groups in more of the phrasings than this say too little to be counted
_UNSAID: Final = "mecfs"  # nearly everybody names the illness, so that its letters say nothing
_DIGITS: Final = 6  # of stored weights


def read_phrasings(connection: sqlite3.Connection) -> Mapping[str, tuple[str, ...]]:
    """Everything that each topic is asked by, in order of id: its question, its phrasings, its markers."""
    texts: dict[str, dict[str, None]] = {}
    for topic, text in connection.execute(
        "SELECT topic, text FROM search_phrasings ORDER BY topic, position"
    ):
        texts.setdefault(topic, {})[text] = None
    for topic, markers in connection.execute("SELECT id, markers FROM search_topics ORDER BY id"):
        texts.setdefault(topic, {}).update(dict.fromkeys(m for m in markers.split("\n") if m))
    return {topic: tuple(found) for topic, found in sorted(texts.items())}


def store(connection: sqlite3.Connection) -> None:
    """Fill ``search_letters`` from the phrasings that the catalogue holds.

    A row is a group of letters, its rarity, and the places and weights of the phrasings and of the topics
    that have it. Places count from 0 in the order of :func:`read_phrasings`.
    """
    texts = read_phrasings(connection)
    phrasings = [(place, text) for place, found in enumerate(texts.values()) for text in found]
    counts = Counter(gram for _, text in phrasings for gram in set(_grams(text)))
    rarity = {
        gram: math.log1p(len(phrasings) / count)
        for gram, count in counts.items()
        if count <= len(phrasings) * _COMMON
    }
    by_phrasing: dict[str, list[tuple[int, float]]] = {gram: [] for gram in rarity}
    totals: list[dict[str, float]] = [{} for _ in texts]
    for number, (topic, text) in enumerate(phrasings):
        for gram, weight in _vector(text, rarity).items():
            by_phrasing[gram].append((number, weight))
            totals[topic][gram] = totals[topic].get(gram, 0.0) + weight
    by_topic: dict[str, list[tuple[int, float]]] = {gram: [] for gram in rarity}
    for place, total in enumerate(totals):
        for gram, weight in _unit(total).items():
            by_topic[gram].append((place, weight))
    connection.executemany(
        "INSERT INTO search_letters VALUES (?, ?, ?, ?)",
        (
            (gram, rarity[gram], _packed(by_phrasing[gram]), _packed(by_topic[gram]))
            for gram in sorted(rarity)
        ),
    )


def likeness(connection: sqlite3.Connection, text: str) -> tuple[dict[int, float], dict[int, float]]:
    """How like ``text`` is each phrasing, and all of each topic: cosines from 0 to 1, by place."""
    grams = _grams(text)
    marks = ",".join("?" * len(set(grams)))
    rows = connection.execute(
        f"SELECT gram, rarity, phrasings, topics FROM search_letters WHERE gram IN ({marks})",  # noqa: S608
        sorted(set(grams)),
    ).fetchall()
    asked = _vector(text, {gram: rarity for gram, rarity, _, _ in rows})
    phrasings: dict[int, float] = {}
    topics: dict[int, float] = {}
    for gram, _, by_phrasing, by_topic in rows:
        for found, packed in ((phrasings, by_phrasing), (topics, by_topic)):
            for place, weight in _unpacked(packed):
                found[place] = found.get(place, 0.0) + asked[gram] * weight
    return phrasings, topics


def _grams(text: str) -> list[str]:
    """The groups of letters of each word with its edges, as often as they are there."""
    return [
        padded[start : start + size]
        for word in text.split()
        if word != _UNSAID
        for padded in (f" {word} ",)
        for size in _SIZES
        for start in range(len(padded) - size + 1)
    ]


def _vector(text: str, rarity: Mapping[str, float]) -> Mapping[str, float]:
    counts = Counter(_grams(text))
    return _unit({g: (1 + math.log(count)) * rarity[g] for g, count in counts.items() if g in rarity})


def _unit(vector: Mapping[str, float]) -> Mapping[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {gram: weight / length for gram, weight in vector.items()}


def _packed(weights: Sequence[tuple[int, float]]) -> bytes:
    """Places and weights as numbers of eight bytes, one after the other, on any machine the same."""
    return array(
        "d", [part for place, weight in weights for part in (place, round(weight, _DIGITS))]
    ).tobytes()


def _unpacked(packed: bytes) -> Iterable[tuple[int, float]]:
    numbers = array("d", packed)
    return zip(map(int, numbers[::2]), numbers[1::2], strict=True)
