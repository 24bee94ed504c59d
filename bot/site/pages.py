"""Every page of the catalogue as HTML text. The same for the preview and for the static site.

Addresses are stable: ``/evidence/<id>/`` for a study, ``/questions/<id>/`` for a reviewed question.
"""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.answer import filters, markdown
from bot.answer import study as study_card
from bot.answer import topics as topic_card
from bot.answer.info import about
from bot.answer.kept import Kept
from bot.answer.library import Library
from bot.answer.names import short
from bot.answer.reply import Block, File, Request, Role
from bot.catalogue import prose
from bot.catalogue.model import Study, Topic
from bot.catalogue.source import Problem
from bot.citation import STYLES, NotRenderedError
from bot.site import TEMPLATES, markup, metadata
from bot.site.bench import WHOLE, Bench, View

_DOWNLOADS: Final = (("bibtex", "bib", "BibTeX"), ("ris", "ris", "RIS"), ("csl-json", "json", "CSL-JSON"))


@dataclass(frozen=True)
class Download:
    """A file beside a study's page: its name, which format it has, and what readers know that by."""

    name: str
    key: str
    label: str
    media_type: str


@dataclass(frozen=True)
class Link:
    """A line that leads to another page, where that page is there; ``badge`` is the PEM badge of a study."""

    text: str
    path: str | None
    badge: str = ""


@dataclass(frozen=True)
class Trouble:
    """A problem with the lines of the file around it, if its place is known."""

    problem: Problem
    lines: tuple[str, ...] = ()


def downloads(study: Study) -> tuple[Download, ...]:
    """The files for reference managers that lie beside a study's page."""
    types = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}
    return tuple(
        Download(f"{study.id}.{end}", key, label, types.get(end, "application/vnd.citationstyles.csl+json"))
        for key, end, label in _DOWNLOADS
    )


