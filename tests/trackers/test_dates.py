"""Dates: formats, zones, and what a spreadsheet makes of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.trackers.dates import parse_dates

JIRA = ("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "iso")


def written(*texts: str, formats: tuple[str, ...] = JIRA) -> list[str]:
    found, _ = parse_dates({"x": pa.array(texts)}, formats=formats)
    return [str(moment) for moment in found["x"].written.astype("datetime64[s]")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/Jan/26 11:19 AM", "2026-01-12T11:19:00"),
        ("12/Jan/26 12:00 AM", "2026-01-12T00:00:00"),
        ("2/Jan/26 12:05 PM", "2026-01-02T12:05:00"),
        (" 19/Feb/14 13:56 ", "2014-02-19T13:56:00"),
        ("19/Feb/14", "2014-02-19T00:00:00"),
        ("2026-01-12", "2026-01-12T00:00:00"),
        ("2026-01-12 10:36:26.123456", "2026-01-12T10:36:26"),
        ("", "NaT"),
        ("31/Feb/26 10:00 AM", "NaT"),
        ("2026-02-31", "NaT"),
        ("30/ene/26 10:50 PM", "NaT"),
        ("12/Jan/26 25:00", "NaT"),
        ("2026-1-2", "NaT"),
        ("0001-01-01", "NaT"),
        ("soon", "NaT"),
    ],
)
def test_declared_formats(text: str, expected: str) -> None:
    assert written(text) == [expected]
    # Among many the texts are parsed in parts, with the same result.
    many = [f"{day:02}/Mar/26 9:{minute:02} AM" for day in range(1, 29) for minute in range(60)]
    assert written(*many, text)[-1] == expected


@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 1, 1)), min_size=1, max_size=40))
def test_parts_give_what_strptime_gives(moments: list[datetime]) -> None:
    texts = [moment.strftime("%d/%b/%y %I:%M %p") for moment in moments]
    expected = [datetime.strptime(text, "%d/%b/%y %I:%M %p").isoformat() for text in texts]
    assert written(*texts) == expected


def test_zones_that_are_written_win() -> None:
    texts = [
        "2026-07-01T12:00:00Z",
        "2026-07-01T12:00:00.5+0200",
        "2026-07-01 12:00 UTC",
        "2026-07-01 12:00",
    ]
    found, _ = parse_dates({"x": pa.array(texts)}, formats=("iso",))
    utc = found["x"].in_utc("America/New_York")
    # New York is four hours behind in July.
    assert utc.dt.strftime("%H:%M").tolist() == ["12:00", "10:00", "12:00", "16:00"]


def test_days_are_local_days() -> None:
    found, _ = parse_dates(
        {"x": pa.array(["2026-01-12T23:30:00Z", "2026-01-12 23:30"])}, formats=("iso",)
    )
    assert found["x"].as_days("Europe/Berlin").dt.day.tolist() == [13, 12]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29 02:30", "2026-03-29 01:00"),  # skipped in Berlin: the first time after the gap
        ("2026-10-25 02:30", "2026-10-25 00:30"),  # twice in Berlin: the first, in summer time
    ],
)
def test_clock_changes(text: str, expected: str) -> None:
    found, _ = parse_dates({"x": pa.array([text])}, formats=("iso",))
    assert f"{found['x'].in_utc('Europe/Berlin').iloc[0]:%Y-%m-%d %H:%M}" == expected


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"]),
)
def test_times_that_exist_are_those_of_the_standard_library(moment: datetime, zone: str) -> None:
    local = moment.replace(tzinfo=ZoneInfo(zone), microsecond=0)
    utc = local.astimezone(ZoneInfo("UTC"))
    if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(tzinfo=None):
        found, _ = parse_dates({"x": pa.array([f"{local:%Y-%m-%d %H:%M:%S}"])}, formats=("iso",))
        assert found["x"].in_utc(zone).iloc[0] == pd.Timestamp(utc)


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["11/01/2023 15:22"], "2023-01-11"),  # a clock of 24 hours: day first
        (["11/01/2023 3:22 PM"], "2023-11-01"),  # one of 12 hours: month first
        (["11/01/2023", "25/01/2023"], "2023-01-11"),  # no 25th month
        (["11/01/2023 15:22", "01/25/2023 15:22"], "2023-11-01"),
    ],
)
def test_dates_of_a_spreadsheet(texts: list[str], first: str) -> None:
    found, warnings = parse_dates({"x": pa.array(texts)}, formats=JIRA)
    assert str(found["x"].written[0].astype("datetime64[D]")) == first
    assert not np.isnat(found["x"].written).any()
    assert len(warnings) == 1


def test_a_configured_format_leaves_nothing_to_guess() -> None:
    found, warnings = parse_dates({"x": pa.array(["11/01/2023"])}, formats=("%m/%d/%Y", *JIRA))
    assert (str(found["x"].written[0])[:10], warnings) == ("2023-11-01", ())


@given(
    st.lists(
        st.text(max_size=25)
        | st.from_regex(r"\d{1,4}[-/]\w{1,3}[-/]\d{1,4}( \d\d?:\d\d)?( [AP]M)?", fullmatch=True)
    )
)
def test_no_text_raises(texts: list[str]) -> None:
    found, _ = parse_dates(
        {"x": pa.array(texts, pa.string())}, formats=(*JIRA, "%Y-%m-%dT%H:%M:%S%z")
    )
    assert len(found["x"].in_utc("Europe/Berlin")) == len(texts)
    assert len(found["x"].as_days("Europe/Berlin")) == len(texts)
