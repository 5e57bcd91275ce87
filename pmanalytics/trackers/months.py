"""Months: their names in the languages that trackers write, whatever the language of this process.

English is seen in real files, and so is Spanish, abbreviated; German, French and Portuguese follow
the names of the Unicode locale data. No abbreviation means two months, so no language is guessed.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

__all__ = ["month_of"]

_NAMES: Final[Mapping[str, str]] = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "de": "januar februar marz april mai juni juli august september oktober november dezember",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
}
# Names that are no beginning of the full one, or that begin two of them.
_MORE: Final[Mapping[str, int]] = {
    "janner": 1, "feber": 2, "maerz": 3, "mrz": 3, "juin": 6, "juil": 7, "sept": 9,
    "setiembre": 9,
}  # fmt: skip
_SHORTEST: Final = 3


def _words() -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for names in _NAMES.values():
        for month, name in enumerate(names.split(), start=1):
            for length in range(_SHORTEST, len(name) + 1):
                found.setdefault(name[:length], set()).add(month)
    certain = {word: min(months) for word, months in found.items() if len(months) == 1}
    return certain | dict(_MORE)


_WORDS: Final[Mapping[str, int]] = _words()


def month_of(word: str) -> int:
    """The number of the month that a name or an abbreviation means, or 0.

    Case, accents and a full stop at the end do not matter.

    Examples:
        >>> [month_of(word) for word in ("Jan", "ene", "März", "févr.", "out", "Monday")]
        [1, 1, 3, 2, 10, 0]
    """
    plain = unicodedata.normalize("NFKD", word.casefold().removesuffix("."))
    return _WORDS.get("".join(c for c in plain if not unicodedata.combining(c)), 0)
