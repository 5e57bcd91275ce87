"""Encodings: certain by a mark, certain as UTF-8, guessed and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import InputError
from pmanalytics.reading.encodings import as_utf8

TEXT = "Schl\u00fcssel,caf\u00e9 \u2013 \u201cx\u201d\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_is_certain_needs_no_warning(encoding: str) -> None:
    assert as_utf8(TEXT.encode(encoding), name="x") == (TEXT.encode(), ())


def test_windows_is_guessed_and_said() -> None:
    text, warnings = as_utf8(TEXT.encode("cp1252"), name="x")
    assert text == TEXT.encode()
    assert "Windows-1252" in warnings[0]


def test_damaged_utf8_is_not_taken_for_windows() -> None:
    """A dash that was cut to one byte, among letters that are whole."""
    text, warnings = as_utf8(TEXT.encode() + b"a \x93 b", name="x")
    assert text.decode() == TEXT + "a \ufffd b"
    assert warnings == ("1 letters could not be decoded and are shown as '\ufffd'.",)


def test_a_mark_outranks_the_guess() -> None:
    text, warnings = as_utf8(b"\xef\xbb\xbfa \x93 b", name="x")
    assert (text.decode(), len(warnings)) == ("a \ufffd b", 1)


def test_bytes_that_windows_has_not() -> None:
    text, warnings = as_utf8(b"a \x81 b \xe9", name="x")
    assert (text.decode(), len(warnings)) == ("a \ufffd b \ufffd", 1)


def test_nul_is_left_out_and_said_or_refused() -> None:
    text, warnings = as_utf8(b"a,b\n1,2\x003\nlong enough a row\n", name="x")
    assert text == b"a,b\n1,23\nlong enough a row\n"
    assert warnings == ("1 NUL characters were left out.",)
    for content in ("a,b\n\u00e4,2\n".encode("utf-16-le"), b"\0\1\2\3", b"a\0,b\n1,2\n"):
        with pytest.raises(InputError, match=r"^x is not text"):
            as_utf8(content, name="x")


@given(st.binary())
def test_any_bytes_become_utf8_or_a_sentence(content: bytes) -> None:
    try:
        text, _ = as_utf8(content, name="x")
    except InputError as problem:
        sentence = str(problem)
        assert sentence.startswith("x ")
    else:
        assert b"\0" not in text
        text.decode()
