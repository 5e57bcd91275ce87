"""The PDF: the page as an installed browser prints it, once every chart is drawn.

The browser has no window, no profile of anybody, and no network. It is asked for what it drew and
for the PDF in one run, so that a chart that is missing is an error and not a white space.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Final

from pmanalytics.errors import ReportError, UsageError

__all__ = ["BROWSER", "browser_command", "find_browser", "print_page"]

BROWSER: Final = "PMANALYTICS_BROWSER"
TIME_LIMIT: Final = 180  # seconds; a quarterly report takes 3, on a busy machine 30
PROGRAMS: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
MAC_PROGRAMS: Final = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_FOLDERS: Final = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PROGRAMS: Final = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    # Nothing is asked of anybody: no updates, no names looked up, no proxy of the system.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-quic",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--user-agent=pmanalytics",
    # The browser's clock, not ours: it stands still while the page works. The charts need 300.
    "--virtual-time-budget=20000",
)
PRINTING: Final = ("--generate-pdf-document-outline", "--no-pdf-header-footer", "--dump-dom")
_DRAWN: Final = re.compile(r'<html[^>]* data-charts="(\d+)"')
_CLOCK: Final = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}([^)]*\))")


def find_browser() -> str:
    """Find an installed Chromium, Chrome or Edge, and give its path.

    The environment variable PMANALYTICS_BROWSER goes first. Raises UsageError when there is none.
    """
    named = os.environ.get(BROWSER)
    if named:
        found = which(named)
        if found is None:
            raise UsageError(
                f"{BROWSER} names {named!r}, which is no program here; let it name a Chromium or "
                "Chrome, or unset it."
            )
        return found
    found = next(filter(None, map(which, (*PROGRAMS, *_usual_places()))), None)
    if found is None:
        raise UsageError(
            "A PDF is printed by Chromium or Chrome, and none was found here; install one, let "
            f"{BROWSER} name it, or leave out --pdf."
        )
    return found


def _usual_places() -> Iterator[str]:
    """Where browsers lie that are not on the path of programs."""
    if sys.platform == "darwin":
        for name in MAC_PROGRAMS:
            yield f"/Applications/{name}.app/Contents/MacOS/{name}"
    folders = [os.environ.get(name) for name in WINDOWS_FOLDERS]
    for folder in filter(None, folders):
        yield from (str(Path(folder) / program) for program in WINDOWS_PROGRAMS)


def print_page(page: Path, target: Path, *, browser: str, charts: int, day: str) -> None:
    """Print a page into a PDF: tagged, with bookmarks and numbered pages.

    `charts` is how many charts the page has, all of which must be drawn, and `day` the as-of date,
    like 2026-10-12 or empty: it stands in the file for the time of printing, so that the same page
    printed by the same browser gives the same bytes. Raises ReportError when the browser fails,
    takes too long or leaves a chart out.
    """
    with tempfile.TemporaryDirectory(prefix="pmanalytics-", ignore_cleanup_errors=True) as profile:
        command = [*browser_command(browser, profile), *PRINTING]
        command += [f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()]
        seen = _output(command, Path(profile))
    if not target.is_file():
        raise ReportError(_failure(browser, "it wrote nothing"))
    drawn = _DRAWN.search(seen)
    count = int(drawn[1]) if drawn else 0
    if count < charts:
        raise ReportError(_failure(browser, f"it drew {count} of {charts} charts"))
    target.write_bytes(_without_clock(target.read_bytes(), day))


def browser_command(browser: str, profile: str) -> list[str]:
    """How a browser is started without a window and without a network, on a fresh profile."""
    # Its own sandbox refuses to start for root, as whom containers often run.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        browser,
        *FLAGS,
        *(["--no-sandbox"] if is_root else []),
        f"--user-data-dir={profile}",
    ]


def _output(command: Sequence[str], folder: Path) -> str:
    """What a program wrote, once it ended by itself and well; it is ended when it does not."""
    # Files, not pipes: a pipe stays open as long as any process of the browser lives.
    written = folder / "written.html"
    with written.open("wb") as output, (folder / "said.txt").open("wb") as said:
        try:
            running = subprocess.Popen(  # noqa: S603 the program is the user's own browser
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=said,
                start_new_session=True,
            )
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise ReportError(_failure(command[0], reason)) from problem
        try:
            code = running.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired as problem:
            late = f"it did not end within {TIME_LIMIT} seconds"
            raise ReportError(_failure(command[0], late)) from problem
        finally:
            _end(running)
    if code:
        raise ReportError(_failure(command[0], f"it ended with code {code}"))
    return written.read_text(encoding="utf-8", errors="replace")


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a browser that still runs, with all the processes that it started."""
    if running.poll() is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    running.wait()


def _failure(browser: str, reason: str) -> str:
    return (
        f"The PDF could not be printed by {browser!r} ({reason}); let {BROWSER} name another "
        "Chromium or Chrome, or leave out --pdf."
    )


def _without_clock(pdf: bytes, day: str) -> bytes:
    """A PDF that bears the as-of date for the time of its making, at the same length.

    Examples:
        >>> _without_clock(b"/CreationDate (D:20261127192657+00'00')", "2026-10-12")
        b"/CreationDate (D:20261012000000+00'00')"
    """
    digits = re.sub(r"\D", "", day)[:8] or "20000101"
    return _CLOCK.sub(rb"\g<1>" + f"{digits:0<14}".encode() + rb"\g<2>", pdf)
