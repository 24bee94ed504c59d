"""The page docs/wording.md: each rule of the wording scanner with its reason and its examples."""

from typing import Final

from bot.catalogue.wording import SCANNED, Level, Rule, Scanner

_INTRODUCTION: Final = """\
# How the catalogue speaks: the wording rules

<!-- Made from data/wording.toml by `make docs`; change it there. -->

`evidence-bot check` reads every text that a reader may meet and reports what these rules find. An **error**
stops the check. A **warning** is listed, for a person to weigh.

Scanned are:

{scanned}

What the scanner lets pass:

- Words in quotation marks and in square brackets, which are somebody else's or a reference; the questions
  that a topic answers; titles and names; curators' notes.
- A denial, where a rule says so: "This does not prove …".
- What a rule on cause or cure finds reported as somebody's view, or left open: "The authors suggest that …".

The reading level is the automated readability index (Senter and Smith, *Automated readability index*,
AMRL-TR-66-220, 1967): 4.71 × letters per word + 0.5 × words per sentence − 21.43. It comes close to a US
school grade and needs no list of syllables. It jumps about in texts of two sentences, so its limit stands at
what is hard, not at what is no longer easy. Terms that readers here know count as one short word each.

Rules version {version}, policy version {policy}.
"""


def render(scanner: Scanner) -> str:
    """The page, for the rules of ``scanner``."""
    scanned = "\n".join(
        f"- of a {kind}: {', '.join(f'`{field}`' for field in fields)}" for kind, fields in SCANNED.items()
    )
    parts = [_INTRODUCTION.format(scanned=scanned, version=scanner.version, policy=scanner.policy_version)]
    for level, heading in ((Level.ERROR, "Errors"), (Level.WARNING, "Warnings")):
        parts.append(f"## {heading}\n")
        parts.extend(_section(rule) for rule in scanner.rules if rule.level is level)
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    lines = [f"### {rule.id}", "", rule.reason, "", f"- To mend it: {rule.mend}."]
    if rule.measure:
        what = "words in a sentence" if rule.measure == "words" else "the reading level"
        lines.append(f"- Found above {rule.limit:g}: {what}.")
    if rule.fields:
        lines.append(f"- Only in {', '.join(f'`{field}`' for field in rule.fields)}.")
    if rule.trials_may:
        lines.append(
            "- Not in randomised or crossover trials and laboratory work, nor in topic lines that cite one."
        )
    lines.append(f"- Found: “{rule.example}”")
    lines.append(f"- Not found: “{rule.counter_example}”")
    return "\n".join(lines) + "\n"
