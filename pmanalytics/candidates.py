"""Candidates: the columns and labels of an export that may hold what nothing was mapped to.

A tracker reads the columns that every export of its kind has. Which of the others, often fields of
a company's own, name the team, the service, the incident, the severity or the kind of an item, only
a person can say; their names and their values tell where to look. Columns of persons are no
candidates, and no value that may be a person's is ever among the examples.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from pmanalytics.inputs import Input
from pmanalytics.names import fold
from pmanalytics.registry import one_row_per_text
from pmanalytics.settings import Settings
from pmanalytics.trackers import FileTables, read_file
from pmanalytics.trackers.interpreting import as_text
from pmanalytics.trackers.model import Export
from pmanalytics.trackers.opening import open_export
from pmanalytics.trackers.vocabulary import KINDS, severity_of
from pmanalytics.words import plain

__all__ = ["SOUGHT", "Candidate", "any_plain", "candidates_in", "open_whole", "prefixes_in"]

# What is sought, in the order in which it is asked for.
SOUGHT: Final = ("incident_id", "team", "service", "severity", "kind")
# Names that can hardly mean anything else, folded.
_PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "incident_id": frozenset(
        ("incident", "incident-id", "incident-key", "incident-number", "incident-no", "postmortem",
         "post-mortem", "postmortem-id", "related-incident", "parent-incident", "source-incident",
         "caused-by-incident")
    ),
    "team": frozenset(
        ("team", "owning-team", "owner-team", "responsible-team", "assigned-team", "team-name",
         "squad", "assignment-group", "assigned-group", "support-group")
    ),
    "service": frozenset(
        ("service", "services", "service-name", "affected-service", "affected-services",
         "impacted-service", "business-service")
    ),
    "severity": frozenset(("severity", "sev", "incident-severity", "severity-level")),
    "kind": frozenset(
        ("action-kind", "action-type", "action-item-type", "kind-of-action", "type-of-action",
         "action-category")
    ),
}  # fmt: skip
# Words that a name with another meaning may hold too.
_POSSIBLE: Final[Mapping[str, re.Pattern[str]]] = {
    "incident_id": re.compile(r"\b(incidents?|inc|post-?mortem|outage|rca|pir|problem)\b"),
    "team": re.compile(r"\b(teams?|squad|tribe|crew|department|group|area-path|division)\b"),
    "service": re.compile(
        r"\b(services?|components?|component/s|systems?|applications?|app|product|module|"
        r"subsystem|cmdb-ci|configuration-item)\b"
    ),
    "severity": re.compile(r"\b(severity|sev|impact|urgency|priority)\b"),
    "kind": re.compile(r"\b(kind|category|classification|remediation|action)\b"),
}
_PERSONAL: Final = re.compile(
    r"\b(assignees?|assigned-to|reporter|creator|author|owners?|users?|e-?mail|watchers?|persons?|"
    r"caller|contact|engineers?|managers?|leads?|members?|login|participants?|requested-by|"
    r"requestor|approvers?|\w+-by)\b"
)
_NO_NAME: Final = re.compile(
    r"\b(date|time|timestamp|created|updated|closed|resolved|url|link|avatar|duration|count|votes|"
    r"progress|estimate|spent|description|comment|notes)\b"
)
# The part of a JSON path that says nothing of its meaning.
_ASIDE: Final = frozenset(("name", "value", "title", "summary", "displayname", "label", "nodes"))
_CUSTOM: Final = re.compile(r"custom field \((.+)\)", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"\s*([A-Za-z][\w .-]{0,30}?)(::|[:/=])\s*([^\s:/=].*)")
_ADDRESS: Final = re.compile(r"@|https?://")
# What a box that is ticked or not says, and no name.
_ANSWERS: Final = frozenset(("true", "false", "yes", "no"))
_MOST_WORDS: Final = {"severity": 12, "kind": 20, "team": 200, "service": 500}
_LONGEST: Final = 60
_SHOWN: Final = 4
_LONGEST_SHOWN: Final = 30


@dataclass(frozen=True, eq=False)
class Candidate:
    """A column, or the labels with one prefix, that may hold a column of ours.

    `column` is ours, `written` the export's name or the prefix with its separator. `sure` says that
    the name means hardly anything else. `said` holds what each row says, by item_id (or
    incident_id), missing where it says nothing.
    """

    column: str
    written: str
    sure: bool
    said: pd.Series

    @property
    def filled(self) -> int:
        """How many rows say something."""
        return int(self.said.notna().sum())

    @property
    def rate(self) -> float:
        """The share of rows that say something."""
        return self.filled / max(len(self.said), 1)

    @property
    def words(self) -> pd.Series:
        """The distinct values with how many rows have each, the most frequent first."""
        return self.said.value_counts()

    @property
    def examples(self) -> tuple[str, ...]:
        """Some of the most frequent values, as they can be shown: short, and no addresses."""
        shown = (plain(word) for word in self.words.index[: 5 * _SHOWN])
        short = (w if len(w) <= _LONGEST_SHOWN else w[: _LONGEST_SHOWN - 3] + "..." for w in shown)
        return tuple(word for word in short if word and not _ADDRESS.search(word))[:_SHOWN]

    @property
    def needs_words(self) -> tuple[str, ...]:
        """The values that need a line of the configuration before they mean anything."""
        known = {"severity": severity_of, "kind": lambda word: fold(word) in KINDS}.get(self.column)
        return tuple(word for word in self.words.index if known and not known(word))


def candidates_in(
    entry: Input, settings: Settings, *, export: Export | None = None
) -> tuple[Candidate, ...]:
    """The columns of an export that may hold what is sought, the likeliest of each first.

    Columns that the tracker or the configuration read for it already are none. `export` is the
    file as `open_whole` gives it, for who has it already. Raises InputError when it cannot be read.
    """
    export = export or open_whole(entry, settings)
    read = read_file(entry.path, source=entry.source, settings=settings, name=entry.name)
    names = _names_of_rows(read, export)
    if names.empty:
        return ()
    every = list(export.cells.columns)
    persons = _persons(read, [_column(export, name, names) for name in every if _personal(name)])
    likely = [name for name in every if any(_may_be(ours, name) for ours in SOUGHT)]
    columns = {name: _column(export, name, names) for name in likely}
    used = set(export.used)
    used |= {name for name in every if _beside(name, used)}
    found = [
        Candidate(ours, written, _is_plain(ours, written), values)
        for ours in SOUGHT
        if ours not in export.columns
        for written, values in columns.items()
        if written not in used and _may_be(ours, written) and _fits(ours, values, persons)
    ]
    outermost: dict[tuple[str, str], Candidate] = {}
    for candidate in sorted(found, key=lambda c: c.written.count(".")):
        outermost.setdefault((candidate.column, _bare(candidate.written)), candidate)
    order = sorted(found, key=lambda c: (SOUGHT.index(c.column), not c.sure, -c.filled))
    return tuple(c for c in order if outermost[c.column, _bare(c.written)] is c)


def any_plain(names: Iterable[str], sought: Iterable[str]) -> bool:
    """Whether any column has a name that means hardly anything but one of those sought.

    Where none has, a look at the values can find no sure candidate.

    Examples:
        >>> any_plain(["Summary", "Custom field (Squad)"], ["team"]), any_plain(["Group"], ["team"])
        (True, False)
    """
    sought = tuple(sought)
    return any(_is_plain(ours, written) for written in names for ours in sought)


def _is_plain(ours: str, written: str) -> bool:
    return fold(_bare(written)) in _PLAIN[ours]


def _beside(name: str, used: set[str]) -> bool:
    """Whether a path leads to an object of which something is read, or to another part of it."""
    around = name.rpartition(".")[0]
    parts = {path.rpartition(".")[0] for path in used}
    return name in parts or ("." in around and around in parts)


def open_whole(entry: Input, settings: Settings) -> Export:
    """An export with the cells of all its columns.

    Raises InputError when the file cannot be read.
    """
    return open_export(
        entry.path, source=entry.source, settings=settings, name=entry.name, everything=True
    )


def _names_of_rows(read: FileTables, export: Export) -> pd.Series:
    """The item_id or incident_id of each row of the cells that became one."""
    for table, name in (("items", "item_id"), ("incidents", "incident_id")):
        if table in read.tables:
            frame = read.tables[table]
            named = pd.Series(frame[name].to_numpy(), index=frame["row"].to_numpy())
            return named.reindex(export.cells.row).dropna()
    return pd.Series(dtype="str")


def _column(export: Export, name: str, names: pd.Series) -> pd.Series:
    values = as_text(export.cells.text(name)).set_axis(export.cells.row)
    return values.reindex(names.index).set_axis(names.to_numpy())


def _persons(read: FileTables, columns: list[pd.Series]) -> frozenset[str]:
    """Every text that stands in the export where persons stand."""
    named = list(columns)
    if "items" in read.tables:
        named.append(one_row_per_text(read.tables["items"]["owners"])[1])
    return frozenset(fold(text) for texts in named for text in texts.dropna().unique())


def _bare(written: str) -> str:
    """The name that people gave a column: without what Jira and JSON have around it.

    Examples:
        >>> _bare("Custom field (Team)"), _bare("fields.components.name"), _bare("assignedTeam")
        ('Team', 'components', 'assigned Team')
    """
    custom = _CUSTOM.fullmatch(written.strip())
    if custom:
        return custom[1]
    parts = [written] if " " in written.strip() else written.split(".")
    named = [part for part in parts if fold(part) not in _ASIDE] or parts[-1:]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named[-1])


def _personal(written: str) -> bool:
    """Whether a column holds persons; of a path, any part of it can say so."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written)
    return bool(_PERSONAL.search(fold(spaced)))


