"""One spelling for what people write in many ways."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.names import fold, spelling_of

TEAMS = [
    ("Core Platform", ["infra", "Plumbing"]),
    ("Web", ["frontend", "shared alias"]),
    ("Apps", ["mobile", "shared alias"]),
]


@pytest.mark.parametrize(
    "written",
    ["Core Platform", "core platform", "CORE_PLATFORM", " core - platform ", "core\u2013platform"],
)
def test_case_spaces_dashes_and_underscores_do_not_matter(written: str) -> None:
    assert fold(written) == "core-platform"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("core-platform", "Core Platform"),
        ("INFRA", "Core Platform"),
        ("CorePlatform", "Core Platform"),
        ("front end", "Web"),
        ("shared alias", None),
        ("Core", None),
        ("---", None),
    ],
)
def test_a_name_is_found_by_name_alias_or_words_written_together(
    written: str, meant: str | None
) -> None:
    found = spelling_of(TEAMS).find(pd.Series([written], dtype="str"))
    assert found.isna().all() if meant is None else found.tolist() == [meant]


def test_words_written_together_mean_nothing_when_two_names_fit() -> None:
    teams = spelling_of([("svc-1-1", []), ("svc-11", [])])
    written = pd.Series(["svc_1_1", "SVC 11", "svc11"], dtype="str")
    assert teams.spell(written).tolist() == ["svc-1-1", "svc-11", "svc11"]


def test_a_name_outranks_an_alias_and_an_alias_a_name_from_elsewhere() -> None:
    teams = spelling_of([("Web", ["apps", "ui"]), ("Apps", [])], more=["UI", "Data"])
    written = pd.Series(["apps", "ui", "data"], dtype="str")
    assert teams.find(written).tolist() == ["Apps", "Web", "Data"]


def test_unknown_and_missing_names_are_kept_and_counted() -> None:
    written = pd.Series(["web", None, "Phoenix", "Phoenix", "Atlas"], index=[3, 1, 4, 1, 5])
    teams = spelling_of(TEAMS)
    spelt = teams.spell(written.astype("str"))
    assert spelt.index.tolist() == [3, 1, 4, 1, 5]
    assert spelt.fillna("").tolist() == ["Web", "", "Phoenix", "Phoenix", "Atlas"]
    assert list(teams.unmatched(written.astype("str")).items()) == [("Phoenix", 2), ("Atlas", 1)]


names = st.lists(st.text("aAbB -_", max_size=4), max_size=6)


@given(st.lists(st.tuples(st.text("aAbB -_", max_size=4), names), max_size=6), st.randoms(), names)
def test_the_order_of_the_registry_changes_nothing(
    entries: list, random: object, written: list
) -> None:
    shuffled = random.sample(entries, len(entries))
    column = pd.Series(written, dtype="str")
    pd.testing.assert_series_equal(
        spelling_of(entries).spell(column), spelling_of(shuffled).spell(column)
    )
