"""Candidates by text: which pairs are shown, which are not, and how sure they look."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.metrics import matching, similarity

Build = Callable[..., Dataset]
FULL = "Disk full on the primary database"


def incident(name: str, day: str, title: str | None = FULL, **more: Any) -> dict[str, Any]:
    """An incident in the service web from 10 to 12 o'clock UTC of a day."""
    known = {"incident_id": name, "service": "web", "title": title}
    return known | {"started_at": f"{day}T10:00Z", "resolved_at": f"{day}T12:00Z"} | more


def candidates(dataset: Build, incidents: list[dict[str, Any]], **tables: Any) -> pd.DataFrame:
    data = dataset(incidents=incidents, **tables)
    return pma.similar_incidents(pma.snapshot(data, as_of="2026-12-31"))


def pairs(dataset: Build, incidents: list[dict[str, Any]], **tables: Any) -> list[tuple[str, str]]:
    table = candidates(dataset, incidents, **tables)
    return list(zip(table["incident_id"], table["repeat_of"], strict=True))


# Pairs written by hand as two people would describe one failure, within one service.
SAME_FAILURE = [
    ("Disk full on the primary database", "Primary database disk is full again"),
    ("TLS certificate expired on the login page", "Login down: expired TLS certificate"),
    ("Connection pool exhausted under load", "Connections exhausted, pool too small"),
    ("Memory leak after library upgrade", "Leaking memory since the upgraded library"),
    ("DNS resolver returned stale records", "Stale DNS record returned by resolver"),
    ("Retry storm overloaded the queue", "Queue overload through retry storms"),
    ("Clock drift broke token validation", "Tokens failed validation, clocks drifted"),
    ("Feature flag enabled for everybody", "Flag of a feature was on for everyone"),
]


def test_the_other_report_of_the_same_failure_comes_first(dataset: Build) -> None:
    first = [incident(f"A{n}", f"2026-01-0{n + 1}", one) for n, (one, _) in enumerate(SAME_FAILURE)]
    second = [
        incident(f"B{n}", f"2026-03-0{n + 1}", other) for n, (_, other) in enumerate(SAME_FAILURE)
    ]
    table = candidates(dataset, first + second)
    best = table.drop_duplicates("incident_id").set_index("incident_id")["repeat_of"].to_dict()
    # By chance an earlier incident would be the right one for 1 in 8.
    right = [best.get(f"B{n}") == f"A{n}" for n in range(len(SAME_FAILURE))]
    assert sum(right) >= 7
    assert len(table) <= 12


def test_score_days_titles_and_likelihood(dataset: Build) -> None:
    """The cosine is that of scikit-learn on `title title summary`."""
    more = {"summary": "Writes failed for 20 minutes"}
    title = "Primary database disk is full again"
    table = candidates(
        dataset,
        [incident("A", "2026-01-01", **more), incident("B", "2026-02-01", title, service="Web")],
    )
    texts = [f"{FULL} {FULL} {more['summary']}", f"{title} {title} "]
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    vectors = oracle.fit_transform(texts)
    expected = (vectors @ vectors.T).toarray()[0, 1]
    row = table.iloc[0]
    assert row["score"] == pytest.approx(expected, abs=5e-5)
    assert row["likelihood"] == "possible"
    assert row["days_between"] == 31
    assert (row["title"], row["candidate_title"]) == (title, FULL)
    assert row["service"] == "Web"


def test_equal_texts_are_likely_and_strangers_are_not_shown(dataset: Build) -> None:
    table = candidates(
        dataset,
        [
            incident("A", "2026-01-01"),
            incident("B", "2026-02-01"),
            incident("C", "2026-03-01", "Login page slow for visitors"),
        ],
    )
    assert table[["incident_id", "repeat_of", "score", "likelihood"]].to_numpy().tolist() == [
        ["B", "A", 1.0, "likely"]
    ]


