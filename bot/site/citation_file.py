"""``CITATION.cff``: how to cite the catalogue itself (Citation File Format 1.2.0, schema guide)."""

import json

from bot.catalogue.store import Meta


def text(meta: Meta, site: str = "") -> str:
    """The file for this state of the catalogue. Its values are JSON strings, which YAML 1.2 reads.

    Args:
        meta: the catalogue's own account of itself.
        site: the address of its pages, if it has one.
    """
    year, month, day = meta.catalogue_version.split(".")
    fields = {
        "message": "To cite a paper, cite the paper. To cite what this catalogue says of it, use these "
        "metadata and the id of the entry.",
        "type": "dataset",
        "title": "ME/CFS evidence: a curated catalogue of studies, with limitations and PEM badges",
        "version": meta.catalogue_version,
        "date-released": f"{year}-{month}-{day}",
        "license": "CC-BY-4.0",
        **({"url": site} if site else {}),
    }
    lines = ["cff-version: 1.2.0"]
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    lines += ["authors:", '  - name: "The evidence-bot contributors"', "identifiers:", "  - type: other"]
    lines += [f"    value: {json.dumps('sha256:' + meta.content_hash)}"]
    lines += ['    description: "SHA-256 of the content of this version"']
    return "\n".join(lines) + "\n"
