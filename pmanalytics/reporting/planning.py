"""What is asked of a report, checked before any work is done, and whether it is there already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pmanalytics.errors import UsageError
from pmanalytics.pseudonyms import mark_of_secret
from pmanalytics.reporting.fingerprints import Inputs, fingerprint
from pmanalytics.reporting.folders import slug
from pmanalytics.reporting.manifest import MANIFEST, is_whole, read_manifest
from pmanalytics.reporting.notebooks import Notebook, checked_parameters, find_notebook
from pmanalytics.words import whole_letters

__all__ = ["APART", "PLACES", "PREVIOUS", "Job", "Plan", "plan"]

NO_PERIOD: Final = "all"
# What a report is given beside its own options.
APART: Final = ("config", "output", "period", "as_of")
# Where to write, and where an earlier report lies: told to the notebook, and no reader's business.
PLACES: Final = ("earlier", "output")
PREVIOUS: Final = "{previous}"  # stands for the period before in the name of a folder
LONGEST_LABEL: Final = 60


@dataclass(frozen=True)
class Job:
    """A report to make, or with `each` one for every value of a column of the items.

    `settings` are the report's own options, `period` is as in `report`.
    """

    name: str = "quarterly"
    settings: Mapping[str, Any] = field(default_factory=dict)
    each: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Plan:
    """One report to make: its notebook, what was given for it, and where it goes."""

    notebook: Notebook
    given: Mapping[str, Any]
    subject: Mapping[str, Any]
    output: Path
    inputs: Inputs
    browser: str = ""  # what prints the page, where a PDF is wanted

    @property
    def label(self) -> str:
        """How people are told which report is meant."""
        named = ", ".join(f"{name}={value}" for name, value in sorted(self.subject.items()))
        return f"{self.notebook.name} ({named[:LONGEST_LABEL]})" if named else self.notebook.name

    @property
    def place(self) -> Path:
        """The folder below that of the period: a subject has one of its own beneath."""
        # As JSON, two subjects that differ never read alike.
        named = json.dumps(dict(sorted(self.subject.items()))) if self.subject else ""
        return Path(slug(self.notebook.name)) / (slug(named) if named else "")

    def folder(self, period: str | None) -> Path:
        """The folder of the report on a period."""
        return self.output / slug(period or NO_PERIOD) / self.place

    @property
    def shown(self) -> dict[str, Any]:
        """The parameters that a reader sees: no path of this machine, nor the folder of a run."""
        values = {
            parameter.name: self.given.get(parameter.name, parameter.default)
            for parameter in self.notebook.parameters
            if parameter.name not in PLACES
        }
        config = {"config": _relative(Path(self.given["config"]))} if "config" in self.given else {}
        return values | config

    def running(self, written: Path) -> dict[str, Any]:
        """The parameters that the notebook runs with: where it writes, and where the last lies."""
        places = {
            "earlier": str(self.output.resolve() / PREVIOUS / self.place),
            "output": str(written.resolve()),
        }
        declared = {parameter.name for parameter in self.notebook.parameters}
        return {**{name: path for name, path in places.items() if name in declared}, **self.given}

    def fingerprint(self, period: str | None) -> str:
        """What the report on a period, which the data may say, would be made from now."""
        asked = {"parameters": self.shown, "pdf": bool(self.browser)}
        asked |= {"pseudonyms": mark} if (mark := mark_of_secret()) else {}
        earlier = str(self.running(Path()).get("earlier") or "")
        paths = [Path(earlier.replace(PREVIOUS, _before(period)))] if earlier else []
        return fingerprint(self.notebook, asked, self.inputs, paths=paths)

    @property
    def candidates(self) -> tuple[Path, ...]:
        """The folders, one for each period, that hold such a report."""
        found = self.output.glob(f"*/{self.place.as_posix()}/{MANIFEST}")
        return tuple(sorted(mark.parent for mark in found))

    def kept(self) -> Path | None:
        """The folder of this very report, whole, when it is there already."""
        for folder in self.candidates:
            manifest = read_manifest(folder) or {}
            period = str(manifest.get("period") or "")
            same = manifest.get("fingerprint") == self.fingerprint(period)
            if same and folder == self.folder(period) and is_whole(folder, manifest):
                return folder
        return None


def plan(job: Job, *, as_of: str | None, output: Path, inputs: Inputs, browser: str = "") -> Plan:
    """Check what is asked of one report; `each` is not looked at.

    Raises UsageError for an unknown report, an option that it does not declare, or a value that
    does not fit.
    """
    notebook = find_notebook(job.name)
    for option in job.settings:
        if option in APART:
            raise UsageError(
                f"The report {notebook.name!r} cannot have {option!r} among its own options; give "
                "it apart from them."
            )
    options = {"config": inputs.config, "period": job.period, "as_of": as_of}
    apart = checked_parameters(notebook, {name: text for name, text in options.items() if text})
    own = checked_parameters(notebook, job.settings)
    _demand_letters({"output": str(output.resolve()), **apart, **own})
    subject = {name: value for name, value in own.items() if name not in PLACES}
    return Plan(notebook, {**apart, **own}, subject, output, inputs, browser)


def _demand_letters(given: Mapping[str, Any]) -> None:
    """A notebook is UTF-8, and what it runs with is written into it."""
    for name, value in given.items():
        if isinstance(value, str) and (shown := whole_letters(value)) != value:
            raise UsageError(f"{shown!r} is not UTF-8; give the report another {name}.")


def _relative(path: Path) -> str:
    resolved = path.resolve()
    here = Path.cwd()
    return resolved.relative_to(here).as_posix() if resolved.is_relative_to(here) else path.name


def _before(period: str | None) -> str:
    """The name of the folder of the period before; empty where there is none."""
    from pmanalytics.periods import parse_period, previous_period

    try:
        return slug(previous_period(parse_period(period or "")).name)
    except UsageError:
        return ""
