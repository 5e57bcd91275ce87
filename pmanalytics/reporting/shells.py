"""A shell that runs the cells of a notebook and keeps what they show.

It is IPython's own, so that magics, `display` and the last expression of a cell work as in a
kernel, and the outputs are those that a kernel would have sent. What is missing is what needs
somebody at the other end: widgets and questions to the user.
"""

import io
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, Final

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Int, List, Type
from traitlets.config import Config

from pmanalytics.errors import ReportError

__all__ = ["keep_prints", "new_shell", "run_cell"]

# What plotly shows in a kernel; elsewhere it would open a browser.
RENDERER: Final = "plotly_mimetype"
MOST_SHOWN: Final = 50_000_000  # characters of a notebook, a hundred times those of a large report
TOO_MUCH: Final = (
    f"A notebook may show {MOST_SHOWN // 1_000_000} million characters, and this one shows more, "
    "which no browser would open; let it show less."
)


class _Stream(io.TextIOBase):
    """Standard output or error: kept until something else is shown, as a kernel does."""

    encoding = "utf-8"

    def __init__(self, name: str, shell: "Shell") -> None:
        self.name, self._shell = name, shell
        self._written: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.make_room(len(text))
        self._written.append(text)
        return len(text)

    def flush(self) -> None:
        text = "".join(self._written)
        self._written.clear()
        outputs = self._shell.kept
        before = outputs[-1] if outputs else {}
        if text and before.get("name") == self.name:
            before["text"] += text
        elif text:
            outputs.append({"output_type": "stream", "name": self.name, "text": text})


class _Hook(DisplayHook):
    """Keeps the value of the last expression."""

    def write_output_prompt(self) -> None:
        """Say nothing: the number stands beside the value."""

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        shown = {"data": dict(format_dict), "metadata": dict(md_dict or {})}
        shell: Any = self.shell
        shell.keep("execute_result", execution_count=self.prompt_count, **shown)

    def finish_displayhook(self) -> None:
        """Write nothing behind it."""


class _Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        source: Any = None,  # noqa: ARG002 IPython's
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        shown = {"data": dict(data), "metadata": dict(metadata or {})}
        name = (transient or {}).get("display_id")
        if update:
            self.shell.renew(name, shown)
        else:
            self.shell.keep("display_data", display_id=name, **shown)

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 IPython's
        self.shell.flush()
        self.shell.kept.clear()


class Shell(InteractiveShell):
    """IPython's shell with its outputs in a list."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    kept: Any = List()
    room: Any = Int(MOST_SHOWN)

    def make_room(self, size: int) -> None:
        """Raise ReportError in a cell that shows so much that memory or page would be full."""
        if size > self.room:
            self.room = -1  # it stays so, whatever becomes of the error
            raise ReportError(TOO_MUCH)
        self.room -= size

    def keep(self, kind: str, **shown: Any) -> None:
        """Take an output, after what was printed before it."""
        values = shown.get("data", {}).values()
        self.make_room(sum(len(value) for value in values if isinstance(value, (str, bytes))))
        self.flush()
        self.kept.append({"output_type": kind, **shown})

    def renew(self, name: object, shown: Mapping[str, Any]) -> None:
        """Replace what this cell showed under a name."""
        for output in self.kept:
            if name is not None and output.get("display_id") == name:
                output.update(shown)

    def flush(self) -> None:
        """Take what was printed."""
        sys.stdout.flush()
        sys.stderr.flush()

    def _showtraceback(self, etype: type, evalue: object, stb: list[str]) -> None:
        self.keep("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)


def new_shell() -> Shell:
    """Make the shell of this process."""
    os.environ.setdefault("PLOTLY_RENDERER", RENDERER)
    # A history would be a database, and a thread that writes it.
    return Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))


def keep_prints(shell: Shell) -> None:
    """From now on, what is printed goes to the outputs of the shell."""
    sys.stdout = _Stream("stdout", shell)
    sys.stderr = _Stream("stderr", shell)


def run_cell(shell: Shell, source: str) -> str:
    """Run a cell: JSON text with its outputs, its number, and whether it failed."""
    number, room = shell.execution_count, shell.room
    ended = shell.run_cell(source, store_history=True)
    shell.flush()
    kept = [{k: v for k, v in output.items() if k != "display_id"} for output in shell.kept]
    shell.kept.clear()
    failed = not ended.success or any(output["output_type"] == "error" for output in kept)
    told = _json({"outputs": kept, "execution_count": number, "failed": failed})
    # Also what is shown as data, which a chart is.
    shell.room = min(shell.room, room - len(told))
    if shell.room < 0:
        error = {
            "output_type": "error",
            "ename": "ReportError",
            "evalue": TOO_MUCH,
            "traceback": [],
        }
        return _json({"outputs": [error], "execution_count": number, "failed": True})
    return told


def _json(value: Any) -> str:
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except ValueError:
        from jupyter_client.jsonutil import json_clean

        return json.dumps(json_clean(value), default=_plain)


def _plain(value: Any) -> Any:
    """What a kernel sends for a value that JSON does not know: bytes are in base 64, say."""
    from jupyter_client.jsonutil import json_default

    return json_default(value)
