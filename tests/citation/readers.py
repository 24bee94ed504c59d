"""Other people's readers of our export formats, each giving the same plain fields.

What a reader gives back is put in one form, so that a test can ask whether every field of every study
survived.
"""

import json
import re
import subprocess
from typing import Any

import nbib
import rispy
from bibtexparser.entrypoint import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from bot.catalogue.model import Study
from bot.citation.csl import csl_record
from bot.citation.export import author_list, plain_title
from bot.citation.render import pandoc

Fields = dict[str, Any]

# " and " outside braces: {Patient and Public Involvement} is one author.
_AND = re.compile(r" and (?![^{}]*\}\}?(?: and|$))")
_TEXT = LatexNodes2Text(keep_braced_groups=False)

#: The fields that a reader of a format can give back.
ARTICLE = ("title", "authors", "journal", "year", "volume", "issue", "pages", "doi", "url", "pmid")


def expected(study: Study) -> Fields:
    """The fields of a journal article as an export must give them back; absent ones are left out."""
    record = csl_record(study)
    fields = {
        "title": plain_title(study),
        "authors": [_name(*author.split(", ")) for author in author_list(study)],
        "journal": study.journal,
        "year": str(study.year),
        "volume": study.volume,
        "issue": study.issue,
        "pages": study.pages,
        "doi": study.doi,
        "url": record.get("URL"),
        "pmid": study.pmid,
    }
    return _told(fields)


def read_csl(text: str, form: str) -> dict[str, Fields]:
    """What pandoc reads from text in one of its bibliography formats, by id."""
    done = subprocess.run(
        [pandoc(), "-f", form, "-t", "csljson"], input=text, capture_output=True, encoding="utf-8", check=True
    )
    assert not done.stderr.strip(), done.stderr
    return {item["id"]: _from_csl(item) for item in json.loads(done.stdout)}


def read_bibtex(text: str) -> dict[str, Fields]:
    """What bibtexparser reads, with LaTeX turned back into text by pylatexenc."""
    library = parse_string(text)
    assert library.failed_blocks == []
    return {entry.key: _from_bibtex({f.key: f.value for f in entry.fields}) for entry in library.entries}


def read_ris(text: str) -> dict[str, Fields]:
    """What rispy reads."""
    return {record["id"]: _from_ris(record) for record in rispy.loads(text)}


def read_nbib(text: str) -> dict[str, Fields]:
    """What nbib reads, by PMID."""
    return {str(record["pubmed_id"]): _from_nbib(record) for record in nbib.read(text)}


def _told(fields: Fields) -> Fields:
    return {
        name: straight(value) if isinstance(value, str) else value for name, value in fields.items() if value
    }


def _from_csl(item: dict[str, Any]) -> Fields:
    url = item.get("URL")
    pmid = item.get("PMID")
    if url and (found := re.fullmatch(r"https?://www\.ncbi\.nlm\.nih\.gov/pubmed/(\d+)", url)):
        url, pmid = None, found[1]  # how pandoc reads eprinttype = pubmed
    if not pmid and (found := re.search(r"\bPMID: (\d+)", item.get("note", ""))):
        pmid = found[1]
    issued = item.get("issued", {}).get("date-parts", [[""]])[0][0]
    fields = {
        "title": _untagged(item.get("title", "")),
        "authors": [_csl_name(author) for author in item.get("author", ())],
        "journal": _untagged(item.get("container-title", "")),
        "year": str(issued),
        "volume": item.get("volume"),
        "issue": item.get("issue") or item.get("number"),
        "pages": (item.get("page") or "").replace("–", "-").replace("--", "-"),
        "doi": item.get("DOI"),
        "url": url,
        "pmid": pmid,
    }
    return _told(fields)


def _from_bibtex(raw: dict[str, str]) -> Fields:
    note = raw.get("note", "")
    pmid = re.search(r"\bPMID: (\d+)", note)
    fields = {
        "title": _latex(raw["title"]),
        "authors": [_bibtex_name(author) for author in _AND.split(raw.get("author", "")) if author],
        "journal": _latex(raw.get("journal", "")),
        "year": raw["year"],
        "volume": _latex(raw.get("volume", "")),
        "issue": _latex(raw.get("number", "")),
        "pages": raw.get("pages", "").replace("--", "-"),
        "doi": raw.get("doi"),
        "url": raw.get("url"),
        "pmid": pmid[1] if pmid else None,
    }
    return _told(fields)


def _from_ris(record: dict[str, Any]) -> Fields:
    pages = "-".join(record[end] for end in ("start_page", "end_page") if end in record)
    fields = {
        "title": record["title"],
        "authors": [_name(*author.rstrip(",").split(", ")) for author in record.get("authors", ())],
        "journal": record.get("secondary_title"),
        "year": record["year"],
        "volume": record.get("volume"),
        "issue": record.get("number"),
        "pages": pages,
        "doi": record.get("doi"),
        "url": record.get("urls", [None])[0],
        "pmid": record.get("accession_number"),
    }
    return _told(fields)


def _from_nbib(record: dict[str, Any]) -> Fields:
    fields = {
        "title": record["title"],
        "authors": [
            *(_name(*author["author"].split(", ")) for author in record.get("authors", ())),
            *([straight(record["corporate_author"])] if "corporate_author" in record else ()),
        ],
        "journal": record.get("journal"),
        "year": record["publication_date"],
        "volume": record.get("journal_volume"),
        "issue": record.get("journal_issue"),
        "pages": record.get("pages"),
        "doi": record.get("doi"),
        "pmid": str(record["pubmed_id"]),
    }
    return _told(fields)


def _name(*parts: str) -> str:
    return straight(", ".join(part for part in parts if part))


def straight(text: str) -> str:
    """Text with straight quotation marks and one kind of long dash: readers set these as they like."""
    for curly, plain in (("‘’", "'"), ("“”", '"')):
        for mark in curly:
            text = text.replace(mark, plain)
    return text.replace("--", "—")


def _csl_name(author: dict[str, str]) -> str:
    if "literal" in author:
        return {"others": "et al."}.get(author["literal"], author["literal"])
    particle = author.get("non-dropping-particle") or author.get("dropping-particle") or ""
    family = f"{particle} {author['family']}".strip()
    return _name(family, author.get("given", ""), author.get("suffix", ""))


def _bibtex_name(author: str) -> str:
    if author == "others":
        return "et al."
    if author.startswith("{"):
        return _latex(author)
    parts = [_latex(part) for part in author.split(", ")]
    if len(parts) == 3:
        parts = [parts[0], parts[2], parts[1]]
    return _name(*parts)


def _latex(text: str) -> str:
    if not re.search(r"[\\{}$~]|--|``|''", text):
        return text
    # pylatexenc reads \textasciicircum as a raised accent, and does not know the braces.
    text = text.replace(r"{\textbraceleft}", "\ue010").replace(r"{\textbraceright}", "\ue011")
    plain = str(_TEXT.latex_to_text(text)).strip()
    return plain.replace("ˆ", "^").replace("\ue010", "{").replace("\ue011", "}")


def _untagged(text: str) -> str:
    text = re.sub(r"\$([^$]+)\$", lambda found: _latex(found[0]), text)
    return re.sub(r"</?(?:span|i|b|sc|sub|sup)[^>]*>", "", text)
