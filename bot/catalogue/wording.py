"""The wording scanner: finds overclaims, advice and hard reading in the text that readers meet.

The rules stand in ``data/wording.toml``, each with a reason, an example that it finds and one that it must
not find. Nothing here is needed to answer a question: the scanner runs when data is checked, and the database
keeps the version of the rules that its text passed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Final, Literal

import msgspec

from bot.catalogue.model import Criterion, Design, Record, Retraction, Study, Topic, TopicKind
from bot.catalogue.prose import sentences
from bot.catalogue.source import CRITERIA, STUDIES, TOPICS, Problem

_RULES_FILE: Final = Path(__file__).parents[2] / "data" / "wording.toml"

#: The fields of each kind of record that are our own words for readers, and so are scanned.
SCANNED: Final[Mapping[str, tuple[str, ...]]] = {
    "study": ("pem_basis", "finding", "why_it_matters", "limitations", "does_not_show", "retraction"),
    "topic": ("short_answer", "what_research_shows", "what_it_does_not_prove", "limitations"),
    "criterion": ("pem_rule", "summary", "limitations"),
}

#: Designs in which chance decides who gets what, and work in a dish that is an experiment.
_MAY_SPEAK_OF_CAUSE: Final = frozenset(
    {
        Design.RANDOMISED_CONTROLLED_TRIAL,
        Design.CROSSOVER_TRIAL,
        Design.LABORATORY,
    }
)

# What is somebody else's wording, or a reference: quotations and ids in square brackets.
_NOT_OURS: Final = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)|\[[^\[\]]*\]")
_FEWEST_WORDS: Final = 10  # below this the reading level is chance
_FILLER: Final = "·"
_ASCII_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_WORD: Final = re.compile(r"[^\W_]+(?:['’./-][^\W_]+)*")


class Level(StrEnum):
    """Whether a finding stops the check."""

    ERROR = "error"
    WARNING = "warning"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule: a pattern, or a measure with a limit."""

    id: str
    level: Level
    reason: str
    mend: str
    example: str
    counter_example: str
    fields: tuple[str, ...] = ()
    pattern: str = ""
    case: bool = False
    excused_by: tuple[Literal["negation", "hedge"], ...] = ()
    unless: str = ""
    trials_may: bool = False
    measure: Literal["", "words", "grade"] = ""
    limit: float = 0


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``wording.toml`` holds; its comments say what each part is for."""

    version: str
    policy_version: str
    names: tuple[str, ...]
    known_terms: tuple[str, ...]
    negation: str
    hedge: str
    clause_end: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule found: where, the words themselves, why it matters and how to mend it.

    ``field`` names the entry of a list as ``limitations[2]``, counted from 1. ``start`` and ``end`` are the
    place in the text of that field or entry, as Python counts characters.
    """

    file: str
    field: str
    rule: str
    level: Level
    text: str
    start: int
    end: int
    reason: str
    mend: str

    @property
    def problem(self) -> Problem:
        """The finding as a line of the check."""
        return Problem(self.file, self.field, f"“{self.text}” ({self.rule}): {self.reason}", self.mend)


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern of the rule file, whose line breaks are only layout."""
    return re.compile(pattern.replace("\n", ""))


def _lower(text: str) -> str:
    """The text in small letters, every character in its place."""
    lower = text.lower()
    # "İ" alone becomes two characters; then only A to Z are lowered, which is what patterns are written in.
    return lower if len(lower) == len(text) else text.translate(_ASCII_LOWER)


class Scanner:
    """The compiled rules of one rule file.

    Raises:
        re.error: when a pattern is no regular expression.
    """

    def __init__(self, file: RuleFile) -> None:
        self._file: Final = file
        self._excuses: Final = {
            "negation": _compile(self._file.negation),
            "hedge": _compile(self._file.hedge),
        }
        self._clause_end: Final = _compile(self._file.clause_end)
        self._patterns: Final = {rule.id: _compile(rule.pattern) for rule in self.rules}
        self._unless: Final = {rule.id: _compile(rule.unless) for rule in self.rules if rule.unless}
        # One pattern for all says at once that a text is clean, as nearly all are.
        folded = (rule.pattern for rule in self.rules if rule.pattern and not rule.case)
        self._any: Final = _compile("|".join(f"(?:{pattern})" for pattern in folded))
        self._names: Final = _compile("|".join(map(re.escape, self._file.names)))
        longest_first = sorted(self._file.known_terms, key=len, reverse=True)
        self._known: Final = re.compile(
            rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE
        )

    @property
    def version(self) -> str:
        """The version of the rules."""
        return self._file.version

    @property
    def policy_version(self) -> str:
        """The version of the editorial policy that the rules serve."""
        return self._file.policy_version

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order of the file."""
        return self._file.rules

    def spans(self, rule: Rule, text: str) -> Iterator[tuple[int, int]]:
        """Where in ``text`` a rule finds something."""
        if rule.measure:
            yield from self._measured(rule, text)
        else:
            masked = self._mask(text)
            yield from self._matched(rule, masked if rule.case else _lower(masked))

    def scan(self, text: str, *, field: str, trial: bool) -> Iterator[tuple[Rule, int, int]]:
        """What every rule for ``field`` finds in ``text``; ``trial`` says that it may speak of cause."""
        masked = self._mask(text)
        lower = _lower(masked)
        suspect = self._any.search(lower)
        for rule in self.rules:
            if (rule.fields and field not in rule.fields) or (trial and rule.trials_may):
                continue
            if rule.measure:
                spans = self._measured(rule, text)
            elif rule.case:
                spans = self._matched(rule, masked)
            elif suspect:
                spans = self._matched(rule, lower)
            else:
                continue
            for start, end in spans:
                yield rule, start, end

    def grade(self, text: str) -> float:
        """The automated readability index of a text: about the US school grade that can follow it.

        Senter and Smith, "Automated readability index", AMRL-TR-66-220 (1967): 4.71 letters a word + 0.5
        words a sentence - 21.43. It needs no list of syllables. Terms that readers know count as one short
        word.
        """
        plain = self._known.sub("it", _NOT_OURS.sub("it", text))
        words = [word for word in _WORD.findall(plain) if not word[0].isdigit()]
        if not words:
            return 0.0
        letters = sum(len(word) for word in words)
        return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences(plain)) - 21.43

    def _matched(self, rule: Rule, masked: str) -> Iterator[tuple[int, int]]:
        for match in self._patterns[rule.id].finditer(masked):
            if not self._excused(rule, masked, match.start()):
                yield match.start(), match.start() + len(match[0].rstrip())

    def _measured(self, rule: Rule, text: str) -> Iterator[tuple[int, int]]:
        if rule.measure == "grade":
            if len(text.split()) >= _FEWEST_WORDS and self.grade(text) > rule.limit:
                yield 0, len(text)
            return
        if len(text.split()) <= rule.limit:
            return
        place = 0
        for sentence in sentences(text):
            place = text.index(sentence, place)
            if len(_WORD.findall(_NOT_OURS.sub(" ", sentence))) > rule.limit:
                yield place, place + len(sentence)
            place += len(sentence)

    def _mask(self, text: str) -> str:
        """The text with what is not ours blotted out, every place kept."""
        for pattern in (_NOT_OURS, self._names):
            text = pattern.sub(lambda match: _FILLER * len(match[0]), text)
        return text

    def _excused(self, rule: Rule, text: str, start: int) -> bool:
        """Whether the clause that a match stands in denies it, leaves it open, or says who does it."""
        sentence = max((text.rfind(mark, 0, start) for mark in (". ", "? ", "! ")), default=-1) + 1
        before = text[sentence:start]
        ends = [match.end() for match in self._clause_end.finditer(before)]
        clause = before[ends[-1] :] if ends else before
        if any(self._excuses[excuse].search(clause) for excuse in rule.excused_by):
            return True
        unless = self._unless.get(rule.id)
        return unless is not None and bool(unless.search(before))


