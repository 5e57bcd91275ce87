"""The standard streams of a command, so that they stand in the way of nothing."""

import io
import os
import sys
from pathlib import Path

__all__ = ["sound_streams"]


class _Aside(io.FileIO):
    """Standard error: where it takes nothing, on a full disk, say, work goes on without a word."""

    def write(self, content: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(content)
        except OSError:
            return len(content)


def sound_streams() -> None:
    """Let standard output and error be open, and able to hold any letter.

    A stream that was closed leads nowhere: no file that is opened later gets its number. Letters
    that the encoding of a stream lacks are written as their escapes.
    """
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_Aside(sys.stderr.fileno(), "w", closefd=False)),
            encoding=sys.stderr.encoding,
            errors="backslashreplace",
            line_buffering=True,
        )


def _nowhere() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")