@pytest.mark.parametrize(
    ("score", "likelihood"), [(0.29, None), (0.3, "possible"), (0.59, "possible"), (0.6, "likely")]
)
def test_limits_of_the_likelihood(dataset: Build, score: float, likelihood: str | None) -> None:
    data = dataset(incidents=[incident("A", "2026-01-01"), incident("B", "2026-02-01")])
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    table = pma.similar_incidents(snapshot, similarity=lambda texts: np.full((2, 2), score))
    assert table["likelihood"].tolist() == ([likelihood] if likelihood else [])


def test_only_the_same_service_or_without_one_the_same_product(dataset: Build) -> None:
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", product="shop"),
            incident("B", "2026-01-02", service="mail", product="shop"),
            incident("C", "2026-01-03", service=None, product="shop"),
            incident("D", "2026-01-04", service=None, product="Shop"),
            incident("E", "2026-01-05", service=None, product="web"),
            incident("F", "2026-01-06", service=None),
            incident("G", "2026-01-07", service=None),
            incident("H", "2026-01-08", service="WEB"),
        ],
    )
    assert found == [("D", "C"), ("H", "A")]


def test_the_candidate_was_over_before(dataset: Build) -> None:
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", resolved_at="2026-01-03T10:00Z"),
            incident("B", "2026-01-03", started_at="2026-01-03T09:59Z"),
            incident("C", "2026-01-03", resolved_at=None),  # the very moment at which A was over
            incident("D", "2026-01-04", started_at=None),
            incident("E", "2026-01-05", started_at="2026-01-05T12:00Z"),  # over as it begins
        ],
    )
    # Of equals the one that was over last comes first in the choice, then names decide.
    assert found == [("C", "A"), ("E", "A"), ("E", "B"), ("E", "D")]


def test_what_is_a_repeat_already_is_not_shown(dataset: Build) -> None:
    """L1: B says so. L2: C shares a cause with B. L3: D's title says so. E is left."""
    found = pairs(
        dataset,
        [
            incident("A", "2025-01-01"),
            incident("B", "2026-01-01", repeat_of="A", causes=["dns"]),
            incident("C", "2026-01-10", causes=["dns"]),
            incident("D", "2026-02-01", f"{FULL}, same as C"),
        ],
    )
    assert found == [("C", "A"), ("D", "A"), ("D", "B")]


@pytest.mark.parametrize("kind", ["repeat", "not_repeat"])
def test_what_was_decided_is_not_shown_from_that_day_on(dataset: Build, kind: str) -> None:
    data = dataset(
        incidents=[incident("A", "2026-01-01"), incident("B", "2026-02-01")],
        decisions=[{"decided_on": "2026-03-01", "subject": "b", "kind": kind, "value": "a"}],
    )
    assert len(pma.similar_incidents(pma.snapshot(data, as_of="2026-02-28"))) == 1
    assert pma.similar_incidents(pma.snapshot(data, as_of="2026-03-01")).empty


def test_a_decision_on_one_of_two_names_that_differ_in_case_only(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01"),
            incident("a", "2026-01-05"),
            incident("B", "2026-02-01"),
        ],
        decisions=[
            {"decided_on": "2026-03-01", "subject": "B", "kind": "not_repeat", "value": "a"}
        ],
    )
    table = pma.similar_incidents(pma.snapshot(data, as_of="2026-03-01"))
    assert table[["incident_id", "repeat_of"]].to_numpy().tolist() == [["a", "A"], ["B", "A"]]


def test_at_most_five_and_the_name_of_the_service_tells_nothing(dataset: Build) -> None:
    many = [incident(f"A{n}", f"2026-01-0{n + 1}") for n in range(8)]
    found = pairs(dataset, [*many, incident("B", "2026-02-01")])
    assert [other for name, other in found if name == "B"] == ["A3", "A4", "A5", "A6", "A7"]
    named = {"service": "checkout-api"}
    titles = ["Checkout API down", "checkout_api", "Slow answers of checkout-api", "checkout-api"]
    alike = [incident(f"C{n}", f"2026-03-0{n + 1}", t, **named) for n, t in enumerate(titles)]
    assert pairs(dataset, alike) == []
    assert pairs(
        dataset,
        [incident("D", "2026-01-01", "Website down"), incident("E", "2026-01-02", "Website")],
    ) == [("E", "D")]