@cache
def rule_file() -> RuleFile:
    """This program's ``data/wording.toml``.

    Raises:
        FileNotFoundError: when it is missing.
        msgspec.ValidationError: when it is not of the right shape.
    """
    return msgspec.toml.decode(_RULES_FILE.read_bytes(), type=RuleFile)


@cache
def scanner() -> Scanner:
    """The scanner with the rules of :func:`rule_file`."""
    return Scanner(rule_file())


SCANNER_VERSION: Final = rule_file().version
POLICY_VERSION: Final = rule_file().policy_version


def scan_study(study: Study) -> list[Finding]:
    """What the scanner finds in a study's own words."""
    trial = study.design in _MAY_SPEAK_OF_CAUSE
    return list(_scan(study, "study", f"{STUDIES}/{study.id}.toml", lambda _field, _text: trial))


def scan_topic(topic: Topic, designs: Mapping[str, Design] | None = None) -> list[Finding]:
    """What the scanner finds in a topic. ``designs`` gives the design of each study that it may name.

    A line may speak of cause where one of the studies in its brackets is a randomised trial; a text without
    brackets where the topic is about a treatment and lists such a trial.
    """
    designs = designs or {}
    trials = {name for name in topic.studies if designs.get(name) in _MAY_SPEAK_OF_CAUSE}

    def trial(field: str, text: str) -> bool:
        if field == "what_research_shows":
            return any(name in text for name in trials)
        return topic.kind is TopicKind.TREATMENT and bool(trials)

    return list(_scan(topic, "topic", f"{TOPICS}/{topic.id}.toml", trial))


def scan_criterion(criterion: Criterion) -> list[Finding]:
    """What the scanner finds in a case definition's own words."""
    return list(_scan(criterion, "criterion", CRITERIA, lambda _field, _text: False, f"{criterion.id}."))


def _scan(
    record: Record, kind: str, file: str, trial: Callable[[str, str], bool], prefix: str = ""
) -> Iterator[Finding]:
    for field in SCANNED[kind]:
        for place, text in _texts(getattr(record, field), field):
            for rule, start, end in scanner().scan(text, field=field, trial=trial(field, text)):
                yield Finding(
                    file=file,
                    field=prefix + place,
                    rule=rule.id,
                    level=rule.level,
                    text=text[start:end],
                    start=start,
                    end=end,
                    reason=rule.reason,
                    mend=rule.mend,
                )


def _texts(value: str | tuple[str, ...] | Retraction | None, field: str) -> Iterator[tuple[str, str]]:
    """The texts of a field, each with its place."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, tuple):
        for number, text in enumerate(value, start=1):
            yield f"{field}[{number}]", text
    elif value is not None and value.reason:
        yield f"{field}.reason", value.reason
