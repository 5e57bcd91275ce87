"""Targets that are typed: arguments of the command line, one on each line."""

import contextlib
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import click

import pmanalytics as pma
from pmanalytics.cli import verbs
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.notebooks import find_notebook
from pmanalytics.reporting.planning import Job, plan
from pmanalytics.snapshots import Snapshot
from tests.answers.returning import small_organisation
from tests.fuzzing.invariants import refused_in_a_sentence
from tests.fuzzing.targets import Target

__all__ = ["TARGETS"]

# Verbs that only read; the others write where they are told to, or run for long.
VERBS: Final = ("metrics", "policy", "owners", "agenda", "history", "check", "read", "list")


def type_in(data: bytes, folder: Path) -> None:
    """Run a verb with some arguments, in the folder of a small organisation."""
    arguments = _lines(data)
    if not arguments or arguments[0] not in VERBS or _leads_away(arguments):
        return
    small_organisation(folder)
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogateescape")
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.suppress(click.ClickException, click.exceptions.Abort, SystemExit),
        refused_in_a_sentence(),
    ):
        verbs.main(arguments, standalone_mode=False)


def set_options(data: bytes, folder: Path) -> None:
    """Plan a report and narrow a snapshot by options, each a line `name=value`."""
    pairs = [line.partition("=")[::2] for line in _lines(data)]
    given = dict(pairs)
    name, period, as_of = (given.pop(key, None) for key in ("report", "period", "as_of"))
    where = {key[6:]: value for key, value in given.items() if key.startswith("where.")}
    settings = {key: value for key, value in given.items() if key not in where}
    with refused_in_a_sentence():
        job = Job(name or "quarterly", settings=settings, period=period)
        planned = plan(job, as_of=as_of, output=folder, inputs=Inputs())
        place = planned.folder(period).resolve()
        assert place.is_relative_to(folder.resolve())
    for attempt in _narrowings(where, period, as_of):
        with refused_in_a_sentence():
            attempt()


def describe(data: bytes, folder: Path) -> None:
    """Plan the report of somebody's notebook."""
    path = folder / "own.ipynb"
    path.write_bytes(data)
    with refused_in_a_sentence(path.name):
        notebook = find_notebook(str(path))
        given = {each.name: str(each.default) for each in notebook.parameters}
        with refused_in_a_sentence():
            plan(Job(str(path), settings=given), as_of=None, output=folder, inputs=Inputs())


def _narrowings(
    where: dict[str, str], period: str | None, as_of: str | None
) -> list[Callable[[], object]]:
    return [
        lambda: pma.standings(_judged().where(**where)),
        lambda: pma.standings(_judged(), by=list(where)),
        lambda: pma.parse_period(period or "", as_of=_judged().as_of),
        lambda: pma.snapshot(_data(), as_of=as_of or "", period=period),
        lambda: pma.parse_tries(list(where.values()), policy=pma.DEFAULT_POLICY),
    ]


@cache
def _data() -> pma.Dataset:
    from tests.fuzzing.folders import seeds_folder

    return small_organisation(seeds_folder("typed")).data()


@cache
def _judged() -> Snapshot:
    return pma.snapshot(_data(), as_of="2026-10-12")


def _lines(data: bytes) -> list[str]:
    """The lines as arguments come: without NUL, other bytes as they are."""
    return data.replace(b"\0", b"").decode("utf-8", "surrogateescape").split("\n")


def _leads_away(arguments: list[str]) -> bool:
    """Whether an argument may name a place outside of the folder."""
    return any(".." in text or "~" in text or text.startswith("/") for text in arguments) or any(
        "=/" in text for text in arguments
    )


SEEDS: Final = (
    b"metrics\nattainment\n--by\nteam\n--period\n2026Q3\n--as-of\n2026-10-12",
    b"metrics\nstandings\n--format\ncsv\n--period\nlast-week",
    b"policy\n--try\nsev1=20\n--try\nsev2/prevent=30b\n--as-of\n2026-10-12",
    b"agenda\nINC-1\n--identify\n--as-of\n2026-10-12",
    b"history\nown:PAY-1\n--config\npmanalytics.toml",
    b"check\nitems.csv\n--strict",
    b"read\nitems.csv\n--json",
    b"owners\n--format\ncsv",
    b"list\nmetrics",
)
OPTIONS: Final = (
    b"period=2026Q3\nas_of=2026-10-12\nwhere.team=Payments\nwhere.state=open",
    b"report=team\nteam=Payments\nperiod=2026-09\nas_of=2026-10-12\nwhere.x=sev1=20",
    b"report=quarterly\nservice=checkout\nperiod=2026-07-01..2026-09-30\nwhere.y=sev2/prevent=30b",
)
NOTEBOOK: Final = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# A report\n", "of ours"]},
            {
                "cell_type": "code",
                "metadata": {"tags": ["parameters"]},
                "source": ["period: str = '2026Q3'  # what it is about\n", "most: int = 10\n"],
            },
            {"cell_type": "code", "metadata": {}, "source": "print(period, most)"},
        ],
        "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
).encode()
TARGETS: Final = (
    Target(name="command-line", form="text", seeds=lambda: SEEDS, work=type_in),
    Target(name="notebook", form="json", seeds=lambda: [NOTEBOOK], work=describe),
    Target(name="options", form="text", seeds=lambda: OPTIONS, work=set_options),
)
