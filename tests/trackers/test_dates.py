"""Dates: formats, zones, and what a spreadsheet makes of them."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import ConfigurationError
from pmanalytics.trackers.dates import parse_dates

JIRA = ("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "iso")

WORDS = ("epoch", "epoch_ms", "javascript", "long", "range", "no_date")


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
        ("30/ene/26 10:50 PM", "2026-01-30T22:50:00"),
        ("12/Jan/26 25:00", "NaT"),
        ("2026-1-2", "NaT"),
        ("0001-01-01", "NaT"),
        ("soon", "NaT"),
        ("06/abr/26 7:00 PM", "2026-04-06T19:00:00"),
        ("06/Mär/26 19:00", "2026-03-06T19:00:00"),
        ("1/févr./26 12:00", "2026-02-01T12:00:00"),
        ("01/out/26 7:00\N{NO-BREAK SPACE}p.\N{NO-BREAK SPACE}m.", "2026-10-01T19:00:00"),
        ("12/Jan/26 0:10 AM", "NaT"),
        ("29/Feb/26", "NaT"),
        ("2026-01-12T24:00", "NaT"),
        ("12/Jan/26  11:19 AM", "2026-01-12T11:19:00"),
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
        (["1/12/26 11:19", "1/13/26 9:05"], "2026-01-12"),  # years of two digits
    ],
)
def test_dates_of_a_spreadsheet(texts: list[str], first: str) -> None:
    found, warnings = parse_dates({"x": pa.array(texts)}, formats=JIRA)
    assert str(found["x"].written[0].astype("datetime64[D]")) == first
    assert not np.isnat(found["x"].written).any()
    assert len(warnings) == 1


def test_the_line_that_turns_day_and_month_has_the_digits_of_the_year() -> None:
    _, (sentence,) = parse_dates({"x": pa.array(["1/12/26 11:19"])}, formats=JIRA)
    assert 'date_formats = ["%m/%d/%y %H:%M"]' in sentence


@pytest.mark.parametrize("text", ["26-01-12", "1/12/026", "1/12/6", "1/32/26"])
def test_what_is_no_date_of_a_spreadsheet(text: str) -> None:
    """With hyphens and two digits, the year could come first."""
    found, _ = parse_dates({"x": pa.array([text])}, formats=JIRA)
    assert np.isnat(found["x"].written).all()


def test_a_configured_format_leaves_nothing_to_guess() -> None:
    found, warnings = parse_dates({"x": pa.array(["11/01/2023"])}, formats=("%m/%d/%Y", *JIRA))
    assert (str(found["x"].written[0])[:10], warnings) == ("2023-11-01", ())


@pytest.mark.parametrize(
    ("text", "form", "local", "utc"),
    [
        # 1700000000 is 2023-11-14 22:13:20 in UTC.
        ("1700000000", "epoch", "2023-11-14T22:13:20", "2023-11-14T22:13:20"),
        ("1700000000.5", "epoch", "2023-11-14T22:13:20.5", "2023-11-14T22:13:20.5"),
        ("1700000000250", "epoch_ms", "2023-11-14T22:13:20.25", "2023-11-14T22:13:20.25"),
        ("1700000000250.0", "epoch_ms", "2023-11-14T22:13:20.25", "2023-11-14T22:13:20.25"),
        ("1.7e12", "epoch_ms", "", ""),
        ("1700000000000000", "epoch", "", ""),
        (
            "Sat Feb 11 2023 01:51:47 GMT+0000 (GMT)",
            "javascript",
            "2023-02-11T01:51:47",
            "2023-02-11T01:51:47",
        ),
        (
            "Sat Feb 11 2023 01:51:47 GMT-0530 (GMT-05:30)",
            "javascript",
            "2023-02-11T01:51:47",
            "2023-02-11T07:21:47",
        ),
        ("2018-05-14T23:56:02.246+0200", "iso", "2018-05-14T23:56:02.246", "2018-05-14T21:56:02.246"),
        ("2018-05-14T23:56:02.123456789Z", "iso", "2018-05-14T23:56:02.123456", "2018-05-14T23:56:02.123456"),
        ("2018-05-14 23:56:02+02", "iso", "2018-05-14T23:56:02", "2018-05-14T21:56:02"),
        ("2018-05-14T23:56:02+99:00", "iso", "", ""),
        ("Oct 22, 2021, 3:00 PM", "long", "2021-10-22T15:00", ""),
        ("October 22, 2021", "long", "2021-10-22T00", ""),
        ("Oct 22, 2021 3:00 PM", "long", "2021-10-22T15:00", ""),
        ("Oct 22, 2021 3:00 PM (EST)", "long", "2021-10-22T15:00", ""),
        ("Oct 22, 2021 3:00 PM (UTC)", "long", "2021-10-22T15:00", "2021-10-22T15:00"),
        ("Oct 22, 2021 3:00 PM (GMT+2)", "long", "2021-10-22T15:00", "2021-10-22T13:00"),
        ("Oct 22, 2021 \N{RIGHTWARDS ARROW} Oct 24, 2021", "long", "2021-10-22T00", ""),
    ],
)  # fmt: skip
def test_words_for_ways_of_writing(text: str, form: str, local: str, utc: str) -> None:
    found, _ = parse_dates({"x": pa.array([text])}, formats=(form, "range"))
    moments = found["x"]
    expected = np.array([local or "NaT", utc or "NaT"], dtype="datetime64[us]")
    np.testing.assert_array_equal([moments.written[0], moments.known[0]], expected)
    assert moments.unread.tolist() == [not local]


def test_dates_that_say_that_there_is_none() -> None:
    texts = [
        "0001-01-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "1/1/0001 12:00:00 AM",
        "1850-01-01",
        "",
    ]
    formats = ("%m/%d/%Y %I:%M:%S %p", "iso")
    for more, unread in (((), [True] * 4), (("no_date",), [False, False, False, True])):
        found, _ = parse_dates({"x": pa.array(texts)}, formats=(*formats, *more))
        assert found["x"].missing.all()
        assert found["x"].unread.tolist() == [*unread, False]


@pytest.mark.parametrize("form", ["%Q", "%d/%b", "%d/%m/%Y %d", "nonsense", "%y %Y %m %d"])
def test_formats_that_cannot_be_understood(form: str) -> None:
    with pytest.raises(ConfigurationError, match="date format"):
        parse_dates({"x": pa.array(["1"])}, formats=(form,))


def test_dots_dashes_and_texts_that_do_not_fit() -> None:
    texts = [
        "29-02-2016 01:16",
        "12.01.2026 14:05",
        "22/9/2025",
        "13.13.2026",
        "1/2-2026",
        "02/25/2016",
    ]
    found, warnings = parse_dates({"x": pa.array(texts)}, formats=("iso",))
    days = found["x"].written.astype("datetime64[D]").astype(str).tolist()
    # 29 and 25 contradict each other; with a clock of 24 hours the day comes first.
    assert days == ["2016-02-29", "2026-01-12", "2025-09-22", "NaT", "NaT", "NaT"]
    assert 'date_formats = ["%m-%d-%Y %H:%M"]' in warnings[0]


def test_all_columns_tell_the_order_together() -> None:
    columns = {"a": pa.array(["01/02/2026"]), "b": pa.array(["", "02/25/2026"])}
    found, _ = parse_dates(columns, formats=("iso",))
    assert [str(day)[:10] for day in (found["a"].written[0], found["b"].written[1])] == [
        "2026-01-02", "2026-02-25",
    ]  # fmt: skip


def test_dots_leave_nothing_to_guess() -> None:
    found, warnings = parse_dates({"x": pa.array(["05.01.2026, 2:05 PM"])}, formats=("iso",))
    assert str(found["x"].written[0].astype("datetime64[m]")) == "2026-01-05T14:05"
    assert warnings == ()


def test_the_locale_of_the_process_does_not_matter(
    locale_of: Callable[[str], dict[str, str]],
) -> None:
    program = (
        "import locale; locale.setlocale(locale.LC_ALL, '')\n"
        "import calendar, pyarrow as pa\n"
        "from pmanalytics.trackers.dates import parse_dates\n"
        "form = '%d/%b/%y %I:%M %p'\n"
        "found, _ = parse_dates({'x': pa.array(['12/May/26 1:02 PM'])}, formats=[form])\n"
        "print(calendar.month_abbr[5], found['x'].written[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **locale_of("de_DE")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["Mai", "2026-05-12T13:02:00.000000"]


@given(
    st.lists(
        st.text(max_size=25)
        | st.from_regex(r"\d{1,4}[-/]\w{1,3}[-/]\d{1,4}( \d\d?:\d\d)?( [AP]M)?", fullmatch=True)
    )
)
def test_no_text_raises(texts: list[str]) -> None:
    found, _ = parse_dates(
        {"x": pa.array(texts, pa.string())}, formats=(*JIRA, "%Y-%m-%dT%H:%M:%S%z", *WORDS)
    )
    assert len(found["x"].in_utc("Europe/Berlin")) == len(texts)
    assert len(found["x"].as_days("Europe/Berlin")) == len(texts)
