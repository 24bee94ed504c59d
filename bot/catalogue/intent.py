"""What was said: a question about research, a wish for personal advice, small talk, or words of crisis.

The bot describes research; it neither advises nor diagnoses, and somebody in crisis needs a person. So
these are told apart before anything is looked up. The rules stand in ``data/intent.toml``; they do not
depend on the catalogue, so that they hold when it is missing.

When in doubt, crisis: a short kind reply to a researcher costs little. Only a text that is plainly about
research and about nobody near ("suicide mortality in ME/CFS") may speak of suicide and be answered.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from bot.catalogue.words import words

_RULES_FILE: Final = Path(__file__).parents[2] / "data" / "intent.toml"
_LONG: Final = 8  # letters from which a word may have two slips
# The name of the illness, not the pronoun: "ME" in capitals, and any way of writing it together with CFS.
_NAME: Final = re.compile(r"\bME\b(?:\s*/\s*CFS)?|(?i:\bm\.?e\.?\s*/\s*cfs\b|\bcfs\s*/\s*m\.?e\b|\bme cfs\b)")
_GROUP: Final = re.compile(r"<(\w+)>")


class Intent(StrEnum):
    """What a text is about."""

    RESEARCH = "research"
    PERSONAL_ADVICE = "personal-advice"
    CRISIS = "crisis"
    SMALL_TALK = "small-talk"


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: tuple[str, ...]
    mentions: tuple[str, ...]
    research: tuple[str, ...]
    own: tuple[str, ...]


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    misspelt: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    crisis: _Section
    advice: _Section
    small_talk: _Section


class IntentRules:
    """The rules, ready to judge texts.

    Raises:
        msgspec.DecodeError: when ``content`` is not the TOML that data/intent.toml explains.
        KeyError: when a pattern names a group that there is not.
        re.error: when a pattern is not a regular expression.
    """

    def __init__(self, content: bytes) -> None:
        rules = msgspec.toml.decode(content, type=_Rules)
        self.version: Final = rules.version
        self._misspelt: Final = rules.misspelt
        self._groups: Final = rules.groups
        self._sections: Final = (
            (Intent.CRISIS, self._compiled(rules.crisis)),
            (Intent.PERSONAL_ADVICE, self._compiled(rules.advice)),
            (Intent.SMALL_TALK, self._compiled(rules.small_talk)),
        )

    def judge(self, text: str, *, only: Intent | None = None) -> Intent:
        """What ``text`` is; with ``only``, whether it is that and nothing else is asked. Never raises."""
        found = words(text if text.isupper() else _NAME.sub("mecfs", text))
        plain = " ".join(found)
        mended = " ".join(self._mended(word) for word in found)
        for intent, section in self._sections:
            if only is not None and intent is not only:
                continue
            if section.holds(plain) or (mended != plain and section.holds(mended)):
                return intent
        return Intent.RESEARCH

    def _mended(self, word: str) -> str:
        if word in self._misspelt:
            return word
        for right in self._misspelt:
            allowed = 2 if len(right) >= _LONG else 1
            if word[:1] == right[:1] and OSA.distance(word, right, score_cutoff=allowed) <= allowed:
                return right
        return word

    def _compiled(self, section: _Section) -> "_Judge":
        return _Judge(
            says=self._pattern(section.says),
            mentions=self._pattern(section.mentions),
            research=self._pattern(section.research),
            own=self._pattern(section.own),
        )

    def _pattern(self, parts: tuple[str, ...]) -> "_Pattern":
        return _Pattern("|".join(rf"\b(?:{self._expanded(part)})(?!\w)" for part in parts))

    def _expanded(self, part: str) -> str:
        while _GROUP.search(part):
            part = _GROUP.sub(lambda found: f"(?:{'|'.join(self._groups[found[1]])})", part)
        return part


class _Pattern:
    """A pattern, compiled when first needed: that takes longer than an answer. An empty one fits nothing."""

    def __init__(self, source: str) -> None:
        self._source = source

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source)

    def fits(self, plain: str) -> bool:
        return bool(self._source) and self._compiled.search(plain) is not None


class _Judge(msgspec.Struct, frozen=True):
    says: _Pattern
    mentions: _Pattern
    research: _Pattern
    own: _Pattern

    def holds(self, plain: str) -> bool:
        if self.says.fits(plain):
            return True
        if not self.mentions.fits(plain):
            return False
        return not self.research.fits(plain) or self.own.fits(plain)


@cache
def rules() -> IntentRules:
    """The rules of this program's ``data/intent.toml``."""
    return IntentRules(_RULES_FILE.read_bytes())


def intent(text: str) -> Intent:
    """What ``text`` is about. Words of crisis go before everything else; what fits no rule is research."""
    return rules().judge(text)


def is_crisis(text: str) -> bool:
    """Whether ``text`` has words of crisis; for what is asked of commands that give no advice anyway."""
    return rules().judge(text, only=Intent.CRISIS) is Intent.CRISIS
