"""Inputs: which files to read, how people call each, and what the configuration says of it."""

import glob as globbing
import hashlib
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from pmanalytics.catalogs import form_of
from pmanalytics.errors import InputError
from pmanalytics.settings import CONFIGURATION_FILE, Settings, Source, load_settings
from pmanalytics.store.layout import MANIFEST, is_store
from pmanalytics.store.ledgers import Ledger, kept_exports, read_source
from pmanalytics.trackers import postmortem_md
from pmanalytics.words import whole_letters

__all__ = [
    "Input",
    "Location",
    "configuration_at",
    "configured_inputs",
    "exports_at",
    "exports_of",
    "inputs_at",
    "kept_inputs",
]

Location = str | Path

SUFFIXES: Final = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls",
    ".html", ".htm", ".md", ".markdown", ".erb", ".yaml", ".yml",
)  # fmt: skip
DOCUMENT_SUFFIXES: Final = (".md", ".markdown", ".erb")
CODE_HOSTS: Final = (".github", ".gitlab")
_SHORT: Final = 8  # letters of a hash that people see
_LONGEST: Final = 200  # letters of a path in a message


@dataclass(frozen=True)
class Input:
    """A file to read, and how people and the configuration call it.

    An export that a store keeps has the ledger that names its parts, in the folder `store`; `path`
    is where the file lay that it was read from.
    """

    path: Path
    name: str
    source: Source
    store: Path | None = None
    ledger: Ledger | None = None

    @property
    def sha256(self) -> str:
        """The hash of the file; raises OSError when it cannot be read."""
        if self.ledger is not None:
            return self.ledger.sha256
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def inputs_at(given: list[Location], config: Location | None) -> tuple[Settings, list[Input]]:
    """The settings and the files that some places name; each file is read once.

    A place is a file, a folder, a glob or a configuration; a folder with a configuration is what
    that says, and a store is the exports that it keeps.
    """
    settings = load_settings(config) if config else None
    inputs: list[Input] = []
    for place in map(Path, given):
        _demand_reach(place)
        if file := configuration_at(place):
            settings = load_settings(file)
            inputs += configured_inputs(settings)
        elif is_store(place):
            inputs += kept_inputs(place, folder=place.parent)
        else:
            inputs += _found(place, settings or Settings())
    unique = {
        entry.ledger.sha256 if entry.ledger else entry.path.resolve(): entry for entry in inputs
    }
    return settings or Settings(), list(unique.values())


def _demand_reach(place: Path) -> None:
    """Refuse a place of which the system does not even say whether anything is there."""
    try:
        place.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return  # a pattern, say, or the error that there is no such file
    except OSError as problem:
        raise InputError(
            f"{str(place)[:_LONGEST]!r} cannot be looked at ({problem.strerror}); check the path."
        ) from problem


def configuration_at(place: Path) -> Path | None:
    """The configuration that a place is, or holds, if it does."""
    file = place / CONFIGURATION_FILE if place.is_dir() else place
    return file if file.suffix == ".toml" and (file.is_file() or place == file) else None


def configured_inputs(settings: Settings) -> list[Input]:
    """The files that a configuration names; a pattern that fits nothing is an error.

    With a store, these are the exports that it keeps, and those of the named ones that it lacks.
    """
    registry = settings.registry
    named = chain(registry.services, registry.teams, registry.people, registry.attendance)
    inputs = [*_exports(settings), *_files(Source(path=tuple(named)), settings)]
    if settings.decisions and (settings.folder / settings.decisions).is_file():
        inputs.append(Input(settings.folder / settings.decisions, settings.decisions, Source()))
    return inputs


def exports_of(config: Path) -> tuple[Settings, list[Input]]:
    """The settings of a configuration and the exports that it names, registry and store aside."""
    settings = load_settings(config)
    # What a store keeps already may be gone, and the next exports need not all come at once.
    kept = settings.store is not None and is_store(settings.folder / settings.store)
    sources = settings.sources
    inputs = [entry for source in sources for entry in _files(source, settings, needed=not kept)]
    return settings, list({entry.path.resolve(): entry for entry in inputs}.values())


def _exports(settings: Settings) -> list[Input]:
    if settings.store is None or not is_store(settings.folder / settings.store):
        return [entry for source in settings.sources for entry in _files(source, settings)]
    kept = kept_inputs(settings.folder / settings.store, folder=settings.folder)
    known = {entry.sha256 for entry in kept}
    # An export that a store keeps need not be there any more.
    found = [
        entry
        for source in settings.sources
        for entry in _files(source, settings, needed=not kept)
        if _digest(entry) not in known
    ]
    taken = {entry.name for entry in found}
    return [*(_named_apart(entry, taken) for entry in kept), *found]


def kept_inputs(store: Path, *, folder: Path) -> list[Input]:
    """The exports that a store keeps, in the order in which they came.

    Of several with one name the last one bears it, and earlier ones have the beginning of their
    hash behind it; `folder` is where the files lay.
    """
    inputs: list[Input] = []
    taken: set[str] = set()
    for ledger in reversed(kept_exports(store)):
        entry = Input(folder / ledger.path, ledger.path, read_source(ledger), store, ledger)
        inputs.append(_named_apart(entry, taken))
        taken.add(ledger.path)
    return inputs[::-1]


def _named_apart(entry: Input, taken: set[str]) -> Input:
    """An export that a store keeps, under a name of its own."""
    if entry.name not in taken or entry.ledger is None:
        return entry
    name = f"{entry.name}@{entry.ledger.sha256[:_SHORT]}"
    return replace(entry, name=name, ledger=replace(entry.ledger, path=name))


def _digest(entry: Input) -> str:
    try:
        return entry.sha256
    except OSError:
        return ""


def _files(source: Source, settings: Settings, *, needed: bool = True) -> list[Input]:
    inputs: list[Input] = []
    for pattern in source.path:
        found = exports_at(settings.folder / pattern)
        if not found and needed:
            raise InputError(
                f"The configuration in {settings.folder.name or '.'} names {pattern!r}, and no "
                "file is there; mend the path or export the file again."
            )
        inputs += [Input(file, _shown(file, settings.folder), source) for file in found]
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
        stores = [found.parent for found in place.rglob(MANIFEST)]
        files = [file for file in files if not any(map(file.is_relative_to, stores))]
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
        return whole_letters(file.resolve().relative_to(folder.resolve()).as_posix())
    except ValueError:
        return whole_letters(file.name)
