"""Gathering: the workbooks that are named, each once, and whether they are of these data."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmanalytics.answers.current import known_keys
from pmanalytics.answers.edited import read_edited
from pmanalytics.answers.model import Edited
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.words import plain
from pmanalytics.workbook.cells import cell_text

__all__ = ["Gathered", "gathered"]

# What spreadsheets also save; a folder of answers that holds one is not read whole.
_OTHERS: Final = (".xls", ".xlsm", ".xlsb", ".ods")
_LOCKS: Final = ("~$", ".")


@dataclass(frozen=True)
class Gathered:
    """The workbooks that were read, and for each other file, by name, why it was not."""

    books: tuple[Edited, ...]
    unread: dict[str, str]


def gathered(paths: Iterable[str | Path], data: Dataset) -> Gathered:
    """Read the workbooks that are named; of a folder all that are in it.

    A file that is named twice, or has the bytes of another one, is read once. One that cannot be
    read, or was made from other data, does not stop the others. Raises InputError for a folder
    without a workbook, and when no file can be used.
    """
    keys = known_keys(data)
    books: dict[str, Edited] = {}
    unread: dict[str, str] = {}
    problems: list[InputError] = []
    for file in _files(paths):
        try:
            book = _read(file, data, keys)
        except InputError as problem:
            unread[file.name] = plain(problem)
            problems.append(problem)
        else:
            books.setdefault(book.sha256, book)
    if problems and not books:
        raise problems[0]
    return Gathered(tuple(books.values()), unread)


def _files(paths: Iterable[str | Path]) -> list[Path]:
    """Every file once, in the order of the paths, those of a folder by their names."""
    files: dict[Path, Path] = {}
    for path in map(Path, paths):
        found = _in_folder(path) if path.is_dir() else [path]
        for file in found:
            files.setdefault(file.resolve(), file)
    return list(files.values())


def _in_folder(folder: Path) -> list[Path]:
    try:
        inside = sorted(file for file in folder.iterdir() if not file.name.startswith(_LOCKS))
    except OSError as problem:
        raise InputError(
            f"The folder {folder} cannot be read ({problem.strerror}); name another one."
        ) from problem
    found = [file for file in inside if file.suffix.lower() in (".xlsx", *_OTHERS)]
    if not any(file.suffix.lower() == ".xlsx" for file in found):
        raise InputError(
            f"There is no workbook (.xlsx) in the folder {plain(folder)}; name the edited ones."
        )
    return found


def _read(file: Path, data: Dataset, keys: dict[str, str]) -> Edited:
    """One workbook, if it was made from the data that it is applied to."""
    if file.suffix.lower() in _OTHERS:
        raise InputError(f"{plain(file.name)} is no .xlsx; save it as one, and apply that.")
    book = read_edited(file, zone=data.settings.timezone)
    if other := _other_data(book, data, keys):
        raise InputError(
            f"{plain(book.name)} {other}; name the configuration that it was made with."
        )
    return book


def _other_data(book: Edited, data: Dataset, keys: dict[str, str]) -> str:
    """Why a workbook is not of these data, or the empty text."""
    sample, ours = data.settings.sample, cell_text(data.settings.organisation).strip()
    if bool(book.about.get("sample")) != sample:
        whose, these = ("real data", "the sample") if sample else ("the sample", "real ones")
        return f"was made from {whose}, and these data are {these}"
    theirs = book.about.get("organisation", "").strip()
    if theirs and ours and theirs != ours:
        return f"was made for {theirs!r}, and these data are those of {ours!r}"
    if book.baseline and not _knows_any(book, data, keys):
        return "asks about nothing that these data know"
    return ""


def _knows_any(book: Edited, data: Dataset, keys: dict[str, str]) -> bool:
    if not keys.keys().isdisjoint(book.baseline):
        return True
    incidents = {cell_text(one) for one in data.incidents["incident_id"].dropna()}
    return any(told.get("repeat_of") in incidents for told in book.baseline.values())