def test_the_name_of_the_service_within_another_word_stays(dataset: Build) -> None:
    incidents = [incident("A", "2026-01-01", "Webhook"), incident("B", "2026-01-02", "hook web")]
    assert candidates(dataset, incidents)["score"].max() < 1


def test_time_and_not_the_name_says_which_one_is_earlier(dataset: Build) -> None:
    found = pairs(
        dataset,
        [incident("A", "2026-03-01"), incident("B", "2026-02-01"), incident("Z", "2026-01-01")],
    )
    assert sorted(found) == [("A", "B"), ("A", "Z"), ("B", "Z")]


def test_texts_that_say_nothing(dataset: Build) -> None:
    blank = [None, "", " \t\x1c ", "web", "!!!", "x"]
    silent = [incident(f"A{n}", f"2026-01-0{n + 1}", title) for n, title in enumerate(blank)]
    assert pairs(dataset, silent) == []
    assert pairs(dataset, silent[:4]) == []
    assert pairs(dataset, [incident("A", "2026-01-01")]) == []
    assert pairs(dataset, [incident("A", "2026-01-01", None, summary=FULL), *silent]) == []


def test_narrowing_shows_the_chosen_with_candidates_among_all(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01", severity="sev1"),
            incident("B", "2026-02-01", severity="sev2"),
        ]
    )
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    assert len(pma.similar_incidents(snapshot.where(severity="sev2"))) == 1
    assert pma.similar_incidents(snapshot.where(severity="sev1")).empty
    assert list(pma.similar_incidents(snapshot, by="severity"))[:2] == ["severity", "incident_id"]


def test_another_similarity(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01", "one"),
            incident("B", "2026-01-02", "two"),
            incident("C", "2026-01-03", "three"),
            incident("D", "2026-01-04", "four", service="mail"),
        ]
    )
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    asked: list[list[str]] = []

    def same_length(texts: list[str]) -> np.ndarray:
        asked.append([text.split()[0] for text in texts])
        lengths = np.array([len(text) for text in texts])
        return (lengths[:, None] == lengths).astype(float)

    table = pma.similar_incidents(snapshot, similarity=same_length)
    assert table[["incident_id", "repeat_of"]].to_numpy().tolist() == [["B", "A"]]
    assert asked == [["one", "two", "three"]]
    with pytest.raises(UsageError, match="one row and one column for each text"):
        pma.similar_incidents(snapshot, similarity=lambda texts: np.ones((2, 2)))


def test_a_large_service_in_parts_gives_what_a_small_one_gives(
    dataset: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [title for pair in SAME_FAILURE for title in pair]
    incidents = [incident(f"A{n:02}", f"2026-01-{n + 1:02}", t) for n, t in enumerate(titles)]
    expected = candidates(dataset, incidents)
    monkeypatch.setattr(matching, "CELLS", 40)
    monkeypatch.setattr(matching, "FEWEST_TEXTS_FOR_A_TABLE", 2)
    monkeypatch.setattr(matching, "COMMON_SHARE", 0.1)
    pd.testing.assert_frame_equal(candidates(dataset, incidents), expected)


@pytest.mark.parametrize("together", [3, 5, 100])
def test_small_services_compared_together_give_what_each_gives(
    dataset: Build, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    """Five services of one to four incidents, their times mixed; only their own are candidates."""
    titles = [title for pair in SAME_FAILURE[:6] for title in (*pair, pair[0])][:15]
    services = [f"s{n % 5}" if n % 3 else f"s{n % 2}" for n in range(15)]
    incidents = [
        incident(f"A{n:02}", f"2026-01-{1 + 7 * n % 15:02}", titles[n // 2], service=services[n])
        for n in range(15)
    ]
    monkeypatch.setattr(similarity, "TOGETHER", 0)
    alone = candidates(dataset, incidents)
    monkeypatch.setattr(similarity, "TOGETHER", together)
    found = candidates(dataset, incidents)
    pd.testing.assert_frame_equal(found, alone)
    assert len(set(found["service"])) > 1
