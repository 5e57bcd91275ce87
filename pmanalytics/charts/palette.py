"""The colours of all figures, and what each of them may say.

Colour is a signal: `ALERT` marks what is past its date, or more than noise, and nothing else. Every
difference that a colour makes is also made by a pattern, a dash, another mark or a word, for those
who do not see the colour and for grey print. Marks have a contrast of 3 to 1 or more on the light
and on the dark paper of a page; that leaves a narrow band of luminance, and neighbours lie at its
two ends.
"""

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["ALERT", "BEHIND", "CALM", "GREY", "GRID", "INK", "LINES", "MUTED", "faint"]

INK: Final = "#5b5f66"
GRID: Final = "rgba(128,128,128,0.28)"
ALERT: Final = "#d55e00"
CALM: Final = "#0072b2"
GREY: Final = "#6b7079"
MUTED: Final = "#878d96"
# Colours of Okabe and Ito, darkened where they would vanish on white, each with its own dash; dark
# and light ones take turns.
LINES: Final[Sequence[tuple[str, str]]] = (
    ("#0072b2", "solid"),
    ("#009e73", "dash"),
    ("#a0457e", "dot"),
    ("#a17d1f", "dashdot"),
    (GREY, "longdash"),
)


def faint(color: str, *, opacity: float = 0.16) -> str:
    """A colour that lets the paper through, for areas beneath lines and marks.

    Examples:
        >>> faint("#0072b2")
        'rgba(0,114,178,0.16)'
    """
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.3g})"


# The bar behind a coloured one lets the paper through, so that the two differ in grey print and on
# dark paper; its edge can be seen on either.
BEHIND: Final[dict[str, Any]] = {
    "color": faint(MUTED, opacity=0.45),
    "line": {"color": MUTED, "width": 1},
}