def _may_be(ours: str, written: str) -> bool:
    name = fold(_bare(written))
    if name in _PLAIN[ours]:
        # Of a path, a part further out may say that it is a person's team, say.
        return "." not in written or not _personal(written.rpartition(".")[0])
    meaning = not (_personal(written) or _NO_NAME.search(fold(written)))
    return meaning and bool(_POSSIBLE[ours].search(name))


def _fits(ours: str, values: pd.Series, persons: frozenset[str]) -> bool:
    """Whether the values of a column can be what is sought: short names, and not of persons."""
    words = values.dropna().unique()
    if set(map(fold, words)) <= _ANSWERS:
        return False
    if not len(words) or len(words) > _MOST_WORDS.get(ours, len(words)):
        return False
    if sum(len(word) > _LONGEST or "\n" in word for word in words) * 2 > len(words):
        return False
    # Persons are a few among other names where somebody wrote one into the wrong column.
    return sum(fold(word) in persons or "@" in word for word in words) * 4 <= len(words)


def prefixes_in(items: pd.DataFrame) -> tuple[Candidate, ...]:
    """Labels such as `team:payments` or `severity::2`, by what their prefix says they hold.

    `written` of the candidates is the prefix with its separator.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> rows = pd.DataFrame({"item_id": ["a"], "labels": [["severity::2"]]})
        >>> prefixes_in(conform(rows, "items"))[0].written
        'severity::'
    """
    position, written = one_row_per_text(items["labels"])
    parts = written.str.extract(_PREFIXED.pattern)
    names = (parts[0] + parts[1]).to_numpy()
    frame = pd.DataFrame({"item": items["item_id"].to_numpy()[position], "prefix": names})
    frame = frame.assign(value=parts[2].str.strip()).dropna()
    persons = frozenset(fold(t) for t in one_row_per_text(items["owners"])[1].unique())
    return tuple(_by_prefix(frame, items["item_id"], persons))


def _by_prefix(
    labels: pd.DataFrame, item_ids: Sequence[str] | pd.Series, persons: frozenset[str]
) -> Iterable[Candidate]:
    for prefix, rows in labels.groupby("prefix", sort=True):
        name = fold(re.sub(r"[:/=]+$", "", str(prefix)))
        for ours in SOUGHT:
            values = rows.drop_duplicates("item").set_index("item")["value"].reindex(item_ids)
            if name in {*_PLAIN[ours], ours} and _fits(ours, values, persons):
                yield Candidate(ours, str(prefix), sure=True, said=values)
