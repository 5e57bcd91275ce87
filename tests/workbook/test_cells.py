"""Texts, links and names as Excel accepts them."""

import pandas as pd
import pytest

from pmanalytics.workbook.cells import cell_text, distinct_texts, safe_link
from tests.naughty import TITLES


def test_a_text_is_cut_where_excel_would_cut_it() -> None:
    assert len(cell_text("x" * 32_767)) == 32_767
    assert "cut" not in cell_text("x" * 32_767)
    assert len(cell_text("x" * 32_768)) == 32_767
    assert cell_text("x" * 32_768).endswith("… [cut]")
    # Excel counts a smiley as two characters: 32,767 - 8 for the mark leave room for 16,379.
    smileys = cell_text("\N{SLIGHTLY SMILING FACE}" * 20_000)
    assert smileys == "\N{SLIGHTLY SMILING FACE}" * 16_379 + " … [cut]"


def test_half_a_character_is_replaced() -> None:
    assert cell_text("a\ud800b").encode("utf-8")


def test_markup_of_rich_texts_stays_text() -> None:
    assert cell_text("<r><t>bold</t></r>") == "<r><t>bold</t></r> "


@pytest.mark.parametrize(
    "address",
    ["https://tracker.example/1", "HTTP://tracker.example/1", "https://a.example/" + "x" * 2_061],
)
def test_addresses_on_the_web_are_links(address: str) -> None:
    assert safe_link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a.example/b c",
        'https://a.example/"',
        # One more than Excel allows.
        "https://a.example/" + "x" * 2_062,
        None,
    ],
)
def test_other_addresses_are_no_links(address: str | None) -> None:
    assert safe_link(address) is None


def test_many_texts_are_cleaned_as_each_one_is() -> None:
    texts = [*TITLES, "plain", " ", "<r>x</r>", "two  blanks", "y" * 40_000]
    codes, cleaned = distinct_texts(pd.Series(texts, dtype="str"))
    found = [cleaned[code] if code >= 0 else "" for code in codes.tolist()]
    assert found == [cell_text(text) for text in texts]
