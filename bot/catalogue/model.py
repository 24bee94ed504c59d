"""The records of the catalogue and the shape of every field.

A record is a frozen msgspec Struct. The constraint that a field must meet stands in its type, with a
description (it becomes the JSON Schema for editors and the column text in Datasette) and, under ``mend``,
the sentence that tells a curator how to put a wrong value right. Rules that need more than one field, or
more than one record, live in :mod:`bot.catalogue.rules`.

The order of fields here is the order in which :mod:`bot.catalogue.source` writes them.
"""

import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from msgspec import Meta, Struct


# "$" alone would let a line break follow: hence "$(?!\n)" at the end of the patterns below.
def _meta(description: str, mend: str | None = None, **constraints: Any) -> Meta:
    extra = {"mend": mend} if mend else None
    return Meta(description=description, extra=extra, **constraints)


class Pem(StrEnum):
    """The PEM badge: was post-exertional malaise an explicit, required criterion for taking part?"""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not_applicable"


class PemSource(StrEnum):
    """Whose words the badge rests on."""

    SOURCE_TEXT = "source_text"
    SECONDARY = "secondary"
    NONE = "none"


class Design(StrEnum):
    """What kind of work it is."""

    RANDOMISED_CONTROLLED_TRIAL = "randomised-controlled-trial"
    CROSSOVER_TRIAL = "crossover-trial"
    OPEN_LABEL_TRIAL = "open-label-trial"
    DIAGNOSTIC_ACCURACY = "diagnostic-accuracy"
    GENETIC_ASSOCIATION = "genetic-association"
    CASE_CONTROL = "case-control"
    COHORT = "cohort"
    CROSS_SECTIONAL = "cross-sectional"
    CASE_SERIES = "case-series"
    SURVEY = "survey"
    QUALITATIVE = "qualitative"
    LABORATORY = "laboratory"
    META_ANALYSIS = "meta-analysis"
    SYSTEMATIC_REVIEW = "systematic-review"
    NARRATIVE_REVIEW = "narrative-review"
    GUIDELINE = "guideline"
    CASE_DEFINITION = "case-definition"
    PROTOCOL = "protocol"
    COMMENTARY = "commentary"


class RetractionStatus(StrEnum):
    """What a journal, or the authors, later said about the paper as a whole."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    EXPRESSION_OF_CONCERN = "expression-of-concern"
    CORRECTED = "corrected"


class TopicStatus(StrEnum):
    """Where the evidence on a question stands, in words."""

    ESTABLISHED = "established"
    CONSISTENT_ASSOCIATION = "consistent-association"
    MIXED = "mixed"
    PRELIMINARY = "preliminary"
    CONTRADICTED = "contradicted"
    RETRACTED = "retracted"
    NO_VALIDATED_TEST = "no-validated-test"
    GUIDELINE = "guideline"
    DEFINITION = "definition"


class TopicKind(StrEnum):
    """What kind of question it is; ``test`` questions are those that `/test` may answer."""

    TEST = "test"
    FINDING = "finding"
    TREATMENT = "treatment"
    DEFINITION = "definition"
    PRACTICAL = "practical"


class Use(StrEnum):
    """What a case definition was made for."""

    RESEARCH = "research"
    CLINICAL = "clinical"
    BOTH = "both"


Id: TypeAlias = Annotated[
    str,
    _meta(
        "Stable identifier, used in links; the file has the same name.",
        "use lower-case letters, digits and single hyphens",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)",
        max_length=80,
    ),
]
Text: TypeAlias = Annotated[
    str,
    _meta(
        "One line of text.",
        "write some text, with no line break and no space at either end, or leave the field out",
        pattern=r"^\S([^\x00-\x1f\x7f\x85\u2028\u2029]*\S)?$(?!\n)",
    ),
]
Prose: TypeAlias = Annotated[
    str,
    _meta(
        "Plain language, in our own words; one sentence a line in the file.",
        "write at least one sentence, in our own words",
        min_length=1,
        pattern=r"^\S[^\x00-\x1f\x7f\x85\u2028\u2029]*\S$(?!\n)",
    ),
]
Year: TypeAlias = Annotated[
    int, _meta("Year of publication.", "write the year with four digits", ge=1930, le=2100)
]
Doi: TypeAlias = Annotated[
    str,
    _meta(
        "Digital Object Identifier, bare and in lower case (ISO 26324; Crossref's registered prefixes).",
        "write it bare and in lower case, such as 10.1234/abc.5, with no address and no full stop",
        pattern=r"^10\.[0-9]{4,9}/[^\sA-Z]*[^\sA-Z.,;]$(?!\n)",
    ),
]
Pmid: TypeAlias = Annotated[
    str,
    _meta(
        "PubMed identifier.",
        'write only its digits, in quotes, such as "9201656"',
        pattern=r"^[1-9][0-9]{0,8}$(?!\n)",
    ),
]
Pmcid: TypeAlias = Annotated[
    str,
    _meta(
        "PubMed Central identifier.",
        'write PMC and its digits, in quotes, such as "PMC3128000"',
        pattern=r"^PMC[1-9][0-9]{0,8}$(?!\n)",
    ),
]
Pages: TypeAlias = Annotated[
    str,
    _meta(
        "Page range, or article number.",
        'write both ends in full, such as "240-255", or the article number, such as "e0193672"',
        pattern=r"^[A-Za-z0-9.:]+(-[A-Za-z0-9.:]+)?$(?!\n)",
    ),
]
Url: TypeAlias = Annotated[
    str,
    _meta(
        "Web address.",
        "write a whole address that begins with https:// or http://",
        pattern=r"^https?://[^\s/]+\S*$(?!\n)",
    ),
]
Count: TypeAlias = Annotated[
    int, _meta("Number of people.", "write a whole number, or leave the field out", ge=0)
]
ShortText: TypeAlias = Annotated[
    str,
    _meta(
        "A short text.",
        "keep it to 60 characters",
        pattern=r"^\S([^\x00-\x1f\x7f\x85\u2028\u2029]*\S)?$(?!\n)",
        max_length=60,
    ),
]


class Author(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A person (``family``, ``given``) or an institution (``literal``), as the source names it."""

    family: Text | None = None
    given: Text | None = None
    literal: Text | None = None

    @property
    def name(self) -> str:
        """The name a reader knows the author by: the family name, or the institution's."""
        return self.literal or self.family or ""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """One dated line of a record's history."""

    date: datetime.date
    what: Text


