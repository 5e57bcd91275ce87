"""Recurrence: which incidents came back, and what was still open when they did.

A pair (a, b) says that incident b is the return of incident a. Three levels count: L1, b says so or
a person confirmed it; L2, same service and a shared contributing cause within 90 days; L3, a ticket
that both name, or a title that says `same as`. An open preventive item is never said to have caused
the repeat: it was open, no more.
"""

import re
from typing import Final

import pandas as pd

from pmanalytics.changes import CLOSED, among
from pmanalytics.metrics.grouping import By, bring_forward, group_columns
from pmanalytics.names import fold
from pmanalytics.registry import one_row_per_text
from pmanalytics.snapshots import Snapshot

__all__ = ["repeats"]

WINDOW_DAYS: Final = 90
SAME_AS: Final = re.compile(r"\bsame as\b", re.IGNORECASE)
NAME: Final = re.compile(r"#?\w(?:[\w./#-]*\w)?")
NEAR: Final = 2  # words behind `same as` among which the name is looked for
COLUMNS: Final = (
    "incident_id",
    "repeat_of",
    "level",
    "days_between",
    "service",
    "cause",
    "open_before",
    "overdue_before",
    "preventive_open_before",
    "preventive_overdue_before",
)


def repeats(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Incidents that came back, and what was open of the earlier one.

    One row per pair of incidents at its strongest level: incident_id (the later one), repeat_of,
    level (L1 explicit, L2 same service and a shared cause within 90 days, L3 same ticket or a title
    that says so), days_between (local days from the end of one to the start of the other), service
    of the later one, cause (shared by both, joined by `;`), and how many of the earlier incident's
    items were open and overdue at that moment; the preventive ones are missing when no item of the
    earlier incident has a kind. `by` takes columns of incidents. Source: method, section 5.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> sorted(pma.repeats(q3)["level"].unique())
        ['L1', 'L2', 'L3']
    """
    whole = snapshot.whole
    by = group_columns(by, whole.incidents)
    pairs = _pairs(whole)
    pairs = pairs[among(pairs["incident_id"], snapshot.incidents["incident_id"])]
    pairs = pairs.assign(**_open_before(whole, pairs))
    extra = [name for name in by if name not in pairs]
    if extra:
        known = whole.incidents.set_index("incident_id")[extra]
        pairs = pairs.join(known, on="incident_id")
    order = ["started_at", "incident_id", "repeat_of"]
    table = pairs.sort_values([*by, *order], ignore_index=True)
    return bring_forward(table[[*extra, *COLUMNS]], by)


def _pairs(snapshot: Snapshot) -> pd.DataFrame:
    """All pairs at their strongest level, with what both share."""
    incidents = snapshot.incidents
    found = pd.concat(
        [
            _declared(snapshot).assign(level="L1"),
            _same_cause(incidents).assign(level="L2"),
            _shared_ticket(snapshot).assign(level="L3"),
            _same_as(incidents).assign(level="L3"),
        ],
        ignore_index=True,
    ).astype("str")
    known = incidents.set_index("incident_id")
    later = known[["started_at", "started_on", "service", "causes"]].reindex(found["incident_id"])
    earlier = known[["resolved_at", "resolved_on", "causes"]].reindex(found["repeat_of"])
    follows = (later["started_at"].array >= earlier["resolved_at"].array) & (
        found["incident_id"] != found["repeat_of"]
    ).to_numpy(dtype=bool)
    gap = later["started_on"].to_numpy() - earlier["resolved_on"].to_numpy()
    found = found.assign(
        days_between=pd.Series(gap, index=found.index).dt.days.astype("Int64"),
        service=later["service"].to_numpy(),
        cause=[_shared(a, b) for a, b in zip(later["causes"], earlier["causes"], strict=True)],
        started_at=later["started_at"].array,
    ).astype({"cause": "str", "service": "str"})
    strongest = found[follows].sort_values("level", kind="stable")
    strongest = strongest.drop_duplicates(["incident_id", "repeat_of"])
    denied = pd.MultiIndex.from_frame(_decided(snapshot, "not_repeat"))
    return strongest[
        ~pd.MultiIndex.from_frame(strongest[["incident_id", "repeat_of"]]).isin(denied)
    ]


def _shared(causes: object, others: object) -> str | None:
    """The causes that both have, joined by `;`, as the later incident writes them."""
    if not isinstance(causes, list) or not isinstance(others, list):
        return None
    known = set(map(fold, others))
    return ";".join(dict.fromkeys(cause for cause in causes if fold(cause) in known)) or None


def _declared(snapshot: Snapshot) -> pd.DataFrame:
    """What incidents say of themselves, and what was confirmed by a decision."""
    incidents = snapshot.incidents
    said = incidents.loc[incidents["repeat_of"].notna(), ["incident_id", "repeat_of"]]
    found = pd.concat([said, _decided(snapshot, "repeat")], ignore_index=True)
    spelled = incidents["incident_id"].set_axis(incidents["incident_id"].str.casefold())
    spelled = spelled[~spelled.index.duplicated()]
    known = found["repeat_of"].str.casefold().map(spelled.to_dict())
    return found.assign(repeat_of=known.fillna(found["repeat_of"]).astype("str"))


def _decided(snapshot: Snapshot, kind: str) -> pd.DataFrame:
    decisions = snapshot.whole.decisions
    chosen = decisions[decisions["kind"].eq(kind) & decisions["value"].notna()]
    return chosen[["subject", "value"]].set_axis(["incident_id", "repeat_of"], axis=1)


def _same_cause(incidents: pd.DataFrame) -> pd.DataFrame:
    """Each incident with the latest earlier one of its service that shares a cause."""
    keys = ["service", "causes"]
    columns = ["incident_id", "started_at", "resolved_at", "started_on", "resolved_on", "service"]
    position, cause = one_row_per_text(incidents["causes"])
    tagged = incidents[columns].iloc[position].assign(causes=cause.map(fold).to_numpy())
    tagged = tagged.dropna(subset=keys).astype({"causes": "str"})
    later = tagged.dropna(subset=["started_at"]).sort_values("started_at", kind="stable")
    earlier = tagged[(tagged["resolved_at"] >= tagged["started_at"]).to_numpy(dtype=bool)]
    pairs = _latest_before(later, earlier, keys, exact=True)
    # An incident that ends as it starts is found to follow itself; look before that moment then.
    itself = pairs["incident_id"].eq(pairs["repeat_of"]).to_numpy(dtype=bool)
    if itself.any():
        again = later[later["incident_id"].isin(pairs.loc[itself, "incident_id"])]
        pairs = pd.concat([pairs[~itself], _latest_before(again, earlier, keys, exact=False)])
    pairs = pairs.dropna(subset=["repeat_of"])
    near = (pairs["started_on"] - pairs["resolved_on"]).dt.days.between(0, WINDOW_DAYS)
    latest = pairs[near].sort_values("resolved_at", kind="stable")
    return latest.drop_duplicates("incident_id", keep="last")[["incident_id", "repeat_of"]]


def _latest_before(
    later: pd.DataFrame, earlier: pd.DataFrame, keys: list[str], *, exact: bool
) -> pd.DataFrame:
    """Each later incident and cause with the latest earlier one that was over by then."""
    named = earlier.rename(columns={"incident_id": "repeat_of"})
    return pd.merge_asof(
        later[["incident_id", "started_at", "started_on", *keys]],
        named[["repeat_of", "resolved_at", "resolved_on", *keys]].sort_values(
            "resolved_at", kind="stable"
        ),
        left_on="started_at",
        right_on="resolved_at",
        by=keys,
        allow_exact_matches=exact,
    )


def _shared_ticket(snapshot: Snapshot) -> pd.DataFrame:
    """Incidents that one ticket names together, each with every earlier one of them."""
    items = snapshot.items[["item_id", "incident_id"]]
    position, other = one_row_per_text(snapshot.items["other_incidents"])
    others = items.iloc[position].assign(incident_id=other.to_numpy())
    several = items[among(items["item_id"], others["item_id"])]
    named = pd.concat([several, others]).astype("str").dropna()
    pairs = named.merge(named.rename(columns={"incident_id": "repeat_of"}), on="item_id")
    return pairs[["incident_id", "repeat_of"]].drop_duplicates()


def _same_as(incidents: pd.DataFrame) -> pd.DataFrame:
    """Incidents whose title says that they are the same as an earlier one."""
    saying = incidents[incidents["title"].str.contains(SAME_AS).fillna(value=False).to_numpy(bool)]
    names = {name.casefold(): name for name in incidents["incident_id"]}
    rows = [
        (row.incident_id, names[word.casefold()])
        for row in saying.itertuples()
        for after in SAME_AS.split(row.title)[1:]
        for word in NAME.findall(after)[:NEAR]
        if word.casefold() in names
    ]
    return pd.DataFrame(rows, columns=["incident_id", "repeat_of"], dtype="str")


def _open_before(snapshot: Snapshot, pairs: pd.DataFrame) -> dict[str, pd.Series]:
    """How many of the earlier incident's items were open and overdue when the later one began."""
    owed = _owed(snapshot, pairs)
    prevents = (owed["kind"] == "prevent").to_numpy(dtype=bool)
    flags = {
        "open_before": owed["open"],
        "overdue_before": owed["open"] & owed["overdue"],
        "preventive_open_before": owed["open"] & prevents,
        "preventive_overdue_before": owed["open"] & owed["overdue"] & prevents,
        "with_kind": owed["kind"].notna(),
    }
    counts = pd.DataFrame(flags).groupby(owed["pair"]).sum().reindex(pairs.index, fill_value=0)
    counts = counts.astype("Int64")
    kinds_known = counts.pop("with_kind") > 0
    for name in ("preventive_open_before", "preventive_overdue_before"):
        counts[name] = counts[name].where(kinds_known)
    return {name: counts[name] for name in counts}


def _owed(snapshot: Snapshot, pairs: pd.DataFrame) -> pd.DataFrame:
    """One row per pair and item of its earlier incident: was it open, was it overdue?"""
    columns = ["item_id", "incident_id", "kind", "state", "closed_at", "due_on", "created_at"]
    items = snapshot.items[columns].rename(columns={"incident_id": "repeat_of"})
    moments = pairs[["repeat_of", "started_at"]].assign(pair=pairs.index)
    owed = moments.merge(items.dropna(subset=["repeat_of"]), on="repeat_of")
    owed = owed.sort_values("started_at", kind="stable")
    changes = snapshot.events[["subject", "at", "after"]].sort_values("at", kind="stable")
    owed = pd.merge_asof(
        owed, changes, left_on="started_at", right_on="at", left_by="item_id", right_by="subject"
    )
    undated = owed["state"].isin(CLOSED) & owed["closed_at"].isna() & owed["after"].isna()
    existed = ~(owed["created_at"] > owed["started_at"])
    known = existed & ~undated & owed["state"].notna()
    day = owed["started_at"].dt.tz_convert(snapshot.settings.timezone).dt.tz_localize(None)
    return owed.assign(
        open=known & ~owed["after"].isin(CLOSED),
        overdue=owed["due_on"] < day.dt.normalize(),
    )
