"""The state behind the preview: the files as they were last read, and what is wrong with them.

When a file cannot be read, the pages stay on the last state that could, and the problem is told with its
place and the lines around it.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2

from bot.answer.desk import Desk
from bot.answer.library import Library, LibraryError
from bot.catalogue.check import check
from bot.catalogue.source import STUDIES, TOPICS, Problem, Sources, read_folder
from bot.catalogue.wording import Finding
from bot.site.bench import line_view, study_bench, topic_bench
from bot.site.pages import Pages, Trouble, problem_page

_PLACE: Final = re.compile(r"line (\d+)(?:, column (\d+))?")
_END: Final = "end of document"  # the place that tomllib gives for a file that ends too soon
_AROUND: Final = 2  # lines shown before and after the one that is wrong


@dataclass(frozen=True)
class State:
    """The files as they were read at one time.

    Attributes:
        pages: makes pages of the last state of the files that could be read; ``None`` before there was one.
        problems: everything that must be mended.
        warnings: everything that is worth a look.
        findings: what the wording scanner found.
        unreadable: problems of files that could not be read; then ``pages`` is older than the files.
    """

    pages: Pages | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[Problem, ...] = ()


class Workshop:
    """Makes the pages of the preview. Pages are made in one thread; :meth:`look` may run in another.

    Args:
        data: the folder of curated files.
        database: where the preview's own catalogue is built.
        responses: the folder of templates.
        pictures: where pictures are kept.
    """

    def __init__(self, data: Path, database: Path, responses: Path, pictures: Path) -> None:
        self.data = data
        self.responses = responses
        self._database = database
        self._pictures = pictures
        self._state = State()
        self._sources: Sources | None = None
        #: Counts the states that were shown; a page knows the one it is of.
        self.generation = 0

    def look(self) -> State:
        """Read the files as they are now and check them. What is wrong with them is told, not raised."""
        try:
            self._sources = sources = read_folder(self.data, self._sources)
        except FileNotFoundError as error:
            missing = (Problem(self.data.name, "-", str(error), "set BOT_DATA to the folder"),)
            return State(self._state.pages, missing, unreadable=missing)
        report = check(sources)
        # While a file cannot be read, what others say of it is no news.
        pages, problems = self._state.pages, sources.problems or report.problems
        if not sources.problems:
            try:
                pages = self._open()
            except (LibraryError, jinja2.TemplateError) as error:
                wrong = Problem(self.responses.name, "-", str(error), "mend it, and save it again")
                problems = (*problems, wrong)
        return State(pages, problems, report.warnings, report.findings, sources.problems)

    def take(self, state: State) -> None:
        """Show this state from now on."""
        old, self._state = self._state, state
        self.generation += 1
        if state.pages is not None:
            state.pages.generation = self.generation
            state.pages.unreadable = len({problem.file for problem in state.unreadable})
        if old.pages is not None and old.pages is not state.pages:
            old.pages.library.close()

    def close(self) -> None:
        """Let go of the catalogue."""
        self.take(State())

    def _open(self) -> Pages:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        library = Library.open(
            self.data, self._database, self.responses, pictures=self._pictures, before=self._sources
        )
        return Pages(library, preview=True)

    def study_list(self) -> str:
        """The list of studies."""
        return self._state.pages.study_list(self._counts(STUDIES)) if self._state.pages else self._waiting()

    def topic_list(self) -> str:
        """The list of questions."""
        return self._state.pages.topic_list(self._counts(TOPICS)) if self._state.pages else self._waiting()

    def study(self, identifier: str) -> str | None:
        """The page of a study, or of what is wrong with its file; ``None`` if there is no such study."""
        broken = self._broken(f"{STUDIES}/{identifier}.toml")
        if broken or self._state.pages is None:
            return broken or self._waiting()
        study = self._state.pages.library.catalogue.study(identifier)
        if study is None:
            return None
        file = f"{STUDIES}/{identifier}.toml"
        bench = study_bench(self._state.pages.library, study, self._found(file), self._wrong(file))
        return self._state.pages.study(study, bench=bench)

    def topic(self, identifier: str) -> str | None:
        """The page of a question; as :meth:`study`."""
        broken = self._broken(f"{TOPICS}/{identifier}.toml")
        if broken or self._state.pages is None:
            return broken or self._waiting()
        topic = self._state.pages.library.catalogue.topic(identifier)
        if topic is None:
            return None
        file = f"{TOPICS}/{identifier}.toml"
        bench = topic_bench(self._state.pages.library, topic, self._found(file), self._wrong(file))
        return self._state.pages.topic(topic, bench=bench)

    def line(self, line: str) -> str:
        """The page with the reply to a typed line."""
        if self._state.pages is None:
            return self._waiting()
        view = line_view(Desk(self._state.pages.library).answer_line(line)) if line.strip() else None
        return self._state.pages.line(line, view)

    def problems(self) -> str:
        """The page of all problems and warnings."""
        if self._state.pages is None:
            return self._waiting()
        return self._state.pages.problems(
            [self._trouble(p) for p in (*self._state.problems, *self._state.warnings)]
        )

    def _waiting(self) -> str:
        return problem_page([self._trouble(problem) for problem in self._state.problems], self.generation)

    def _broken(self, file: str) -> str | None:
        """The page of problems of a file that could not be read; ``None`` where it could."""
        found = [problem for problem in self._state.unreadable if problem.file == file]
        shown = [self._trouble(problem) for problem in found]
        return problem_page(shown, self.generation) if shown else None

    def _trouble(self, problem: Problem) -> Trouble:
        """The problem with the lines around its place, the place marked by a caret."""
        try:
            lines = (self.data / problem.file).read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return Trouble(problem)
        if place := _PLACE.search(problem.field):
            wrong, column = int(place[1]), int(place[2] or 1)
        elif problem.field == _END:
            wrong, column = len(lines), len(lines[-1]) + 1
        else:
            return Trouble(problem)
        shown: list[str] = []
        for number in range(max(1, wrong - _AROUND), min(len(lines), wrong + _AROUND) + 1):
            shown.append(f"{number:4} {lines[number - 1]}")
            if number == wrong:
                shown.append(" " * (4 + column) + "^ here")
        return Trouble(problem, tuple(shown))

    def _found(self, file: str) -> list[Finding]:
        return [finding for finding in self._state.findings if finding.file == file]

    def _wrong(self, file: str) -> list[Problem]:
        return [problem for problem in (*self._state.problems, *self._state.warnings) if problem.file == file]

    def _counts(self, folder: str) -> dict[str, int]:
        """How many problems and warnings each entry of a folder has, by id."""
        files = Counter(problem.file for problem in (*self._state.problems, *self._state.warnings))
        return {Path(file).stem: n for file, n in files.items() if file.startswith(f"{folder}/")}
