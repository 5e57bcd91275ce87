"""A browser that does what a reader does: open, press keys, click, and say what is seen.

It is told through the pipe that Chromium opens for it (the DevTools protocol), so that no port is
opened and nothing more need be installed.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Reader:
    """One page in a browser without a window."""

    def __init__(self, ask: int, told: int) -> None:
        self._ask, self._told = os.fdopen(ask, "wb", 0), os.fdopen(told, "rb", 0)
        self._left, self._number, self._session = b"", 0, None

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer; what else the browser tells is left out."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._ask.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = self._told.read(1 << 16)
            assert part, "The browser ended."
            self._left += part
        message, self._left = self._left.split(b"\0", 1)
        return json.loads(message)

    def attach(self) -> None:
        """Take the first page."""
        pages = self.call("Target.getTargets")["targetInfos"]
        page = next(page for page in pages if page["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]

    def leaves(self) -> None:
        """Close both pipes."""
        self._ask.close()
        self._told.close()

    def does(self, code: str) -> Any:
        """Run a script in the page; an error in it is an error here."""
        done = self.call("Runtime.evaluate", expression=code, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def opens(self, address: str) -> None:
        """Open an address and wait until it is there."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.waits_for("location.href !== 'about:blank' && document.readyState === 'complete'")

    def waits_for(self, code: str) -> None:
        """Wait until something holds; it does in a moment, or something is wrong."""
        for _ in range(200):
            if self.does(code):
                return
            time.sleep(0.05)
        raise AssertionError(f"It never came to be that {code}.")

    def presses(self, key: str) -> None:
        """Press a key."""
        codes = {"Escape": 27, "Enter": 13, "Tab": 9}
        text = {"text": "\r"} if key == "Enter" else {}
        key_of = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key_of, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key_of)


@contextmanager
def reader(program: str, profile: Path, *flags: str) -> Iterator[Reader]:
    """Start a browser and end it; only the process that was started is ended."""
    its_in, ask = os.pipe()
    told, its_out = os.pipe()
    command = [program, *flags, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
    # The browser reads from 3 and writes to 4; neither may be one of the pipes before that.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (its_in, its_out)]
    actions = [
        (os.POSIX_SPAWN_DUP2, ends[0], 3),
        (os.POSIX_SPAWN_DUP2, ends[1], 4),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    process = os.posix_spawn(program, [*command, "about:blank"], os.environ, file_actions=actions)
    for end in (its_in, its_out, *ends):
        os.close(end)
    page = Reader(ask, told)
    try:
        page.attach()
        yield page
    finally:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
        page.leaves()