class Retraction(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A later notice on the paper as a whole: the kind, when, where it stands, and why."""

    status: RetractionStatus
    year: Year | None = None
    notice_doi: Doi | None = None
    reason: Prose | None = None


class Study(Struct, frozen=True, kw_only=True):
    """One paper, guideline or report. ``None`` means that nobody has seen a source that states it."""

    id: Id
    title: Annotated[Text, _meta("Title as the source gives it, with no final full stop.")]
    title_sentence: Annotated[
        Text | None,
        _meta(
            "The title in sentence case, where the source prints it in Title Case; "
            "for citation styles that want sentence case."
        ),
    ] = None
    authors: Annotated[tuple[Author, ...], _meta("Authors in order.")] = ()
    authors_complete: Annotated[bool, _meta("False where the source cut the list of authors.")]
    journal: Annotated[Text, _meta("Journal, or the body that issued a report.")]
    journal_abbrev: Annotated[Text | None, _meta("The journal's abbreviation in the NLM Catalog.")] = None
    year: Year
    volume: Annotated[ShortText | None, _meta("Volume.")] = None
    issue: Annotated[ShortText | None, _meta("Issue, or supplement.")] = None
    pages: Pages | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Pmcid | None = None
    url: Annotated[Url | None, _meta("Address of the work; only where there is no DOI.")] = None
    design: Annotated[Design, _meta("What kind of work it is.")]
    population: Annotated[Text, _meta("Who, or what, was studied.")]
    n_cases: Annotated[
        Count | None, _meta("People with the illness, where the source states the number.")
    ] = None
    n_controls: Annotated[
        Count | None, _meta("People to compare with, where the source states the number.")
    ] = None
    criteria: Annotated[
        tuple[Text, ...],
        _meta("Case definitions that participants had to meet: names from criteria.toml, or 'other: …'."),
    ] = ()
    pem: Annotated[
        Pem, _meta("The PEM badge: was post-exertional malaise required of everyone who took part?")
    ]
    pem_basis: Annotated[Prose, _meta("One sentence: why the badge has this value.")]
    pem_source: Annotated[PemSource, _meta("Whose words the badge rests on.")]
    topics: Annotated[tuple[ShortText, ...], _meta("Tags, from the tag vocabulary.")] = ()
    markers: Annotated[tuple[Text, ...], _meta("What a test study measured.")] = ()
    aliases: Annotated[tuple[Text, ...], _meta("Names people use for it.")] = ()
    related: Annotated[tuple[Id, ...], _meta("Replications, contradictions, critiques, corrections.")] = ()
    finding: Annotated[Prose, _meta("What was found, in plain language.")]
    why_it_matters: Annotated[Prose, _meta("Why it matters, in plain language.")]
    limitations: Annotated[
        tuple[Text, ...],
        _meta("The study's own limits.", "write two to four limits of this study", min_length=1),
    ]
    does_not_show: Annotated[Prose, _meta("The overclaim that people make of it, denied.")]
    retraction: Retraction | None = None
    atlas_url: Annotated[Url | None, _meta("The ME/CFS Atlas page of this paper.")] = None
    sources: Annotated[
        tuple[Url, ...], _meta("The pages its fields were read from.", "name at least one page", min_length=1)
    ]
    abstract_seen: Annotated[bool, _meta("Whether the abstract itself was read.")]
    curator_note: Annotated[Prose | None, _meta("For curators, not for readers.")] = None
    changes: Annotated[
        tuple[Change, ...], _meta("Dated history of this record.", "add a dated line", min_length=1)
    ]

    @property
    def link(self) -> str | None:
        """Where the work can be read: DOI, else its own address, else PubMed or PubMed Central; ``None`` if
        unknown.
        """
        if self.doi:
            return doi_link(self.doi)
        if self.url:
            return self.url
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        if self.pmcid:
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{self.pmcid}/"
        return None


class Topic(Struct, frozen=True, kw_only=True):
    """One question that people ask, with the answer that curators reviewed."""

    id: Id
    question: Annotated[Text, _meta("The question, in full.")]
    asked_as: Annotated[
        tuple[Text, ...], _meta("Phrasings people type.", "write at least three phrasings", min_length=3)
    ]
    short_answer: Annotated[Prose, _meta("The answer in one or two sentences.")]
    what_research_shows: Annotated[
        tuple[Text, ...],
        _meta(
            "What was found; each ends with the ids it rests on, in square brackets.",
            "write at least one line",
            min_length=1,
        ),
    ]
    what_it_does_not_prove: Annotated[
        tuple[Text, ...], _meta("What must not be concluded.", "write at least one line", min_length=1)
    ]
    limitations: Annotated[
        tuple[Text, ...], _meta("Limits of the body of evidence.", "write at least one limit", min_length=1)
    ]
    status: Annotated[TopicStatus, _meta("Where the evidence stands.")]
    kind: Annotated[TopicKind, _meta("What kind of question it is.")]
    markers: Annotated[tuple[Text, ...], _meta("Test markers it speaks of.")] = ()
    studies: Annotated[
        tuple[Id, ...],
        _meta("The studies behind it, most telling first.", "name at least one study", min_length=1),
    ]
    related_topics: Annotated[tuple[Id, ...], _meta("Neighbouring questions.")] = ()
    sources: Annotated[
        tuple[Url, ...], _meta("The pages it was written from.", "name at least one page", min_length=1)
    ]
    curator_note: Annotated[Prose | None, _meta("For curators, not for readers.")] = None
    changes: Annotated[
        tuple[Change, ...], _meta("Dated history of this record.", "add a dated line", min_length=1)
    ]


class Criterion(Struct, frozen=True, kw_only=True):
    """One case definition and whether it requires post-exertional malaise."""

    id: Id
    name: Annotated[ShortText, _meta("The name that `criteria` of a study uses.")]
    full_name: Annotated[Text, _meta("Its full name.")]
    year: Year
    requires_pem: Annotated[
        bool | None, _meta("Whether it requires post-exertional malaise; left out where that can be argued.")
    ] = None
    pem_rule: Annotated[Prose, _meta("What it says about exertion.")]
    summary: Annotated[Prose, _meta("What it asks for, in plain language.")]
    used_for: Annotated[Use, _meta("What it was made for.")]
    known_as: Annotated[tuple[Text, ...], _meta("Other names.")] = ()
    study: Annotated[Id | None, _meta("The entry of the paper that set it out.")] = None
    limitations: Annotated[tuple[Text, ...], _meta("Its limits.", "write at least one limit", min_length=1)]
    sources: Annotated[
        tuple[Url, ...], _meta("The pages it was written from.", "name at least one page", min_length=1)
    ]
    changes: Annotated[
        tuple[Change, ...], _meta("Dated history of this record.", "add a dated line", min_length=1)
    ]


Record: TypeAlias = Study | Topic | Criterion


def doi_link(doi: str) -> str:
    """The https://doi.org address of a bare DOI, with what may not stand in a URL percent-encoded.

    Old Wiley DOIs carry ``<``, ``>``, ``;`` and ``#``; what may stay as it is are the characters that RFC
    3986 (section 3.3) allows in a path.
    """
    return "https://doi.org/" + quote(doi, safe="/:;()@!$&'*+,=-._~")
