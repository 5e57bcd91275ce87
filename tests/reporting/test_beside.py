import os
from collections.abc import Callable

import pytest

from pmanalytics.reporting import beside
from pmanalytics.reporting.beside import begun

FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def test_work_is_done_here_where_a_process_must_not_fork() -> None:
    assert begun(os.getpid)() == os.getpid()


@FORK
def test_work_is_done_in_a_fork_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    results = [begun(os.getpid), begun(lambda: "x" * 5_000_000)]
    first, second = (result() for result in results)
    assert first != os.getpid()
    assert second == "x" * 5_000_000


@FORK
def test_work_that_fails_beside_is_done_again_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    with pytest.raises(ZeroDivisionError):
        begun(lambda: 1 / 0)()


@FORK
def test_what_cannot_be_sent_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    made_by = begun(lambda: _saying(os.getpid()))()
    assert made_by() == os.getpid()


def _saying(number: int) -> Callable[[], int]:
    """A function that pickle cannot send."""
    return lambda: number
