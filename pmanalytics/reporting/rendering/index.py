"""The index: one page at the root of an output folder that leads to every report below it.

It is made from the manifests that are found, so that a folder that is not whole is not listed, and
the same folders give the same bytes. It runs no script.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pmanalytics import words
from pmanalytics.errors import UsageError
from pmanalytics.periods import Period, parse_period
from pmanalytics.reporting.folders import door
from pmanalytics.reporting.manifest import MANIFEST, read_manifest
from pmanalytics.reporting.rendering.templating import environment, safe, template_text
from pmanalytics.words import COLUMNS

__all__ = ["index_html", "update_index"]

INDEX: Final = "index.html"
# What tells our index from a page of somebody else in the same place.
MARK: Final = '<meta name="generator" content="pmanalytics">'
HEAD: Final = 2000  # bytes in which the mark is looked for
STYLES: Final = ("page.css", "print.css", "index.css")
PAGE: Final = "report.html"
BESIDE: Final = {
    "report.pdf": "PDF", "workbook.xlsx": "workbook", "summary.md": "summary"
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One file of a report, as the index names it."""

    text: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One report in the index."""

    title: str
    subject: str
    organisation: str
    as_of: str
    sample: bool
    period: str
    page: str
    beside: tuple[Link, ...]


@dataclass(frozen=True)
class Group:
    """The reports of one title on one period, the one without a subject first."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Span:
    """All reports on one period."""

    name: str
    label: str
    groups: tuple[Group, ...]


def update_index(output: Path) -> Path | None:
    """Write `index.html` into an output folder, and return its path.

    Nothing is written where there is no report, and a page that another program wrote there is left
    alone: the answer is then None. Raises UsageError when the folder cannot be written.
    """
    if not output.is_dir():
        return None
    with door(output):
        place = output / INDEX
        entries = _entries(output)
        if (not entries and not place.exists()) or not _ours(place):
            return None
        _replace(place, index_html(entries))
    return place


def _ours(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return MARK.encode() in file.read(HEAD)
    except FileNotFoundError:
        return True


def _replace(place: Path, text: str) -> None:
    """Write a file that appears whole or not at all; one that is the same is not touched."""
    content = text.encode()
    # One run at a time comes here, so that the name may always be the same.
    new = place.with_name(f".{INDEX}.new")
    if place.exists() and place.read_bytes() == content:
        new.unlink(missing_ok=True)  # of a run that was killed
        return
    new.write_bytes(content)
    new.replace(place)


def index_html(entries: Iterable[Entry]) -> str:
    """Make the page that leads to some reports: the newest period of each kind, then earlier ones.

    It needs no other file and may load nothing; links are relative to the output folder.
    """
    listed = sorted(entries, key=_order)
    latest, earlier = _spans(listed)
    # The colours and the type are those of the pages.
    style = template_text(*STYLES)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            mark=safe(MARK),
            style=safe(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            organisations=sorted({entry.organisation for entry in listed if entry.organisation}),
            all_sample=bool(listed) and all(entry.sample for entry in listed),
            latest=latest,
            earlier=earlier,
        )
    )


def _entries(output: Path) -> list[Entry]:
    marks = [*output.glob(f"*/*/{MANIFEST}"), *output.glob(f"*/*/*/{MANIFEST}")]
    folders = [mark.parent for mark in marks if not _hidden(mark.relative_to(output))]
    found = [(folder, read_manifest(folder)) for folder in folders]
    return [
        _entry(folder, output, manifest)
        for folder, manifest in found
        if manifest is not None and (folder / PAGE).is_file()
    ]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _entry(folder: Path, output: Path, manifest: Mapping[str, Any]) -> Entry:
    def url(name: str) -> str:
        # With a dot in front, a colon in a name cannot be taken for a scheme.
        return "./" + quote((folder / name).relative_to(output).as_posix())

    subject = words.plain(manifest.get("subject") or "")
    title = words.plain(manifest.get("title") or folder.name)
    return Entry(
        # A page bears its subject in its title; here it stands beneath.
        title=title.removesuffix(f": {subject}"),
        subject=_label(subject, manifest.get("options")),
        organisation=words.plain(manifest.get("organisation") or ""),
        as_of=words.plain(manifest.get("as_of") or ""),
        sample=manifest.get("sample") is True,
        period=words.plain(manifest.get("period") or ""),
        page=url(PAGE),
        beside=tuple(
            Link(text, url(name)) for name, text in BESIDE.items() if (folder / name).is_file()
        ),
    )


def _label(subject: str, options: Any) -> str:
    """What a report is about, with what else was set for it."""
    given = options.items() if isinstance(options, Mapping) else ()
    named = [
        f"{COLUMNS[name][0] if name in COLUMNS else name}: {value}"
        for name, value in given
        if str(value).casefold() != subject.casefold()
    ]
    return words.plain("; ".join(filter(None, [subject, *named])))


def _order(entry: Entry) -> tuple[Any, ...]:
    """Newest period first, of two that end alike the longer one; then by title and subject."""
    period = _period(entry.period)
    ends, starts = (period.end, period.start) if period else (date.min, date.min)
    own = entry.title.casefold(), entry.title, entry.subject.casefold(), entry.subject
    return -ends.toordinal(), starts.toordinal(), entry.period, *own, entry.page


def _period(name: str) -> Period | None:
    try:
        return parse_period(name)
    except UsageError:
        return None


def _spans(listed: list[Entry]) -> tuple[list[Span], list[Span]]:
    latest: list[Span] = []
    earlier: list[Span] = []
    seen: set[str] = set()
    for name, held in groupby(listed, key=lambda entry: entry.period):
        period = _period(name)
        kind = period.kind if period else ""
        label = period.label if period else name or "without a period"
        (earlier if kind in seen else latest).append(Span(name, label, _groups(list(held))))
        seen.add(kind)
    return latest, earlier


def _groups(entries: list[Entry]) -> tuple[Group, ...]:
    """The reports of each title together, those on everything before those on subjects only."""
    groups = [
        Group(title, tuple(held)) for title, held in groupby(entries, key=lambda entry: entry.title)
    ]
    return tuple(sorted(groups, key=lambda group: bool(group.entries[0].subject)))