class Pages:
    """Makes pages from an open library.

    Args:
        library: what to show; its ``site``, if it has one, gives pages their full address.
        studies: ids of the studies that have a page; others are named without a link. All, if not given.
        topics: the same for questions.
        preview: whether the pages are for curators: with a bench, and a reload when a file is saved.
    """

    def __init__(
        self,
        library: Library,
        studies: Collection[str] | None = None,
        topics: Collection[str] | None = None,
        *,
        preview: bool = False,
    ) -> None:
        self.library = library
        # A page need not link to itself, as the card in chat does.
        self._plain = replace(library, site="", kept=Kept())
        catalogue = library.catalogue
        self.studies = [
            s
            for s in sorted(catalogue.all_studies(), key=lambda s: (-s.year, s.id))
            if studies is None or s.id in studies
        ]
        self.topics = [
            t
            for t in sorted(catalogue.all_topics(), key=lambda t: t.question)
            if topics is None or t.id in topics
        ]
        self._pages = {s.id for s in self.studies} | {t.id for t in self.topics}
        self._preview = preview
        self._labels = library.templates.labels
        self._closing = [
            block
            for block in about(library, Request("about", budget=WHOLE)).blocks
            if block.role in {Role.LIMITATIONS, Role.PEM_BADGE}
        ]
        self._environment = _environment()
        #: How many files of the preview cannot be read now, so that pages tell that they are older.
        self.unreadable = 0
        #: Which state of the files the preview shows.
        self.generation = 0

    def study(self, study: Study, *, bench: Bench | None = None) -> str:
        """The page of a study, two folders below the root; with its bench in a preview."""
        asked = Request("study", {"query": study.id, "view": "full"}, WHOLE)
        # The page links to the questions, and so need not name them.
        blocks = study_card.card(self._plain, asked, study, name_questions=False).blocks
        related = self.library.catalogue.studies(study.related)
        asking = [self.library.catalogue.topic(t) for t in self.library.catalogue.topics_citing(study.id)]
        return self._page(
            "study",
            title=study.title,
            root="../../",
            path=f"evidence/{study.id}/",
            study=study,
            byline=_after_title(blocks),
            blocks=_body(blocks, Role.CITATION, Role.FOOTER),
            tags=list(metadata.meta_tags(study)),
            json_ld=_json(metadata.study_json(study, self._address(f"evidence/{study.id}/"))),
            downloads=downloads(study),
            citations=self._citations(study),
            questions=[self._to_topic(t) for t in asking if t],
            related=[self._to_study(s) for s in related],
            bench=bench,
        )

    def topic(self, topic: Topic, *, bench: Bench | None = None) -> str:
        """The page of a question, two folders below the root; with its bench in a preview."""
        blocks = topic_card.card(
            self.library, Request("ask", {"question": topic.id, "view": "full"}, WHOLE), topic
        ).blocks
        studies = self.library.catalogue.studies(topic.studies)
        neighbours = [self.library.catalogue.topic(t) for t in topic.related_topics]
        return self._page(
            "question",
            title=topic.question,
            root="../../",
            path=f"questions/{topic.id}/",
            topic=topic,
            byline=_after_title(blocks),
            blocks=_body(blocks, Role.FOOTER),
            json_ld=_json(metadata.topic_json(topic, studies, self._address(f"questions/{topic.id}/"))),
            studies=[self._to_study(s) for s in studies],
            related=[self._to_topic(t) for t in neighbours if t],
            bench=bench,
        )

    def study_list(self, findings: dict[str, int] | None = None) -> str:
        """The list of studies; ``findings`` tells how many things there are to look at in each."""
        rows = [
            {
                "study": study,
                "problems": (findings or {}).get(study.id, 0),
                "limits": filters.stop("; ".join(study.limitations)),
            }
            for study in self.studies
        ]
        tags = sorted({tag for study in self.studies for tag in study.topics})
        return self._page("studies", title="Studies", root="", path="", rows=rows, tags=tags)

    def topic_list(self, findings: dict[str, int] | None = None) -> str:
        """The list of questions, one folder below the root; ``findings`` as for :meth:`study_list`."""
        rows = [{"topic": t, "problems": (findings or {}).get(t.id, 0)} for t in self.topics]
        return self._page("questions", title="Questions", root="../", path="questions/", rows=rows)

    def data(self, files: Sequence[tuple[str, str]]) -> str:
        """The page that offers the whole catalogue as files: names and what they are. One folder down."""
        listed = [{"name": name, "about": text} for name, text in files]
        return self._page("data", title="The data", root="../", path="data/", files=listed)

    def line(self, line: str, view: View | None) -> str:
        """The page on which a curator tries a line, with the reply to it, if there is one."""
        return self._page("try", title="Try a line", root="../", path="try/", line=line, view=view)

    def problems(self, found: Sequence[Trouble]) -> str:
        """The page of what is wrong in the files."""
        title = f"{len(found)} problems" if len(found) != 1 else "1 problem"
        return self._page("problems", title=title, root="../", path="problems/", found=found, waiting=False)

    def _page(self, template: str, *, root: str, path: str, **values: Any) -> str:
        names = [("Studies", ""), ("Questions", "questions/")]
        names += (
            [("Try a line", "try/"), ("Problems", "problems/")] if self._preview else [("The data", "data/")]
        )
        site = self.library.site
        return self._environment.get_template(f"{template}.html").render(
            values,
            root=root or "./",
            here=path,
            address=self._address(path) if site and not self._preview else None,
            navigation=names,
            closing=self._closing,
            labels=self._labels,
            meta=self.library.catalogue.meta,
            preview=self._preview,
            unreadable=self.unreadable,
            generation=self.generation,
        )

    def _address(self, path: str) -> str:
        return f"{self.library.site}/{path}" if self.library.site else f"/{path}"

    def _to_study(self, study: Study) -> Link:
        path = f"../../evidence/{study.id}/" if study.id in self._pages else None
        return Link(f"{short(study)}: {study.title}", path, self._labels["pem"][study.pem])

    def _to_topic(self, topic: Topic) -> Link:
        return Link(topic.question, f"../../questions/{topic.id}/" if topic.id in self._pages else None)

    def _citations(self, study: Study) -> list[tuple[str, str]]:
        """The study in every style that is rendered, as Markdown under the style's name."""
        found = []
        for style in STYLES:
            try:
                citation = self.library.citations.text(study, style.key)
            except NotRenderedError:
                continue
            found.append((style.name, citation.markdown(markdown.escape)))
        return found


def problem_page(found: Sequence[Trouble], generation: int) -> str:
    """The page of what is wrong, in place of one that cannot be made; ``generation`` is the preview's."""
    return (
        _environment()
        .get_template("problems.html")
        .render(
            title="This cannot be shown yet",
            root="/",
            here="problems/",
            address=None,
            navigation=[],
            closing=[],
            meta=None,
            preview=True,
            unreadable=0,
            generation=generation,
            found=found,
            waiting=True,
        )
    )


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        base64=_base64,
        capitalize_first=lambda text: text[:1].upper() + text[1:],
        day=prose.day,
        markdown=markup.html,
        article=markup.article,
        short=short,
        stop=filters.stop,
        thousands=lambda number: f"{number:,}",
    )
    return made


def _base64(file: File) -> str:
    return base64.b64encode(file.data).decode()


def _json(value: dict[str, Any]) -> Markup:
    """JSON that may stand in a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False)
    return Markup(text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&"}))  # noqa: S704 - see above


def _after_title(blocks: Sequence[Block]) -> str:
    """What stands under the title: the second line of its block, without marks."""
    title = next(block.text for block in blocks if block.role is Role.TITLE)
    return markdown.plain(title.partition("\n")[2])


def _body(blocks: Sequence[Block], *without: Role) -> list[Block]:
    return [block for block in blocks if block.role not in {Role.TITLE, *without}]
