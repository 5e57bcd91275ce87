"""The tables: which columns there are, of which type, and what they mean.

Every frame that passes between two layers is one of these tables, so that a column means the same
thing in a tracker's reader, in a metric and in a notebook. Columns are declared here and nowhere
else; `columns` is the data dictionary made from the declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
import pyarrow as pa

from pmanalytics.errors import InputError

__all__ = [
    "DATED_INCIDENTS",
    "JUDGED_ITEMS",
    "TABLES",
    "Column",
    "Table",
    "columns",
    "conform",
    "empty",
]

DTYPES: Final[Mapping[str, object]] = {
    "text": "str",
    "texts": pd.ArrowDtype(pa.list_(pa.string())),
    "moment": "datetime64[us, UTC]",
    "day": "datetime64[us]",
    "integer": "Int64",
    "number": "Float64",
    "flag": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, its type (a key of `DTYPES`) and what it means."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, and its columns in order."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]


ITEM_COLUMNS = (
    Column("item_id", "text", "source:key, the name of the item everywhere"),
    Column("source", "text", "the system it comes from: jira, github, a configured name"),
    Column("key", "text", "the ticket's key in that system; missing when there is no ticket"),
    Column("url", "text", "where the ticket can be opened"),
    Column("title", "text", "the ticket's title as written"),
    Column("kind", "text", "prevent, detect, mitigate, process or other"),
    Column("priority", "text", "the tracker's priority, after the configured mapping"),
    Column("severity", "text", "severity of its incident in the form sev2, as the ticket says it"),
    Column("state", "text", "open, done or dropped"),
    Column("status", "text", "the tracker's own word for the state"),
    Column("owners", "texts", "the persons assigned; empty when the export says nobody"),
    Column("team", "text", "the owning team as the ticket says it"),
    Column("service", "text", "the part of the system that it concerns"),
    Column("project", "text", "the tracker project: the part of the key before the number"),
    Column("planned", "text", "the sprint, cycle, milestone or board that it is planned on"),
    Column("incident_id", "text", "the incident that it came out of"),
    Column("created_at", "moment", "when the ticket was created, UTC"),
    Column("promised_on", "day", "the due date that the tracker holds"),
    Column("closed_at", "moment", "when it was last closed, UTC"),
    Column("updated_at", "moment", "when it was last changed, UTC"),
    Column("observed_at", "moment", "when the export that says so was made, UTC"),
    Column("labels", "texts", "labels or tags, as written"),
    Column("links", "texts", "keys of linked tickets and incidents"),
    Column(
        "incident_rule", "text", "how the incident was found: field, link, document, id or label"
    ),
    Column("other_incidents", "texts", "further incidents that the ticket names"),
    Column(
        "duplicate_of", "text", "item_id of the ticket it was closed as a duplicate of, or unknown"
    ),
)

VALIDITY = (
    Column("aliases", "texts", "other spellings of the name"),
    Column("since", "day", "first day on which the row holds"),
    Column("until", "day", "last day on which the row holds"),
    Column("verified_on", "day", "when somebody last confirmed the row"),
)

_DECLARED = (
    Table("items", "one row per action item, its latest copy", ITEM_COLUMNS),
    Table("observations", "the older copies of items, from other exports", ITEM_COLUMNS),
    Table(
        "events",
        "one row per change that a source remembers",
        (
            Column("subject", "text", "an item_id or incident_id"),
            Column("at", "moment", "when it changed, UTC"),
            Column(
                "field",
                "text",
                "what changed: state, owner, team, promised_on, severity, or listed (a later "
                "export that should hold the item does not)",
            ),
            Column("before", "text", "the value before"),
            Column("after", "text", "the value after"),
        ),
    ),
    Table(
        "incidents",
        "one row per incident",
        (
            Column("incident_id", "text", "the name of the incident everywhere"),
            Column("title", "text", "the title as written"),
            Column("summary", "text", "what happened, in a few sentences"),
            Column("severity", "text", "in the form sev2"),
            Column("started_at", "moment", "when it began, UTC"),
            Column("resolved_at", "moment", "when it was over, UTC"),
            Column("service", "text", "the affected service"),
            Column("causes", "texts", "contributing causes, as tags"),
            Column("team", "text", "the team that answers for the affected service"),
            Column("repeat_of", "text", "the earlier incident that it is the return of"),
            Column("product", "text", "the product area that customers know"),
            Column("impact_minutes", "number", "how long customers were affected, minutes"),
            Column("customers_affected", "integer", "how many customers were affected"),
            Column("url", "text", "where the incident can be opened"),
            Column("postmortem_url", "text", "where the postmortem can be read"),
            Column("postmortem_published_at", "moment", "when the postmortem was published, UTC"),
            Column("reviewed_at", "moment", "when the review meeting was held, UTC"),
            Column("derived", "flag", "true when it was made from the labels of tickets"),
        ),
    ),
    Table(
        "attendance",
        "one row per role at a review meeting",
        (
            Column("incident_id", "text", "the incident that was reviewed"),
            Column("role", "text", "engineering_manager, product_manager or another word"),
            Column("team", "text", "the team that the person spoke for"),
        ),
    ),
    Table(
        "services",
        "one row per service, owning team and role",
        (
            Column("service", "text", "the name of the service"),
            Column("team", "text", "the team that answers for it; missing when nobody does"),
            Column("role", "text", "build or operate; missing is both"),
            Column("product", "text", "the product area that customers know"),
            Column("path", "text", "where its code lives"),
            Column("source", "text", "the registry that says so"),
            *VALIDITY,
        ),
    ),
    Table(
        "teams",
        "one row per team and tracker project",
        (
            Column("team", "text", "the name of the team"),
            Column("project", "text", "a tracker project that it works in"),
            Column("parent", "text", "the team or department above it"),
            Column("engineering_manager", "text", "a person"),
            Column("product_manager", "text", "a person"),
            *VALIDITY,
        ),
    ),
    Table(
        "people",
        "one row per person and team",
        (
            Column("person", "text", "the name as trackers write it"),
            Column("team", "text", "the team that the person works in"),
            *VALIDITY,
        ),
    ),
    Table(
        "decisions",
        "one row per decision, append-only",
        (
            Column("decided_on", "day", "the day it was made; it counts from then on"),
            Column("subject", "text", "an item_id, an incident_id, or what it is about"),
            Column(
                "kind",
                "text",
                "waiver, drop, keep, promised, owner_team, note, repeat, not_repeat, commitment, "
                "commitment_kept or commitment_dropped",
            ),
            Column("value", "text", "what was decided"),
            Column("until", "day", "the last day it holds, or the new date"),
            Column("reason", "text", "the reason that was given"),
            Column("role", "text", "who decided, as a role"),
            Column("origin", "text", "where the decision was written down"),
        ),
    ),
    Table(
        "rejects",
        "one row per row that could not be read",
        (
            Column("file", "text", "the file"),
            Column(
                "row", "integer", "the row as a spreadsheet counts it; missing for a whole file"
            ),
            Column("rule", "text", "the rule that it broke"),
            Column("detail", "text", "what was found there"),
        ),
    ),
    Table(
        "files",
        "one row per file that was read",
        (
            Column("path", "text", "the file, relative to where reading began"),
            Column("format", "text", "the tracker format that was recognised"),
            Column("source", "text", "the system that it stands for"),
            Column("sha256", "text", "the hash of its bytes"),
            Column("observed_at", "moment", "when the export was made, UTC"),
            Column("rows", "integer", "rows about items and incidents in the file"),
            Column("items", "integer", "rows that became items"),
            Column("incidents", "integer", "rows that became incidents"),
            Column("filtered", "integer", "rows left aside on purpose, such as pull requests"),
            Column("duplicates", "integer", "rows that are older or equal copies of another row"),
            Column("rejects", "integer", "rows that could not be read"),
            Column("other", "integer", "rows that became registry, attendance or decisions"),
            Column("warnings", "texts", "what is doubtful about the file, in sentences"),
        ),
    ),
)

TABLES: Final[Mapping[str, Table]] = {table.name: table for table in _DECLARED}

JUDGED_COLUMNS = (
    Column("closed_on", "day", "local day of the last closing up to the as-of date"),
    Column("first_closed_on", "day", "local day of the first closing"),
    Column("tracker_state", "text", "the state in its tracker, whatever people decided on it"),
    Column(
        "team_rule", "text", "how the team was found: decision, item, project, service or owner"
    ),
    Column("started_on", "day", "local day that chooses the policy: incident, else creation"),
    Column("clock_on", "day", "local day from which days are counted, day 0"),
    Column("clock_basis", "text", "what that day is: the policy's clock, or label"),
    Column("policy", "day", "effective day of the policy version; missing: holds at all times"),
    Column("target_days", "integer", "how many days the policy gives; missing: no target"),
    Column("unit", "text", "calendar or business"),
    Column("due_on", "day", "last day on which the promise is kept"),
    Column("adjusted_due_on", "day", "the same after valid waivers"),
    Column("waived", "flag", "a waiver was granted in time and is known"),
    Column("days", "integer", "calendar days from the clock to closing, else to the as-of date"),
    Column("days_over", "integer", "days from the due day to closing or as-of; below 0: days left"),
    Column("standing", "text", "met, late, overdue, pending, dropped_in_time, dropped_late, ..."),
    Column("matured", "flag", "the due day lies before the as-of date, done or not"),
    Column("in_period", "flag", "belongs to the period: by due day, publication or creation"),
    Column("incident_period", "text", "period in which the incident began"),
    Column("due_period", "text", "period of the due day"),
    Column("created_period", "text", "period of creation"),
    Column("closed_period", "text", "period of closing"),
)

JUDGED_ITEMS: Final = Table(
    "snapshot.items",
    "one row per action item, judged as of one day",
    (*ITEM_COLUMNS, *JUDGED_COLUMNS),
)
DATED_INCIDENTS: Final = Table(
    "snapshot.incidents",
    "one row per incident, as known on one day",
    (
        *TABLES["incidents"].columns,
        Column("started_on", "day", "local day on which it began"),
        Column("resolved_on", "day", "local day on which it was over"),
        Column("incident_period", "text", "period in which it began"),
    ),
)


def columns() -> pd.DataFrame:
    """The data dictionary: every column of every table, with its type and meaning.

    Returns a frame with the columns table, column, type, meaning.

    Examples:
        >>> columns().query("table == 'attendance'")["column"].tolist()
        ['incident_id', 'role', 'team']
    """
    rows = [
        (table.name, column.name, column.type, column.meaning)
        for table in (*TABLES.values(), JUDGED_ITEMS, DATED_INCIDENTS)
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "meaning"]).astype("str")


def empty(table: str) -> pd.DataFrame:
    """A table without rows, with all its columns and types.

    Examples:
        >>> empty("attendance").dtypes.astype(str).tolist()
        ['str', 'str', 'str']
    """
    return conform(pd.DataFrame(), table)


def conform(frame: pd.DataFrame, table: str | Table) -> pd.DataFrame:
    """Give a frame the columns, the order and the types of a table.

    Columns that the frame lacks are added as missing; columns that the table does not know are
    left out. Raises InputError when a value does not fit the type of its column.

    Examples:
        >>> conform(pd.DataFrame({"team": ["core"], "mood": ["good"]}), "attendance").iloc[0, 2]
        'core'
    """
    declared = TABLES[table] if isinstance(table, str) else table
    data = {
        column.name: _cast(frame[column.name], column, declared)
        if column.name in frame
        else pd.Series(index=frame.index, dtype=_dtype(column.type))
        for column in declared.columns
    }
    return pd.DataFrame(data, index=frame.index)


def _dtype(kind: str) -> object:
    return pd.DatetimeTZDtype("us", "UTC") if kind == "moment" else DTYPES[kind]


def _cast(values: pd.Series, column: Column, table: Table) -> pd.Series:
    dtype = _dtype(column.type)
    if values.dtype == dtype:
        return values
    try:
        if column.type == "moment":
            return pd.to_datetime(values, utc=True).astype(dtype)
        if column.type == "day":
            return pd.to_datetime(values).dt.as_unit("us")
        if column.type in ("integer", "number"):
            return pd.to_numeric(values).astype(dtype)
        if column.type == "texts":
            # Arrow reads lists and None from a list of objects, and nothing else.
            cells = [list(v) if isinstance(v, (list, tuple)) else None for v in values]
            return pd.Series(pa.array(cells, pa.list_(pa.string())), values.index, dtype)
        return values.astype(dtype)
    except (TypeError, ValueError, NotImplementedError) as problem:
        raise InputError(
            f"Column {column.name!r} of table {table.name!r} must hold {column.type} values, "
            f"but {str(problem)[:200]}."
        ) from problem
