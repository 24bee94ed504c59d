"""The wording scanner finds what it should, and leaves denials, views and other people's words alone."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import wording
from bot.catalogue.model import Design, Retraction, RetractionStatus, TopicKind
from bot.catalogue.wording import Finding, Level, Rule, scan_criterion, scan_study, scan_topic, scanner
from scripts import wording_page
from tests.catalogue.fabricated import criterion, study, topic

ROOT = Path(__file__).parents[2]
TRIAL = "first-2001-made-up-study"


def rules_found(**changes: Any) -> set[str]:
    return {finding.rule for finding in scan_study(study(**changes))}


def each_rule() -> list[Any]:
    return [pytest.param(rule, id=rule.id) for rule in scanner().rules]


@pytest.mark.parametrize("rule", each_rule())
def test_a_rule_finds_its_example_and_not_its_counter_example(rule: Rule) -> None:
    assert list(scanner().spans(rule, rule.example))
    assert not list(scanner().spans(rule, rule.counter_example))


@pytest.mark.parametrize("rule", each_rule())
def test_a_rule_looks_only_at_fields_that_exist(rule: Rule) -> None:
    assert set(rule.fields) <= {field for fields in wording.SCANNED.values() for field in fields}


@pytest.mark.parametrize("rule", each_rule())
def test_a_pattern_without_case_is_written_in_small_letters(rule: Rule) -> None:
    written = "" if rule.case else rule.pattern + rule.unless
    assert re.sub(r"\\.", "", written) == re.sub(r"\\.", "", written).lower()


def test_ids_of_rules_are_unique() -> None:
    ids = [rule.id for rule in scanner().rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This study proved that cells are different.", "overclaim-proof"),
        ("It is not a large study, but it proves the point.", "overclaim-proof"),
        ("No difference was seen at rest; the second test proves it.", "overclaim-proof"),
        ("Nobody expected it. The scan proves it.", "overclaim-proof"),
        ("No side effects were seen and the drug cured many.", "overclaim-cure"),
        ("Two people were cured by the drug.", "overclaim-cure"),
        ("A landmark paper on muscles.", "overclaim-superlative"),
        ("The test identifies ME/CFS.", "overclaim-test"),
        ("It detects the illness in a drop of blood.", "overclaim-test"),
        ("This gives doctors a validated blood test.", "overclaim-diagnostic-test"),
        (
            "The data clearly show that sleep is poor, and it is certain that rest is too.",
            "overclaim-certainty",
        ),
        ("The first ever test for the illness, with exciting results.", "overclaim-superlative"),
        ("A diagnostic test for ME/CFS was found.", "overclaim-diagnostic-test"),
        ("The marker is 100% accurate.", "overclaim-diagnostic-test"),
        ("It is definitely in the muscles.", "overclaim-certainty"),
        ("Researchers discovered the cause of ME/CFS.", "causal"),
        ("Sleep was better because of the drug.", "causal"),
        ("Low oxygen causes brain fog.", "causal"),
        ("The fog was caused by low oxygen.", "causal"),
        ("Low blood flow leads to fatigue.", "causal"),
        ("Illness was due to a virus.", "causal"),
        ("Infection triggers ME/CFS.", "causal"),
        ("The diet improved fatigue.", "causal-treatment"),
        ("Exercise makes people worse.", "causal-treatment"),
        ("You should rest.", "advice-to-you"),
        ("It's recommended that patients take salt.", "advice-to-you"),
        ("Rest for a week.", "advice-command"),
        ("Talk your doctor into it, or ask your GP.", "advice-to-you"),
        ("Early results only. Try pacing.", "advice-command"),
        ("Avoid exercise.", "advice-command"),
        ("Patients should stop the drug.", "advice-for-patients"),
        ("ME sufferers took part.", "dismissive-noun"),
        ("Doctors said it was all in the mind.", "dismissive-mind"),
        ("They were just stressed.", "dismissive-mind"),
        ("They were simply deconditioned.", "dismissive-mind"),
        ("Twenty people suffering from CFS took part.", "dismissive-verb"),
        ("Normal subjects did better.", "dismissive-label"),
        ("Order it online today.", "brand-promotion"),
        ("It was given as Supplement™.", "brand-promotion"),
        ("Valcyte was given to 30 people.", "brand-name"),
        ("There is a 90% chance that it is right.", "false-precision"),
        ("It did NOT work.", "shouting"),
    ],
)
def test_doubtful_wording_is_found(text: str, rule: str) -> None:
    assert rule in rules_found(finding=text)


@pytest.mark.parametrize(
    "text",
    [
        "This does not prove that grip is weak.",
        "No study proves it, and none has found a cure.",
        "Proof of an earlier infection is not needed.",
        "The authors think that low oxygen causes brain fog.",
        "It suggests that different infections may lead to fatigue.",
        "No single gene causes it.",
        "People were diagnosed with Fukuda 1994.",
        "Doctors identify the illness from symptoms.",
        "There is no validated blood test.",
        "A paper called “A breakthrough that cures everyone” was withdrawn.",
        "It was called 'the definitive test' in the press.",
        "The CureME biobank lent its samples.",
        "Other causes of fatigue turned up too.",
        "The result in healthy people was the same.",
        "The result was just under the usual cut-off.",
        "It looked at cells, not just at blood.",
        "Use of painkillers was not recorded.",
        "Take-up was low: 36% agreed.",
        "Rest improved in neither group, and no study found the cause.",
        "It is hard to read as a diagnostic marker.",
        "People reported that the drug improved fatigue.",
        "People know rintatolimod as Ampligen.",
        "RETRACTED. The paper reported a virus.",
        "Many terms have been used, such as NICE 2021 and PEM.",
    ],
)
def test_wording_that_only_looks_doubtful_is_no_finding(text: str) -> None:
    assert rules_found(finding=text) == set()


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    (finding,) = scan_study(study(limitations=("One clinic", "Ten people suffered a relapse")))
    assert finding == Finding(
        file=f"studies/{TRIAL}.toml",
        field="limitations[2]",
        rule="dismissive-verb",
        level=Level.WARNING,
        text="suffered",
        start=11,
        end=19,
        reason=finding.reason,
        mend=finding.mend,
    )
    assert str(finding.problem).startswith(
        f"studies/{TRIAL}.toml: limitations[2]: “suffered” (dismissive-verb): "
    )
    assert finding.reason in str(finding.problem)
    assert finding.mend in str(finding.problem)


@pytest.mark.parametrize(
    "text", ["İt proves. The scan proves it.", "ß µ “İ” The scan proves it.", "🙂 It proves it."]
)
def test_a_finding_stands_in_its_place_whatever_letters_come_before(text: str) -> None:
    found = [finding for finding in scan_study(study(finding=text)) if finding.rule == "overclaim-proof"]
    assert found
    assert {text[finding.start : finding.end] for finding in found} == {"proves"}


@pytest.mark.parametrize("design", [Design.RANDOMISED_CONTROLLED_TRIAL, Design.CROSSOVER_TRIAL])
def test_a_randomised_trial_may_speak_of_cause(design: Design) -> None:
    text = "The drug improved fatigue and caused nausea."
    assert rules_found(finding=text, design=design) == set()
    assert rules_found(finding=text) == {"causal", "causal-treatment"}
    assert rules_found(finding=text, design=Design.OPEN_LABEL_TRIAL) == {"causal", "causal-treatment"}


def test_a_topic_line_may_speak_of_cause_where_it_cites_a_randomised_trial() -> None:
    line = f"The drug caused nausea. [{TRIAL}]"
    one = topic(what_research_shows=(line,))
    assert [found.field for found in scan_topic(one, {TRIAL: Design.COHORT})] == ["what_research_shows[1]"]
    assert [found.field for found in scan_topic(one)] == ["what_research_shows[1]"]
    assert scan_topic(one, {TRIAL: Design.RANDOMISED_CONTROLLED_TRIAL}) == []


def test_a_short_answer_may_speak_of_cause_only_on_a_treatment_that_was_tried() -> None:
    trial = {TRIAL: Design.RANDOMISED_CONTROLLED_TRIAL}
    answer = "The drug caused nausea."
    assert scan_topic(topic(short_answer=answer, kind=TopicKind.TREATMENT), trial) == []
    assert len(scan_topic(topic(short_answer=answer), trial)) == 1


def test_the_reason_of_a_retraction_and_a_case_definition_are_scanned() -> None:
    notice = Retraction(RetractionStatus.RETRACTED, 2002, reason="The data proved to be made up.")
    assert [found.field for found in scan_study(study(retraction=notice))] == ["retraction.reason"]
    doubtful = criterion("CCC 2003", requires_pem=True, summary="Sufferers must be ill.")
    assert [(found.file, found.field) for found in scan_criterion(doubtful)] == [
        ("criteria.toml", "ccc-2003.summary")
    ]


def test_titles_names_and_curators_notes_are_not_scanned() -> None:
    one = study(
        title="A breakthrough cure", aliases=("The definitive proof",), curator_note="Proves nothing."
    )
    assert scan_study(one) == []
    assert scan_topic(topic(question="Is there a cure?", asked_as=("cure", "proof", "breakthrough"))) == []


def test_a_long_sentence_is_found_by_itself() -> None:
    long = "One " + "very " * 28 + "long sentence here."
    (finding,) = scan_study(study(limitations=(f"One clinic. {long} It ends.", "Small")))
    assert (finding.rule, finding.text) == ("long-sentence", long)


def test_thirty_words_are_no_long_sentence_and_references_count_for_nothing() -> None:
    text = " ".join(["word"] * 30)
    assert scan_study(study(limitations=(f"{text}.", f"{text} [{', '.join(['a-2000-b'] * 9)}]."))) == []


def test_reading_level_follows_the_published_formula() -> None:
    # 10 words, 38 letters, 2 sentences: 4.71 * 38/10 + 0.5 * 10/2 - 21.43
    text = "The cat sat on the mat. It was very happy."
    words = re.findall(r"\w+", text)
    letters = sum(map(len, words))
    expected = 4.71 * letters / len(words) + 0.5 * len(words) / 2 - 21.43
    assert scanner().grade(text) == pytest.approx(expected)
    assert scanner().grade("12 of 30.") < scanner().grade("Immunological heterogeneity.")


def test_the_reading_level_of_a_few_words_is_not_judged() -> None:
    assert rules_found(finding="Immunological heterogeneity.") == set()
    assert rules_found(finding="Immunological heterogeneity " * 5 + "remained.") == {"reading-level"}


def test_known_terms_do_not_make_a_text_hard() -> None:
    assert scanner().grade("People with myalgic encephalomyelitis rest.") == scanner().grade(
        "People with it rest."
    )


def test_versions_come_from_the_rule_file() -> None:
    assert scanner().version == wording.SCANNER_VERSION
    assert scanner().policy_version == wording.POLICY_VERSION


def test_the_page_on_wording_is_up_to_date() -> None:
    page = (ROOT / "docs" / "wording.md").read_text(encoding="utf-8")
    assert page == wording_page.render(scanner()), "run `make docs`"


def test_the_page_on_wording_shows_every_rule_with_its_reason_and_examples() -> None:
    page = wording_page.render(scanner())
    for rule in scanner().rules:
        for text in (f"### {rule.id}\n", rule.reason, rule.mend, rule.example, rule.counter_example):
            assert text in page


def test_scanning_does_not_change_with_the_order_of_rules() -> None:
    text = "Sufferers were cured. This proves it. Try it!"
    alone = {rule.id for rule in scanner().rules if list(scanner().spans(rule, text))}
    assert rules_found(finding=text) == alone | rules_found(finding=text)
    assert alone >= {"dismissive-noun", "overclaim-cure", "overclaim-proof", "advice-command"}
