"""What was decided: the waivers that were granted, and what leadership committed itself to."""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import among
from pmanalytics.decisions import waivers_in_time
from pmanalytics.metrics.grouping import By, bring_forward, group_columns
from pmanalytics.names import fold
from pmanalytics.snapshots import Snapshot

__all__ = ["commitments", "waivers"]

WAIVERS: Final = (
    "item_id", "team", "severity", "due_on", "until", "granted_on", "in_time", "standing", "reason",
)  # fmt: skip
COMMITMENTS: Final = ("decided_on", "subject", "value", "until", "role", "state", "days_over")
CLOSINGS: Final = ("commitment_kept", "commitment_dropped")


def waivers(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Waivers that were granted, and whether each came in time to count.

    One row per waiver known on the as-of date: item_id (as written, where no item is called so),
    team, severity, due_on (the policy's day), until (the day that was granted), granted_on, in_time
    (granted on or before the due day then in force; missing where there is none), standing of the
    item against the policy, and the reason. One that was granted too late changes nothing. `by`
    takes columns of items. Source: method, section 2.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> sorted(pma.waivers(q3)["in_time"].unique().tolist())
        [False, True]
    """
    by = group_columns(by, snapshot.items)
    whole = snapshot.whole
    decisions = whole.decisions[whole.decisions["kind"].eq("waiver").to_numpy(dtype=bool)]
    named = whole.items[among(whole.items["item_id"], decisions["subject"])]
    if snapshot is not whole:
        here = named[among(named["item_id"], snapshot.items["item_id"])]
        decisions = decisions[among(decisions["subject"], here["item_id"])]
    taken = [name for name in dict.fromkeys([*by, *WAIVERS]) if name in named]
    said = named.set_index("item_id", drop=False)[taken].drop(columns="item_id")
    said = said.reindex(decisions["subject"]).reset_index(drop=True)
    decisions = decisions.reset_index(drop=True)
    in_time = pd.Series(waivers_in_time(decisions, said["due_on"])).astype("boolean")
    table = said.assign(
        item_id=decisions["subject"],
        until=decisions["until"],
        granted_on=decisions["decided_on"],
        in_time=in_time.where(said["due_on"].notna() & decisions["until"].notna()),
        reason=decisions["reason"],
    )
    ordered = table.sort_values([*by, "granted_on", "item_id"], kind="stable", ignore_index=True)
    return bring_forward(ordered[list(dict.fromkeys([*by, *WAIVERS]))], by)


def commitments(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """What leadership committed itself to, and what became of it.

    One row per commitment known on the as-of date: decided_on (when it was first made), subject
    (a service, a team or any text), value (what was promised), until (the last day, as last
    decided), role, state (open, kept, dropped, or overdue: open after its day), days_over (days
    from until to the closing, else to the as-of date; below 0: days left). Decisions with the same
    subject and value, however spelled, are about one commitment, and the last one counts; one of
    the kind commitment_kept or commitment_dropped closes it, or without a value all those of its
    subject. `by` takes columns of items; only service and team say something here, where the
    subject is one.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.commitments(q3)["state"].tolist()
        ['overdue', 'overdue', 'open']
    """
    by = group_columns(by, snapshot.items)
    made = _made(snapshot)
    closing = made["closing"].fillna("").to_numpy(dtype=object)
    late = (made["until"] < pd.Timestamp(snapshot.as_of)).to_numpy(dtype=bool)
    known = [closing == CLOSINGS[0], closing == CLOSINGS[1], late]
    state = np.select(known, ["kept", "dropped", "overdue"], default="open")
    ended = made["closed_on"].fillna(pd.Timestamp(snapshot.as_of))
    places = _places(snapshot, made["subject"])
    extra = {
        name: places.get(name, pd.Series(index=made.index, dtype=snapshot.items[name].dtype))
        for name in by
        if name not in COMMITMENTS
    }
    table = made.assign(
        state=pd.Series(state, index=made.index, dtype="str"),
        days_over=(ended - made["until"]).dt.days.astype("Int64"),
        **extra,
    )
    table = table[_within(snapshot, places)]
    ordered = table.sort_values([*by, "decided_on"], kind="stable", ignore_index=True)
    return bring_forward(ordered[[*extra, *COMMITMENTS]], by)


def _made(snapshot: Snapshot) -> pd.DataFrame:
    """Every commitment as last decided, with what closed it since."""
    decisions = snapshot.whole.decisions
    chosen = decisions[decisions["kind"].isin(["commitment", *CLOSINGS]).to_numpy(dtype=bool)]
    told = chosen.assign(
        what=chosen["subject"].map(fold, na_action="ignore").fillna(""),
        promise=chosen["value"].map(fold, na_action="ignore").fillna(""),
        turn=np.arange(len(chosen)),
    )
    keys = ["what", "promise"]
    opens = told["kind"].eq("commitment").to_numpy(dtype=bool)
    first = told[opens].drop_duplicates(keys).set_index(keys)["decided_on"]
    made = told[opens].drop_duplicates(keys, keep="last").reset_index(drop=True)
    made["decided_on"] = first.reindex(pd.MultiIndex.from_frame(made[keys])).array
    ends = told.loc[~opens, [*keys, "kind", "decided_on", "turn"]]
    ends = ends.rename(columns={"kind": "closing", "decided_on": "closed_on", "turn": "later"})
    whole_subject = ends[ends["promise"].eq("").to_numpy(dtype=bool)].drop(columns="promise")
    found = pd.concat(
        [
            made[[*keys, "turn"]].merge(ends, on=keys),
            made[[*keys, "turn"]].merge(whole_subject, on="what"),
        ],
        ignore_index=True,
    )
    found = found[found["later"] > found["turn"]].sort_values("later", kind="stable")
    last = found.drop_duplicates("turn", keep="last")[["turn", "closing", "closed_on"]]
    return made.merge(last, on="turn", how="left")


def _places(snapshot: Snapshot, subjects: pd.Series) -> dict[str, pd.Series]:
    """The service and the team that each subject is, missing where it is none."""
    whole = snapshot.whole
    return {
        "service": registry.service_spelling(whole.services).find(subjects),
        "team": registry.team_spelling(whole.teams, whole.services).find(subjects),
    }


def _within(snapshot: Snapshot, places: dict[str, pd.Series]) -> np.ndarray:
    """Not about a service or team outside of a narrowed snapshot."""
    if snapshot is snapshot.whole:
        return np.ones(len(places["team"]), dtype=bool)
    team_here = places["team"].isna() | places["team"].isin(snapshot.teams["team"])
    service_here = places["service"].isna() | places["service"].isin(snapshot.services["service"])
    return (team_here & service_here).to_numpy(dtype=bool)
