"""Encodings: whatever the bytes are, they become UTF-8, and a guess is reported.

The order is that of certainty: a byte order mark says what follows; bytes that are valid UTF-8 are
UTF-8; the rest is either an old Windows file or UTF-8 that some program damaged.
"""

import codecs
import re
from typing import Final

from pmanalytics.errors import InputError

__all__ = ["as_utf8"]

_STEP: Final = 1 << 22
# The longer marks first: that of UTF-16 is the beginning of that of UTF-32.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTER_OF_SEVERAL_BYTES: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def as_utf8(content: bytes, *, name: str) -> tuple[bytes, tuple[str, ...]]:
    r"""The bytes as valid UTF-8 without a byte order mark, and what had to be guessed.

    Bytes that are no letter in any encoding become a replacement character and are counted in a
    warning; so are NUL characters, which are left out. Raises InputError when there is nothing but
    such bytes, so that the file is no text.

    Examples:
        >>> as_utf8(b"\xef\xbb\xbfcaf\xc3\xa9", name="a.csv")[0].decode()
        'café'
        >>> as_utf8(b"caf\xe9", name="a.csv")
        (b'caf\xc3\xa9', ('The file is not UTF-8; it was read as Windows-1252...',))
    """
    text, warnings = _decoded(content, name)
    if b"\0" not in text:
        return text, warnings
    nuls = text.count(b"\0")
    if b"\0" in text.split(b"\n", 1)[0] or 10 * nuls > len(text):
        raise InputError(
            f"{name} is not text in an encoding that can be told (it holds NUL characters); "
            "save it as CSV in UTF-8."
        )
    return text.replace(b"\0", b""), (*warnings, f"{nuls:,} NUL characters were left out.")


def _decoded(content: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _with_mark(content, encoding, name)
    text = content.removeprefix(codecs.BOM_UTF8)
    if _is_utf8(text):
        return text, ()
    if len(text) == len(content) and _is_windows(text):
        warning = (
            "The file is not UTF-8; it was read as Windows-1252, so look at a name with an accent."
        )
        return text.decode("cp1252").encode(), (warning,)
    return _repaired(text.decode("utf-8", "replace"), text)


def _with_mark(content: bytes, encoding: str, name: str) -> tuple[bytes, tuple[str, ...]]:
    text = content.decode(encoding, "replace")
    if text.count(_REPLACEMENT) * 2 > len(text):
        raise InputError(f"{name} begins like {encoding.upper()} and is not; save it as UTF-8.")
    return _repaired(text, content)


def _repaired(text: str, before: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The text with replacement characters, and how many of them are new."""
    broken = text.count(_REPLACEMENT) - before.count(_REPLACEMENT.encode())
    warning = f"{broken:,} letters could not be decoded and are shown as {_REPLACEMENT!r}."
    # Halves of surrogate pairs can come out of UTF-16 and are no letters.
    return text.encode("utf-8", "replace"), (warning,) if broken > 0 else ()


def _is_utf8(content: bytes) -> bool:
    """Whether all bytes are UTF-8, in steps, for a copy of a large file as text is larger still."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _STEP):
            part = content[start : start + _STEP]
            # Nothing has to be decoded where a letter is a byte, and that is fast to see.
            if not part.isascii() or decoder.getstate()[0]:
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_windows(content: bytes) -> bool:
    """Whether the bytes can be Windows-1252, and are not mostly letters of UTF-8."""
    letters = len(_LETTER_OF_SEVERAL_BYTES.findall(content))
    others = content.decode("utf-8", "replace").count(_REPLACEMENT)
    if letters > others:
        return False
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True
