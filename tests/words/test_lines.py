"""Words: every code has some, and text from an export is harmless on one line."""

import pytest

from pmanalytics.judging import STANDINGS as STANDING_CODES
from pmanalytics.metrics.discovery import COMPONENTS as COMPONENT_CODES
from pmanalytics.metrics.gap_rules import CODES
from pmanalytics.words import COMPONENTS, GAPS, STANDINGS, counted, group_name, percent, plain


def test_every_code_has_words_in_the_order_of_the_codes() -> None:
    assert tuple(STANDINGS) == tuple(STANDING_CODES)
    assert tuple(GAPS) == tuple(CODES)
    assert tuple(COMPONENTS) == tuple(COMPONENT_CODES)


def test_no_two_codes_share_their_words() -> None:
    for mapping in (STANDINGS, GAPS, COMPONENTS):
        assert len(set(mapping.values())) == len(mapping)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a\tb\r\nc", "a b c"),
        ("nul\x00 bell\x07", "nul bell"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("half \ud83d of a pair", "half of a pair"),
        ("caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"),
        (None, ""),
        (float("nan"), ""),
        (12, "12"),
    ],
)
def test_plain_text(given: object, expected: str) -> None:
    assert plain(given) == expected


def test_groups_numbers_and_shares() -> None:
    assert group_name("SEV-3", "severity") == "Sev-3"
    assert group_name("blocker", "severity") == "blocker"
    assert group_name("", "due_period") == "no due period"
    assert counted(0, "item") == "0 items"
    assert percent(1) == "100%"
