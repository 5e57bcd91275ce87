"""Phrasing: published examples of poor and better titles, and titles that must not be listed."""

from collections.abc import Callable

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]

# PagerDuty/postmortem-docs, writing.md, after Lunney, Lueder and Beyer 2017; the fourth pair and the
# dependencies are from the GitLab and Atlassian handbooks. Each poor title with what it lacks.
POOR = {
    "Investigate monitoring for this scenario.": "vague verb",
    "Fix the issue that caused the outage.": "does not say which fault",
    "Make sure engineer checks that database schema can be parsed before updating.": "vague verb",
    "Improve architecture to be more reliable": "vague verb",
    "Investigate dependencies of the service": "vague verb",
}
BETTER = (
    "Add alerting for all cases where this service returns >1% errors.",
    "Handle invalid postal code in user address form input safely.",
    "Add automated presubmit check for schema changes.",
    "Add a redundant node to ensure we no longer have a single point of failure for the service",
    "Enumerate the list of critical dependencies",
)


def reasons(dataset: Build, *titles: str | None) -> list[tuple[str, str, str]]:
    items = [
        {"item_id": f"x:{n}", "state": "open", "title": title} for n, title in enumerate(titles)
    ]
    table = pma.item_wording(pma.snapshot(dataset(items=items), as_of="2026-07-01"))
    return list(zip(table["item_id"], table["reason"], table["word"], strict=True))


@pytest.mark.parametrize("title", POOR)
def test_published_examples_of_poor_titles(dataset: Build, title: str) -> None:
    assert [reason for _, reason, _ in reasons(dataset, title)] == [POOR[title]]


def test_published_examples_of_better_titles(dataset: Build) -> None:
    assert reasons(dataset, *BETTER) == []


@pytest.mark.parametrize(
    ("title", "reason", "word"),
    [
        ("Lack of tests for the rollback", "does not begin with a verb", "lack of"),
        ("Monitoring for disk space on db hosts", "does not begin with a verb", "monitoring"),
        ("No alert when the queue is full", "does not begin with a verb", "no"),
        ("Billing: the interface lacks retries", "does not begin with a verb", "the"),
        ("[PAY-12] Look  into\nthe queue", "vague verb", "look into"),
        ("INC-7: Think about sharding", "vague verb", "think about"),
        ("Speicherlimit der Dienste untersuchen", "vague verb", "untersuchen"),
        ("Prüfen, ob der Dienst läuft", "vague verb", "prüfen, ob"),
        ("Étudier la mise en cache", "vague verb", "étudier"),
        ("S\u2019assurer que la file se vide", "vague verb", "s'assurer"),
        ("Investigar el fallo de la cola", "vague verb", "investigar"),
        ("Prevent this incident again", "does not say which fault", "prevent this incident again"),
        ("Train operators to be more careful", "asks people to be careful", "be more careful"),
        ("Remind people to read the runbook", "asks people to be careful", "remind people"),
        ("Add index", "fewer than three words", "add index"),
    ],
)
def test_what_is_listed_and_by_which_word(
    dataset: Build, title: str, reason: str, word: str
) -> None:
    assert reasons(dataset, title) == [("x:0", reason, word)]


@pytest.mark.parametrize(
    "title",
    [
        "Alarmschwelle anheben",  # two words say enough in German
        "Monitoring für Plattenplatz einrichten",
        "An alle Teams kommunizieren",
        "No hay alertas de la cola",
        "監視を追加",
        "Bring the runbook up to date",
        "Ping the vendor for a fix",
        "Add an alert: missing heartbeat of the queue",
        "Fix the bug in the rounding of refunds",
        "Take the fire emoji out of alert titles",
        "Understandable error texts everywhere",  # begins like a vague verb
        "Upgrade Spring to version 6",
        "Show a warning with 'human errors' of the import",
        "",
        None,
    ],
)
def test_what_is_not_listed(dataset: Build, title: str | None) -> None:
    assert reasons(dataset, title) == []


def test_one_title_may_have_several_reasons_and_stands_in_the_order_of_the_items(
    dataset: Build,
) -> None:
    found = reasons(dataset, "Better monitoring", "Add a limit to retries", "Better monitoring")
    assert [(item, reason) for item, reason, _ in found] == [
        ("x:0", "does not begin with a verb"),
        ("x:0", "fewer than three words"),
        ("x:2", "does not begin with a verb"),
        ("x:2", "fewer than three words"),
    ]


def test_closed_items_are_not_listed(dataset: Build) -> None:
    rows = [{"item_id": "x:1", "state": "done", "title": "Investigate", "closed_at": "2026-06-01"}]
    assert pma.item_wording(pma.snapshot(dataset(items=rows), as_of="2026-07-01")).empty


def test_the_sample_writes_its_titles_well(q3: pma.Snapshot) -> None:
    """One kind of its open titles says what is to stop, and not what is to be done."""
    found = pma.item_wording(q3)
    assert found["title"].str.startswith("No release of ").all()
    assert found["reason"].eq("does not begin with a verb").all()
    assert 0 < len(found) < 5
