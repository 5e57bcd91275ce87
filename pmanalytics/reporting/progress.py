"""How far a report is: a bar on a terminal, plain lines elsewhere, always on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

__all__ = ["bar"]

Advance = Callable[[str, float], None]
WIDTH: Final = 24


@contextmanager
def bar(name: str, *, stream: TextIO | None = None) -> Iterator[Advance]:
    """Give a function that shows a step, in words, and the share of the work that lies before it.

    Examples:
        >>> with bar("quarterly", stream=sys.stdout) as advance:
        ...     advance("writing the page", 0.9)
        quarterly: writing the page
        quarterly: done
    """
    shown = stream or sys.stderr
    terminal, said = shown.isatty(), ""

    def advance(step: str, share: float) -> None:
        nonlocal said
        if terminal:
            shown.write(_drawn(name, step, share))
        elif step != said:
            shown.write(f"{name}: {step}\n")
        said = step
        shown.flush()

    try:
        yield advance
        advance("done", 1.0)
    finally:
        if terminal:
            shown.write("\n")


def _drawn(name: str, step: str, share: float) -> str:
    filled = round(WIDTH * share)
    # Erase to the end of the line: the step before may have been longer.
    return f"\r{name} [{'=' * filled}{' ' * (WIDTH - filled)}] {step}\x1b[K"
