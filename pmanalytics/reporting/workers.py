"""The other end of the process that runs notebooks: starting it, asking it, ending it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, Final

import pmanalytics

__all__ = ["Child", "Ended", "Worker", "asked"]

FORKS: Final = hasattr(os, "fork") and hasattr(socket, "send_fds")
LOG: Final = "said.txt"
LONGEST_WORD: Final = 10_000  # bytes of what a process says before it ends
_SERVING: Final = "from pmanalytics.reporting.serving import serve, serve_alone; "


class Ended(Exception):  # noqa: N818 it is no fault of the caller
    """The process that ran a notebook ended before it was done."""


@dataclass(frozen=True)
class Child:
    """A process that runs one notebook: where it is asked, where it answers, how it is ended.

    `bury` is called when its streams are closed.
    """

    asking: IO[bytes]
    answering: IO[bytes]
    kill: Callable[[], None]
    bury: Callable[[], None] = lambda: None


def asked(child: Child, source: str, *, seconds: float) -> dict[str, Any]:
    """Run a cell and give its outputs.

    Raises TimeoutError when it takes too long, after which the child is gone, and Ended when it
    ends.
    """
    late: list[bool] = []

    def end() -> None:
        late.append(True)
        child.kill()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        return dict(json.loads(_answered(child, source)))
    except Ended:
        if late:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


def _answered(child: Child, order: object) -> bytes:
    try:
        child.asking.write(json.dumps(order).encode() + b"\n")
        child.asking.flush()
        line = child.answering.readline()
    except (OSError, ValueError) as problem:
        raise Ended(str(problem)) from problem
    if not line.endswith(b"\n"):
        raise Ended("it ended without a word")
    return line


class Worker:
    """A process that has everything loaded, and a child of it for each notebook.

    It is started at once, or `late`, with the first notebook, and started again when it has ended
    before its time. Several threads may use it.
    """

    def __init__(self, *, late: bool = False) -> None:
        """Start the process."""
        self._openings: list[dict[str, str]] = []
        self._folder: Path | None = None
        self._lock = Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        if FORKS and not late:
            self._start()

    def open_ahead(self, openings: Iterable[Mapping[str, str]]) -> None:
        """Let it open reports before it forks: the options of each `open_report`.

        What the first notebook finds open is asked for before it is run.
        """
        with self._lock:
            self._openings = list(map(dict, openings))
            if self._process is not None:
                self._give_order(self._process)

    @contextmanager
    def child(self) -> Iterator[Child]:
        """A child that is ready, and is gone afterwards. Raises Ended when none can be had."""
        child = self._forked() if FORKS else self._alone()
        try:
            yield child
        except Ended:
            raise  # its number may be another process's by now
        except BaseException:
            child.kill()
            raise
        finally:
            # Whoever waits for the next cell ends when there is nobody to give it.
            for stream in (child.asking, child.answering):
                with suppress(OSError):
                    stream.close()
            child.bury()

    def said(self) -> str:
        """The end of what the process wrote to its standard error: why it could not start, say."""
        # A process that ends in order takes the folder along.
        if self._folder is None or not (self._folder / LOG).is_file():
            return ""
        with (self._folder / LOG).open("rb") as log:
            log.seek(max(log.seek(0, os.SEEK_END) - LONGEST_WORD, 0))
            return log.read().decode("utf-8", errors="replace")

    def close(self) -> None:
        """End the process and all its children."""
        self._closed = True
        self._end()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = self._launched(
                f"serve({theirs.fileno()}, {str(self._place())!r})",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def _place(self) -> Path:
        """The folder for temporary files, made with the process that removes it in the end."""
        if self._folder is None or not self._folder.is_dir():
            self._folder = Path(tempfile.mkdtemp(prefix="pma-"))
        return self._folder

    def _launched(self, call: str, **options: Any) -> subprocess.Popen[bytes]:
        folder = self._place()
        # -P: a file in the working folder must not stand in for a module while all is loaded.
        with (folder / LOG).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 nothing of it comes from outside
                [sys.executable, "-P", "-c", _SERVING + call],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL if "pass_fds" in options else subprocess.PIPE,
                stderr=log,
                env=os.environ | _environment(folder),
                **options,
            )

    def _give_order(self, process: subprocess.Popen[bytes]) -> None:
        """Say what to open, once; until then the process loads and waits."""
        if process.stdin is None or process.stdin.closed:
            return
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(self._openings).encode() + b"\n")
            process.stdin.flush()
        if FORKS:
            with suppress(BrokenPipeError):
                process.stdin.close()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            # Its children are in its group, and what they started.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin is not None:
                with suppress(BrokenPipeError):
                    self._process.stdin.close()

    def _forked(self) -> Child:
        # One at a time: a socket may hand over two messages as one.
        with self._lock:
            if self._closed:
                raise Ended("it was closed")
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._start()
            if self._process is not None:
                self._give_order(self._process)
            ours, theirs = socket.socketpair()
            with theirs, ours:
                try:
                    if self._control is not None:
                        socket.send_fds(self._control, [b"1"], [theirs.fileno()])
                except OSError as problem:
                    raise Ended(str(problem)) from problem
                asking, answering = ours.makefile("wb"), ours.makefile("rb")
            return _greeted(asking, answering)

    def _alone(self) -> Child:
        process = self._launched("serve_alone()")
        self._give_order(process)
        if process.stdin is None or process.stdout is None:
            raise Ended("it cannot be talked to")

        def kill() -> None:
            process.kill()
            process.wait()

        child = Child(process.stdin, process.stdout, kill, bury=kill)
        _answered(child, str(Path.cwd()))
        return child


def _greeted(asking: IO[bytes], answering: IO[bytes]) -> Child:
    """The child at the other end, once it has said its number."""
    number = int(_answered(Child(asking, answering, lambda: None), str(Path.cwd())))

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)

    return Child(asking, answering, kill)


def _environment(folder: Path) -> dict[str, str]:
    """What differs from this process: no start-up files of the user, no warnings as errors.

    What a notebook leaves among temporary files, or is just putting together there, goes with the
    worker, also when it is killed.
    """
    return {
        "PYTHONPATH": os.pathsep.join(_import_paths()),
        "PYTHONWARNINGS": "",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "TMPDIR": str(folder),
    }


def _import_paths() -> list[str]:
    """Where the worker finds this very package, also when it runs from a checkout.

    The folder of installed packages is left out: it must not come before the standard library.
    """
    package = str(Path(pmanalytics.__file__).resolve().parent.parent)
    installed = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [path for path in (package, *given) if path and path not in installed]
