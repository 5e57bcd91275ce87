"""Which incidents a text names."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.mentions import Directory
from pmanalytics.tables import conform

IDS = ["INC-7", "INC-70", "INC-2026", "INC-2026-001", "PT4KHLK", "4711", "web 2/outage"]


def directory(ids: list[str]) -> Directory:
    return Directory.of(conform(pd.DataFrame({"incident_id": ids}), "incidents"))


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Follow-up of INC-7: alert earlier", ("INC-7",)),
        ("[inc-7] alert earlier", ("INC-7",)),
        ("post-INC-7 review", ("INC-7",)),
        ("INC-70 is not INC-7", ("INC-70", "INC-7")),
        ("INC-7 again, INC-7", ("INC-7",)),
        ("XINC-7", ()),
        ("INC-71", ()),
        ("INC-7-2", ()),
        ("INC-7_old", ()),
        ("INC-2026-001 runbook", ("INC-2026-001",)),
        ("see (PT4KHLK)", ("PT4KHLK",)),
        ("PT4KHLKX", ()),
        ("Raise the limit to 4711", ()),
        ("Fix what incident 4711 showed", ("4711",)),
        ("Fix #4711", ("4711",)),
        ("after Web 2/Outage we know", ("web 2/outage",)),
        ("web 2 outage", ()),
        ("", ()),
    ],
)
def test_an_id_counts_in_a_title_as_a_whole_word(title: str, named: tuple[str, ...]) -> None:
    assert directory(IDS).mentioned(title) == named


def test_a_whole_text_is_compared_whatever_its_case_and_by_address() -> None:
    incidents = {"incident_id": ["a-1", "A-1", "b-2"], "url": [None, None, "https://tool/b"]}
    known = Directory.of(conform(pd.DataFrame(incidents), "incidents"))
    assert known.whole(" a-1") == ("a-1",)
    assert known.whole("A-1") == ("A-1",)
    assert known.whole("B-2") == ("b-2",)
    assert known.whole("https://tool/b") == ("b-2",)
    assert known.whole("c") == ()
    assert known.spelt(" c ") == ("c",)


def test_an_address_of_several_incidents_names_none() -> None:
    incidents = {"incident_id": ["a", "b"], "postmortem_url": ["https://docs/1"] * 2}
    known = Directory.of(conform(pd.DataFrame(incidents), "incidents"))
    assert known.whole("https://docs/1") == ()


# Shapes of ids are joined to one regular expression when there are few; both ways are tried.
@given(
    st.lists(st.text("aB1-. [(\\+é", min_size=1, max_size=5), max_size=40),
    st.lists(st.text("aB1-. [(\\+é", max_size=12), max_size=5),
)
def test_the_quick_look_never_misses_a_mention(ids: list[str], titles: list[str]) -> None:
    known = directory(ids)
    titles += [f"x {name} y" for name in ids]
    column = pd.Series(titles, dtype="str")
    mentioned = [bool(known.mentioned(title)) for title in titles]
    possible = known.possible(column)
    assert all(quick for quick, slow in zip(possible, mentioned, strict=True) if slow)


def test_without_incidents_no_text_can_name_one() -> None:
    assert directory([]).possible(pd.Series(["INC-7"], dtype="str")).tolist() == [False]
