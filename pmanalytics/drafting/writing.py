"""Writing: the draft as a file that can be read at once, and that a person can go on from.

What is certain stands there; what a person has to say is a proposal behind `#`, with what it rests
on beside it. Whoever takes the `#` away has a line that holds.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pmanalytics.datasets import Dataset
from pmanalytics.drafting.looking import REGISTRY, Seen, rows_in_words
from pmanalytics.drafting.proposals import Group, Proposal, guessed
from pmanalytics.drafting.quoting import comment, entry, quoted, quoted_list
from pmanalytics.labels import label_values
from pmanalytics.policy import DEFAULT_POLICY
from pmanalytics.settings import Labels
from pmanalytics.trackers import TRACKERS
from pmanalytics.words import counted, plain

__all__ = ["draft_text", "files_in", "relative"]

_ASKED: Final[Mapping[str, str]] = {
    "states": "open, done or dropped?",
    "kinds": "prevent, detect, mitigate, process or other?",
    "severities": "which severity?",
}
_EXAMPLES: Final[Mapping[str, str]] = {
    "services": "catalog-info.yaml",
    "teams": "teams.csv",
    "people": "people.csv",
    "attendance": "attendance.csv",
}
_MEANINGS: Final[Mapping[str, str]] = {
    "services": "which team owns which service",
    "teams": "which team works in which tracker project",
    "people": "which person is in which team",
    "attendance": "who came to the reviews",
}
_FEW: Final = 3


def draft_text(
    files: Sequence[Seen], groups: Sequence[Group], folder: Path, *, mapped: Collection[str]
) -> str:
    """The draft as TOML; `mapped` names our columns that may be mapped without asking."""
    lines = [
        comment(f"Drafted by 'pmanalytics init' from {counted(len(files), 'file')}."),
        "# All of it is optional. Lines behind # are proposals: take the # away where they hold.",
        "# Paths are relative to this file.",
        "",
        entry('organisation = "Example"', "the name on every page", proposed=True),
        entry('timezone = "UTC"', 'days are counted here; yours, like "Europe/Berlin"'),
        *_decisions(files),
        "",
        "# --- Where the tickets and incidents are: one [[source]] for exports that are alike. ---",
    ]
    for group in groups:
        lines += ["", *_source(group, folder, mapped)]
    lines += ["", *_unread(files), *_labels(files), "", *_registry(files), "", *_policy()]
    return "\n".join(lines) + "\n"


def relative(path: Path, folder: Path) -> str:
    """A path as the configuration names it: from its own folder, where there is such a way."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def files_in(names: Sequence[str], folder: Path) -> list[str]:
    """The names of files, or the glob that fits these files and no others."""
    suffixes, parents = {Path(n).suffix for n in names}, {Path(n).parent for n in names}
    if len(names) <= _FEW or len(suffixes) > 1 or len(parents) > 1:
        return list(names)
    pattern = (parents.pop() / f"*{suffixes.pop()}").as_posix()
    place = folder / pattern
    if any(mark in pattern[:-1] for mark in "[?") or "*" in str(place.parent):
        return list(names)
    found = {relative(path, folder) for path in place.parent.glob(place.name)}
    return [pattern] if found == set(names) else list(names)


def _source(group: Group, folder: Path, mapped: Collection[str]) -> Iterator[str]:
    first = group.first
    title = next((t.title for t in TRACKERS if t.name == first.format), first.format)
    files = f" in {counted(len(group.files), 'file')}" if len(group.files) > 1 else ""
    yield comment(f"{title}: {rows_in_words(group.files)}{files}")
    yield "[[source]]"
    yield f"path = {quoted_list(files_in([file.name for file in group.files], folder))}"
    remark = "give a name where there are two systems of one kind"
    yield entry(f"name = {quoted(first.system)}", remark, proposed=True)
    yield from _moments(group)
    if first.suggested:
        yield entry("[source.fields]", "by the names of its columns: look at each")
        yield from (f"{ours} = {quoted(written)}" for ours, written in first.suggested.items())
    yield from _fields(group.proposals, [p for p in group.chosen if p.column in mapped])
    for section, counts in group.words.items():
        yield f"[source.{section}]"
        for word, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            line = f"{quoted(word)} = {quoted(guessed(section, word))}"
            yield entry(line, f"{counted(number, 'row')}: {_ASKED[section]}", proposed=True)
    if group.mark:
        yield entry("[source.where]", "keeps the rows that hold one of these; the rest is counted")
        name = group.mark.column if group.mark.column == "labels" else quoted(group.mark.column)
        line = f"{name} = [{', '.join(map(quoted, group.mark.values))}]"
        kept = f"would keep {group.mark.rows:,} of {counted(group.rows, 'row')}"
        yield entry(line, kept, proposed=True)


def _moments(group: Group) -> Iterator[str]:
    data = [file.data for file in group.files if file.data is not None]
    newest = max((d for each in data for d in each.files["observed_at"].dropna()), default=None)
    if newest is None:
        remark = "when the export was made: nothing in it says so"
        yield entry("observed_at = 2026-10-20T06:00:00Z", remark, proposed=True)
    else:
        remark = "when the export was made; else its latest update"
        if len(group.files) > 1:
            remark += ", each its own"
        yield entry(f"observed_at = {newest:%Y-%m-%dT%H:%M:%SZ}", remark, proposed=True)
    if group.zoneless:
        said = f"{counted(group.zoneless, 'time')} without a zone: whose? else the one above"
        yield entry('timezone = "Europe/Berlin"', said, proposed=True)


