"""Text: bytes decoded by their mark, else by trial, and any doubt said aloud."""

import codecs
from typing import Final

from pmanalytics.errors import InputError

__all__ = ["decode"]

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, *, name: str) -> tuple[str, tuple[str, ...]]:
    """Turn the bytes of a file into text, with warnings about what was guessed.

    A byte order mark decides; without one it is UTF-8. Bytes that are no UTF-8 are Windows-1252
    when nothing else in the file is UTF-8 beyond ASCII; else only they are replaced. Raises
    InputError for bytes that are no text.

    Examples:
        >>> decode("Größe".encode("cp1252"), name="a.csv")
        ('Größe', ('It is not UTF-8 and was read as Windows-1252.',))
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _by_mark(data, encoding, name)
    sample = data[:4096]
    if sample.count(0) > len(sample) // 10:
        raise InputError(f"{name} is no text, or UTF-16 without a mark; save it as UTF-8.")
    warnings: tuple[str, ...] = ()
    if 0 in data:
        data = data.replace(b"\x00", b"")
        warnings = ("NUL characters were left out.",)
    try:
        return data.decode("utf-8"), warnings
    except UnicodeDecodeError:
        text, doubt = _guessed(data)
        return text, (*warnings, doubt)


def _by_mark(data: bytes, encoding: str, name: str) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode(encoding).replace("\x00", ""), ()
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    if text.count("\ufffd") > len(text) // 10:
        raise InputError(f"{name} starts like {encoding} and is not; save it as UTF-8.")
    return text, (f"Some bytes are no {encoding} and were replaced.",)


def _guessed(data: bytes) -> tuple[str, str]:
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    beyond_ascii = len(text) - lost - sum(map(text.count, _ASCII))
    if beyond_ascii > 0:
        return text, f"{lost} bytes are no UTF-8 and were replaced."
    return data.decode("cp1252", errors="replace"), "It is not UTF-8 and was read as Windows-1252."


_ASCII: Final = tuple(map(chr, range(128)))
