"""An author's name, in the parts that citation formats ask for."""

import re
from dataclasses import dataclass
from typing import Final

from bot.catalogue.model import Author

# Written before the family name in lower case ("van der Meer"). With a capital ("De Meirleir") the particle
# is part of the family name, which is how such names are filed.
_PARTICLE: Final = re.compile(r"^(?P<particle>(?:[a-z][a-z']*\.? )+)(?P<family>\S.*)$")
_SUFFIX: Final = re.compile(r"^(?P<given>.+?),? (?P<suffix>Jr|Sr|II|III|IV|2nd|3rd)\.?$")
# Initials as bibliographic databases run them together: "LD", "A-B". Four is the longest run seen ("JMWP").
_INITIALS: Final = re.compile(r"^(?:[A-ZÀ-ÖØ-Þ]-?){1,4}$")
_DOTTED: Final = re.compile(r"(?<=[A-ZÀ-ÖØ-Þ])\.(?=[^\s\-.])")


@dataclass(frozen=True)
class Name:
    """A person's name in parts; ``particle`` and ``suffix`` are empty where there is none."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""


def person(author: Author) -> Name:
    """The parts of a person's name. An author that is an institution has no parts: use ``author.literal`` for
    it.

    Initials come out with full stops and spaces ("LD" and "L.D." as "L. D."), so that no engine takes a run
    of initials for a word; a name in brackets ("C (Linda) M C") loses the brackets, as in the PubMed form of
    such names.
    """
    given = author.given or ""
    suffix = ""
    if found := _SUFFIX.match(given):
        given, suffix = found["given"], found["suffix"]
        suffix = f"{suffix}." if suffix in {"Jr", "Sr"} else suffix
    family = author.family or ""
    particle = ""
    if found := _PARTICLE.match(family):
        particle, family = found["particle"].strip(), found["family"]
    return Name(family=family, given=initials(given), particle=particle, suffix=suffix)


def initials(given: str) -> str:
    """The given name with each initial written "X."; whole names stay as they are."""
    spaced = _DOTTED.sub(". ", re.sub(r"[()]", "", given))
    return " ".join(_dotted(word) for word in spaced.split())


def _dotted(word: str) -> str:
    if not _INITIALS.match(word):
        return word
    return " ".join("-".join(f"{letter}." for letter in part.split("-") if letter) for part in _runs(word))


def _runs(word: str) -> list[str]:
    # "AB" is two initials, "A-B" is one hyphenated pair.
    return re.findall(r"[^\W\d_](?:-[^\W\d_])*", word)
