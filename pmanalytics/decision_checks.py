"""Checks of decisions: rows that say too little, and those about what nobody knows."""

from collections.abc import Iterator

import pandas as pd

from pmanalytics import decisions, registry
from pmanalytics.changes import among
from pmanalytics.datasets import Dataset
from pmanalytics.names import as_written

__all__ = ["decision_findings"]

Finding = tuple[str, str, str, int, str]


def decision_findings(data: Dataset) -> Iterator[Finding]:
    """What is doubtful about decisions, as findings of `check`."""
    rules = (_bad_decisions, _idle_decisions, _idle_repeats, _unknown_names, _open_although_dropped)
    for rule in rules:
        yield from rule(data)


def _bad_decisions(data: Dataset) -> Iterator[Finding]:
    for place, detail in decisions.faults(data.decisions):
        row = data.decisions.iloc[place]
        about = [row["kind"] if pd.notna(row["kind"]) else "decision", row["subject"]]
        subject = " of ".join(str(part) for part in about if pd.notna(part))
        yield "warning", "bad_decision", subject, 0, detail


def _idle_decisions(data: Dataset) -> Iterator[Finding]:
    """Decisions about items, incidents and teams that nobody knows."""
    made = data.decisions.dropna(subset=["subject"])
    named = made[made["kind"].isin(decisions.OF_ITEMS).to_numpy(dtype=bool)]
    unknown = decisions.item_of(named["subject"], data.items).isna().to_numpy(dtype=bool)
    for row in named[unknown].itertuples():
        rule = "idle_waiver" if row.kind == "waiver" else "idle_decision"
        detail = f"Decided: {row.kind}; no item has this id, nor only one this key."
        yield "warning", rule, row.subject, 0, detail


def _idle_repeats(data: Dataset) -> Iterator[Finding]:
    """Repeats that were decided of incidents which cannot follow the one that is named."""
    made = data.decisions
    made = made[made["kind"].isin(["repeat", "not_repeat"]).to_numpy(dtype=bool)]
    names, incidents = data.incidents["incident_id"], data.incidents.set_index("incident_id")
    later, earlier = (as_written(made[column], names) for column in ("subject", "value"))
    known = (later.isin(names) & earlier.isin(names)).to_numpy(dtype=bool)
    began = incidents["started_at"].reindex(later).array
    over = incidents["resolved_at"].reindex(earlier).array
    for row in made[known & ~(began >= over)].itertuples():
        detail = (
            f"Decided: {row.kind} of {row.value}, which was not over when it began; the later "
            "incident is the subject, the earlier one the value."
        )
        yield "warning", "idle_decision", row.subject, 0, detail


def _unknown_names(data: Dataset) -> Iterator[Finding]:
    """Incidents and teams that decisions name and nobody knows."""
    made = data.decisions
    told = made[made["kind"].isin(["repeat", "not_repeat"]).to_numpy(dtype=bool)]
    known = set(data.incidents["incident_id"].str.casefold())
    for name in pd.concat([told["subject"], told["value"]]).dropna().unique():
        if name.casefold() not in known:
            yield (
                "warning",
                "idle_decision",
                name,
                0,
                "Decided: a repeat; no incident is called so.",
            )
    owning = made.loc[made["kind"].eq("owner_team").to_numpy(dtype=bool), "value"].dropna()
    spelling = registry.team_spelling(data.teams, data.services)
    strange = owning[spelling.find(owning).isna().to_numpy(dtype=bool)]
    for name, items in strange.value_counts().items() if len(data.teams) else ():
        detail = "It was decided that it owns items, and the registry knows no such team."
        yield "warning", "unknown_team", str(name), int(items), detail


def _open_although_dropped(data: Dataset) -> Iterator[Finding]:
    made = decisions.resolved(data.decisions.dropna(subset=["decided_on"]), data.items)
    ends = made[made["kind"].isin(["drop", "keep"]).to_numpy(dtype=bool)]
    last = ends.sort_values("decided_on", kind="stable").drop_duplicates("subject", keep="last")
    dropped = last[last["kind"].eq("drop").to_numpy(dtype=bool)].set_index("subject")["decided_on"]
    items = data.items[among(data.items["item_id"], dropped.index.to_series())]
    for item in items.loc[items["state"].eq("open").to_numpy(dtype=bool), "item_id"]:
        said = f"It was dropped by a decision of {dropped[item]:%Y-%m-%d}"
        yield "warning", "open_although_dropped", item, 1, f"{said}, and its tracker has it open."
