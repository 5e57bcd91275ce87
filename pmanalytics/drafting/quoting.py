"""Quoting: whatever an export says becomes one TOML value, or one comment, and nothing else."""

import re
from typing import Final

from pmanalytics.words import plain, whole_letters

__all__ = ["comment", "entry", "quoted", "quoted_list"]

_BESIDE: Final = 43
_LONGEST: Final = 110
# What TOML does not allow in a string, and what would show a file other than it is.
_UNSHOWN: Final = re.compile(
    '[\\\\"\x00-\x1f\x7f-\xa0\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]'
)


def quoted(text: str) -> str:
    r"""Text as a TOML string on one line, which says the same when it is read.

    Halves of surrogate pairs, which no TOML file can hold, become the replacement character.

    Examples:
        >>> print(quoted('a "b" \\ c'), quoted("two\nlines]]"))
        "a \"b\" \\ c" "two\u000Alines]]"
    """
    return f'"{_UNSHOWN.sub(_escaped, whole_letters(text))}"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return f"\\{character}" if character in '\\"' else f"\\u{ord(character):04X}"


def quoted_list(texts: list[str]) -> str:
    """One TOML string, or a list of several, a line each where they are long.

    Examples:
        >>> quoted_list(["a"]), quoted_list(["a", "b"])
        ('"a"', '["a", "b"]')
    """
    if len(texts) == 1:
        return quoted(texts[0])
    line = f"[{', '.join(map(quoted, texts))}]"
    if len(line) <= _LONGEST:
        return line
    return "[\n" + "".join(f"  {quoted(text)},\n" for text in texts) + "]"


def comment(text: str) -> str:
    r"""A comment of one line.

    Examples:
        >>> comment("two\nlines")
        '# two lines'
    """
    return f"# {plain(text)}".rstrip()


def entry(line: str, remark: str = "", *, proposed: bool = False) -> str:
    """A line of the draft with a remark beside it; a proposal stands behind a #.

    Examples:
        >>> entry('team = "Squad"', "40 of 50 rows", proposed=True)
        '# team = "Squad"                           # 40 of 50 rows'
    """
    written = f"# {line}" if proposed else line
    return f"{written:<{_BESIDE - 1}} {comment(remark)}" if remark else written
