"""Inputs: which files to read, how people call each, and what the configuration says of it."""

import glob as globbing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from pmanalytics.catalogs import form_of
from pmanalytics.errors import InputError
from pmanalytics.settings import CONFIGURATION_FILE, Settings, Source, load_settings
from pmanalytics.trackers import postmortem_md

__all__ = [
    "Input",
    "Location",
    "configuration_at",
    "configured_inputs",
    "exports_at",
    "inputs_at",
]

Location = str | Path

SUFFIXES: Final = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls",
    ".html", ".htm", ".md", ".markdown", ".erb", ".yaml", ".yml",
)  # fmt: skip
DOCUMENT_SUFFIXES: Final = (".md", ".markdown", ".erb")
CODE_HOSTS: Final = (".github", ".gitlab")


@dataclass(frozen=True)
class Input:
    """A file to read, and how people and the configuration call it."""

    path: Path
    name: str
    source: Source


def inputs_at(given: list[Location], config: Location | None) -> tuple[Settings, list[Input]]:
    """The settings and the files that some places name; each file is read once.

    A place is a file, a folder, a glob or a configuration; a folder with a configuration is what
    that says.
    """
    settings = load_settings(config) if config else None
    inputs: list[Input] = []
    for place in map(Path, given):
        if file := configuration_at(place):
            settings = load_settings(file)
            inputs += configured_inputs(settings)
        else:
            inputs += _found(place, settings or Settings())
    unique = {entry.path.resolve(): entry for entry in inputs}
    return settings or Settings(), list(unique.values())


def configuration_at(place: Path) -> Path | None:
    """The configuration that a place is, or holds, if it does."""
    file = place / CONFIGURATION_FILE if place.is_dir() else place
    return file if file.suffix == ".toml" and (file.is_file() or place == file) else None


def configured_inputs(settings: Settings) -> list[Input]:
    """The files that a configuration names; a pattern that fits nothing is an error."""
    inputs = []
    registry = settings.registry
    named = chain(registry.services, registry.teams, registry.people, registry.attendance)
    sources = [*settings.sources, Source(path=tuple(named))]
    for source in sources:
        for pattern in source.path:
            found = exports_at(settings.folder / pattern)
            if not found:
                raise InputError(
                    f"The configuration in {settings.folder.name or '.'} names {pattern!r}, and no "
                    "file is there; mend the path or export the file again."
                )
            inputs += [Input(file, _shown(file, settings.folder), source) for file in found]
    if settings.decisions and (settings.folder / settings.decisions).is_file():
        inputs.append(Input(settings.folder / settings.decisions, settings.decisions, Source()))
    return inputs


def _found(place: Path, settings: Settings) -> list[Input]:
    files = exports_at(place)
    if not files and not place.is_dir():
        raise InputError(f"There is no file {str(place)!r}; check the path.")
    base = place if place.is_dir() else place.parent
    return [Input(file, _shown(file, base), _source_of(file, settings)) for file in files]


def exports_at(place: Path) -> list[Path]:
    """The files that a path names: those in a folder, the file itself, or what a glob matches."""
    if place.is_dir():
        files = sorted(file for file in place.rglob("*") if _is_export(file))
        return [file for file in files if file.is_file() and not _hidden(file, place)]
    if place.is_file():
        return [place]
    matches = globbing.glob(str(place))  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [Path(match) for match in sorted(matches) if Path(match).is_file()]


def _is_export(file: Path) -> bool:
    # Many folders hold documents that are no exports, as they hold pictures.
    if file.suffix.lower() in DOCUMENT_SUFFIXES:
        return postmortem_md.is_postmortem_file(file)
    return file.suffix.lower() in SUFFIXES or form_of(file) == "text"


def _hidden(file: Path, folder: Path) -> bool:
    # A program of an office marks what is open in it; code hosts have folders for CODEOWNERS.
    if file.name.startswith(("~$", ".~lock.")):
        return True
    seen = CODE_HOSTS if form_of(file) == "text" else ()
    parts = file.relative_to(folder).parts
    return any(part.startswith(".") and part not in seen for part in parts)


def _source_of(file: Path, settings: Settings) -> Source:
    """The configured source whose path names the file, else one without any mapping."""
    for source in settings.sources:
        for pattern in source.path:
            if file.resolve() in [
                known.resolve() for known in exports_at(settings.folder / pattern)
            ]:
                return source
    return Source()


def _shown(file: Path, folder: Path) -> str:
    """A file's path as reports may show it: never a path of this machine."""
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return file.name
