"""Quoting: any text is one TOML value, or one comment, and reads back as it was."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.drafting.quoting import comment, entry, quoted, quoted_list

HOSTILE = (
    '"', "\\", 'a" # b', "]]", "[[policy]]", "two\nlines", "\r", "\t", "\0", "\x7f", "\u202e",
    "\u2028", "\ufeff", "'''", '"""', "=1+1", "\\u0041", "\N{PILE OF POO}", "",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_read_back_as_they_were(text: str) -> None:
    line = f"{quoted(text)} = {quoted(text)}"
    assert "\n" not in line
    assert tomllib.loads(line) == {text: text}


@given(st.text(max_size=30))
def test_every_text_reads_back_as_it_was(text: str) -> None:
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_lists_read_back_as_they_were(texts: list[str]) -> None:
    read = tomllib.loads(f"x = {quoted_list(texts)}")["x"]
    assert (read if isinstance(read, list) else [read]) == texts


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert tomllib.loads(f"x = {quoted(chr(0xD800))}") == {"x": "\N{REPLACEMENT CHARACTER}"}


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=60))
def test_a_comment_is_one_line_that_says_nothing(text: str) -> None:
    written = comment(text).encode("utf-8").decode()
    assert tomllib.loads(f"{written}\nx = 1") == {"x": 1}
    assert tomllib.loads(entry("x = 1", text)) == {"x": 1}
    assert tomllib.loads(entry("x = 1", text, proposed=True)) == {}