def _fields(proposals: Iterable[Proposal], chosen: Collection[Proposal]) -> Iterator[str]:
    listed = list(proposals)
    if not listed:
        return
    yield entry("[source.fields]", "our column = the export's column")
    for proposal in listed:
        line = f"{proposal.column} = {quoted(proposal.written)}"
        share = f"{proposal.filled:,} of {counted(proposal.rows, 'row')}"
        shown = ", ".join(proposal.examples)
        remark = f"{share}: {shown}" if shown else share
        yield entry(line, remark, proposed=proposal not in chosen)


def _decisions(files: Sequence[Seen]) -> list[str]:
    found = [file.name for file in files if file.table == "decisions"]
    remark = "where answers and waivers are kept"
    name = quoted(found[0] if found else "decisions.csv")
    return [entry(f"decisions = {name}", remark, proposed=not found)]


def _unread(files: Sequence[Seen]) -> list[str]:
    lost = [file for file in files if file.problem]
    if not lost:
        return []
    lines = [line for file in lost for line in (comment(file.problem), *_mapping(file))]
    return ["# --- What could not be read, and is left out. ---", "", *lines, ""]


def _mapping(file: Seen) -> list[str]:
    """For a table that no tracker writes, the lines with which it would be read."""
    if not file.suggested:
        return []
    fields = [f"{ours} = {quoted(written)}" for ours, written in file.suggested.items()]
    lines = ["[[source]]", f"path = {quoted(file.name)}", "[source.fields]", *fields]
    return [*(entry(line, proposed=True) for line in lines), ""]


def _labels(files: Sequence[Seen]) -> Iterator[str]:
    """The patterns in force and how many items they fit, and those that prefixes suggest."""
    yield "# --- How labels tie a ticket to its incident: patterns that fit the whole label. ---"
    yield ""
    yield "[labels]"
    items = [f.data.items for f in files if isinstance(f.data, Dataset) and f.table == "items"]
    read = [label_values(table, labels=Labels()) for table in items]
    total = sum(map(len, items))
    for place, meaning in (
        ("severity", "sev1, sev-1, SEV1"),
        ("date", "the day of the incident, 20260312"),
        ("kind", "the kind of action"),
    ):
        number = sum(int(table[place].notna().sum()) for table in read)
        line = f"{place} = {quoted(getattr(Labels(), place))}"
        yield entry(line, f"{meaning}: {number:,} of {counted(total, 'item')}", proposed=True)
    patterns = {"severity": "([0-5])", "kind": "(prevent|detect|mitigate|process)"}
    for column, prefix, number, shown in _prefixes(files):
        said = f"{counted(number, 'item')}: {shown}"
        if column in patterns:
            line = f"{column} = {quoted(_escaped(prefix) + patterns[column])}"
            yield entry(line, said, proposed=True)
        else:
            yield comment(
                f"Labels such as {plain(prefix)}... name a {column} ({said}); nothing reads them: "
                "put it into a field."
            )


def _escaped(prefix: str) -> str:
    """A prefix as a regular expression."""
    return "".join(f"\\{c}" if c in r".^$*+?{}[]\|()" else c for c in prefix)


def _prefixes(files: Sequence[Seen]) -> Iterator[tuple[str, str, int, str]]:
    found: dict[tuple[str, str], list[tuple[int, tuple[str, ...]]]] = {}
    for candidate in (c for file in files for c in file.prefixes):
        key = (candidate.column, candidate.written)
        found.setdefault(key, []).append((candidate.filled, candidate.examples))
    for (column, prefix), parts in found.items():
        shown = dict.fromkeys(example for _, examples in parts for example in examples)
        yield column, prefix, sum(number for number, _ in parts), ", ".join(list(shown)[:4])


def _registry(files: Sequence[Seen]) -> Iterator[str]:
    yield "# --- Who owns what, and who came to the reviews. Each may be a list of files. ---"
    yield ""
    yield "[registry]"
    for table in REGISTRY:
        named = [file.name for file in files if file.table == table]
        line = f"{table} = {quoted_list(named or [_EXAMPLES[table]])}"
        yield entry(line, _MEANINGS[table], proposed=not named)


def _policy() -> Iterator[str]:
    yield "# --- How long an item may take: the policy that holds when none is written. ---"
    for version in DEFAULT_POLICY.versions:
        yield ""
        yield "[[policy]]"
        remark = (
            "for incidents from this day on; with it, older ones need a [[policy]] of their own"
        )
        yield entry("effective = 2026-01-01", remark, proposed=True)
        remark = "or incident_started, postmortem_published, item_created"
        yield entry(f"clock = {quoted(version.clock)}", remark)
        yield entry("rules = [", "a rule may also name kind, priority or service")
        for rule in version.rules:
            yield f"  {{severity = {quoted(rule.severity or '')}, days = {rule.days}}},"
        yield "]"
