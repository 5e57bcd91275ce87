"""Drafting: from a folder of exports to a commented configuration.

Every file is looked at on its own, exports that are alike share a [[source]], and what a person
has to settle becomes a proposal. Before it is handed out the draft is read, and a mapping after
which less would be known than without it is proposed only.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pmanalytics.candidates import SOUGHT
from pmanalytics.datasets import Dataset, read_configured
from pmanalytics.drafting.looking import Seen, as_mapped, look_at
from pmanalytics.drafting.proposals import Group, grouped
from pmanalytics.drafting.writing import draft_text, relative
from pmanalytics.errors import InputError, UsageError
from pmanalytics.inputs import exports_at
from pmanalytics.settings import CONFIGURATION_FILE, load_settings
from pmanalytics.words import counted, plain
from pmanalytics.writing import new_file

__all__ = ["Draft", "draft_settings"]

Location = str | Path
# Few columns have a name that may mean these; a priority is often taken for a severity.
_ASKED_IN_DOUBT: Final = ("incident_id", "team", "service")
_SOURCES: Final = ("items", "incidents", "events")


@dataclass(frozen=True, eq=False)
class Draft:
    """A drafted configuration, the data as it reads them, and what to settle first.

    `files` are the files that were looked at, `path` is where the draft was written, if it was.
    """

    text: str
    data: Dataset
    files: tuple[Seen, ...]
    questions: tuple[str, ...]
    path: Path | None = None


def draft_settings(
    path: Location | Sequence[Location], *, output: Location | None = CONFIGURATION_FILE
) -> Draft:
    """Look at exports and draft a commented `pmanalytics.toml`.

    `path` is a file, a folder or a glob, or several of these. `output` is the file to write, which
    is never overwritten; None writes nothing, and then paths are relative to the working directory.
    Reading with the draft gives at least what reading without it gives. Raises UsageError when
    `output` exists, and InputError when there is no file or none can be read.

    Examples:
        >>> from pmanalytics.samples import sample_folder
        >>> draft = draft_settings(sample_folder(), output=None)
        >>> len(draft.files)
        12
    """
    target = Path(output) if output is not None else None
    if target is not None and target.exists():
        raise _exists(target)
    folder = target.parent if target else Path()
    given = [path] if isinstance(path, (str, Path)) else list(path)
    files = tuple(look_at(file, name=relative(file, folder)) for file in _files(given))
    if all(file.problem for file in files):
        files = tuple(as_mapped(file) if file.suggested else file for file in files)
    if all(file.problem for file in files):
        more = f" (and {counted(len(files) - 1, 'other file')} neither)" if len(files) > 1 else ""
        raise InputError(f"{files[0].problem.removesuffix('.')}{more}.")
    groups = grouped(file for file in files if file.table in _SOURCES)
    text, data = _sound(files, groups, folder)
    if target is not None:
        _write(target, text)
    return Draft(text, data, files, tuple(_questions(files, groups)), target)


def _exists(target: Path) -> UsageError:
    return UsageError(
        f"{target} exists and is never overwritten; move it away, or write the draft elsewhere, "
        "like --output draft.toml (--output - prints it)."
    )


def _files(given: Sequence[Location]) -> list[Path]:
    found: dict[Path, Path] = {}
    for place in map(Path, given):
        files = [file for file in exports_at(place) if not _is_of_report(file)]
        if not files:
            raise InputError(
                f"There is no export in {str(place)!r}; name files, a folder or a glob of exports."
            )
        found |= {file.resolve(): file for file in files}
    return list(found.values())


def _is_of_report(file: Path) -> bool:
    """Whether a file lies in the folder of a report, which is made from exports and is none."""
    return any(
        (folder / "manifest.json").is_file() and (folder / "report.html").is_file()
        for folder in file.parents
    )


def _write(target: Path, text: str) -> None:
    try:
        # Between the look and the writing somebody may have made the file.
        new_file(target, text.encode("utf-8"))
    except FileExistsError as problem:
        raise _exists(target) from problem
    except OSError as problem:
        raise UsageError(
            f"The draft cannot be written to {target} ({problem.strerror}); write it elsewhere, "
            "like --output draft.toml (--output - prints it)."
        ) from problem


def _sound(files: Sequence[Seen], groups: Sequence[Group], folder: Path) -> tuple[str, Dataset]:
    """The draft with the most mappings after which nothing is lost, and the data it reads."""
    plainest = draft_text(files, groups, folder, mapped=())
    before = _read(plainest, folder)
    chosen = {proposal.column for group in groups for proposal in group.chosen}
    for mapped in _choices([column for column in SOUGHT if column in chosen]):
        text = draft_text(files, groups, folder, mapped=mapped)
        after = _read(text, folder)
        if all(now >= then for then, now in zip(_known(before), _known(after), strict=True)):
            return text, after
    return plainest, before


def _choices(columns: Sequence[str]) -> Iterator[Collection[str]]:
    """All columns, then all but one; the incident is the one that most likely does harm."""
    if columns:
        yield columns
    for column in columns if len(columns) > 1 else ():
        yield [other for other in columns if other != column]


def _read(text: str, folder: Path) -> Dataset:
    """Read what a draft names, as if it lay in the folder."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / CONFIGURATION_FILE
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as problem:
            raise UsageError(
                "The draft cannot be tried in the folder for temporary files "
                f"({problem.strerror}); free some space there and try again."
            ) from problem
        settings = load_settings(file)
    return read_configured(replace(settings, folder=folder.resolve()))


def _known(data: Dataset) -> tuple[int, ...]:
    """What must not become less: rows that are read, and cells that say something."""
    items, incidents = data.items, data.incidents
    severity = items["severity"].str.fullmatch("sev[0-9]").fillna(value=False)
    kind = items["kind"].notna() & (items["kind"] != "other")
    linked = items["incident_id"].isin(incidents["incident_id"])
    named = [items[c].notna() for c in ("incident_id", "team", "service", "closed_at", "state")]
    counts = [int(flag.sum()) for flag in (severity, kind, linked, *named)]
    return (len(items), len(incidents), -len(data.rejects), *counts)


def _questions(files: Sequence[Seen], groups: Sequence[Group]) -> Iterator[str]:
    """What to settle first, in sentences."""
    for group in groups:
        names = ", ".join(file.name for file in group.files[:2])
        where = plain(f"{names}, ..." if len(group.files) > 2 else names)
        if group.zoneless:
            times = counted(group.zoneless, "time")
            yield f"{where}: {times} without a zone; say which under timezone."
        chosen = {proposal.column for proposal in group.chosen}
        possible = [p for p in group.proposals if p.column not in chosen]
        asked = [p for p in possible if p.sure or p.column in _ASKED_IN_DOUBT]
        for column in dict.fromkeys(proposal.column for proposal in asked):
            listed = " or ".join(f"{plain(p.written)!r}" for p in asked if p.column == column)
            yield f"{where}: is {column} in {listed}? If so, take the # away."
        for section, counts in group.words.items():
            words = counted(len(counts), "word")
            rows = counted(sum(counts.values()), "row")
            yield f"{where}: {words} under [source.{section}], which {rows} have."
        if group.mark:
            kept = f"{group.mark.rows:,} of {counted(group.rows, 'row')}"
            yield f"{where}: only {kept} look like postmortem work; see [source.where]."
    for file in files:
        if file.suggested and file.problem:
            yield f"{plain(file.name)}: no known format; see the lines that would read it."
    if not any(file.table in ("services", "teams", "people") for file in files):
        yield "No file says who owns what; name one under [registry]."
