"""Reads HTML as a program would: its text, its meta tags, its links, its JSON-LD."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Document(HTMLParser):
    """A parsed page."""

    text: str = ""
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside = ""

    @classmethod
    def of(cls, html: str) -> "Document":
        made = cls()
        made.feed(str(html))
        made.close()
        return made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        self._inside = given.get("type", "") if tag == "script" else ""
        if tag == "br":
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        if tag in {"p", "li", "h1", "h2", "dt", "dd"}:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        if self._inside == "application/ld+json":
            self.data.append(json.loads(data))
        elif not self._inside:
            self.text += data

    def meta(self, name: str) -> list[str]:
        return [given["content"] for tag, given in self.tags if tag == "meta" and given.get("name") == name]

    def links(self) -> list[str]:
        return [given["href"] for tag, given in self.tags if tag == "a"]
