"""What was answered so far, as it stands in the places to answer.

The same is given out with a workbook, kept in its baseline, and looked up anew when it comes back.
"""

import pandas as pd

from pmanalytics.decisions import resolved, sound
from pmanalytics.names import as_written
from pmanalytics.workbook.layout import ANSWERS, DECISIONS, VERDICT_ANSWERS, VERDICTS

__all__ = ["given_answers", "given_verdicts"]


def given_answers(decisions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The answers about items that are in force, by item_id, in the columns of ANSWERS.

    `decisions` are those of a dataset or a snapshot, oldest first where they are of one day. What
    was decided last counts, as in the snapshot: one new promised date, one owner team, one of keep,
    drop and waiver with its last day and reason, and one note. What was dropped is dropped until
    somebody keeps it, whatever waiver follows. Decisions that say too little do not count. Items
    that nobody decided about have no row.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> rows = pd.DataFrame(
        ...     {"decided_on": ["2026-07-01"], "subject": ["jira:A-1"], "kind": ["drop"]}
        ... )
        >>> items = conform(pd.DataFrame({"item_id": ["jira:A-1"], "key": ["A-1"]}), "items")
        >>> given_answers(conform(rows, "decisions"), items)["decision"].to_dict()
        {'jira:A-1': 'drop'}
    """
    made = _counting(decisions)
    made = resolved(made, items)
    dropped = _last(made, ("drop", "keep"))
    dropped = dropped[dropped["kind"].eq("drop").to_numpy(dtype=bool)]
    ends = _last(made, tuple(DECISIONS.values()))
    ends = pd.concat([dropped, ends[~ends.index.isin(dropped.index)]])
    words = {kind: word for word, kind in DECISIONS.items()}
    columns = {
        "new_promised_on": _last(made, ("promised",))["until"],
        "new_team": _last(made, ("owner_team",))["value"],
        "decision": ends["kind"].map(words),
        "waiver_until": ends["until"].where(ends["kind"].eq("waiver")),
        "reason": ends["reason"],
        "note": _last(made, ("note",))["value"],
    }
    return pd.DataFrame(columns)[[column.name for column in ANSWERS]]


def given_verdicts(decisions: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """Which pairs of incidents were confirmed or denied, by later and earlier incident.

    The names are those of `incidents`, however the decisions spell them; of several decisions on a
    pair the last one counts.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> told = {"decided_on": ["2026-07-01"], "subject": ["inc-2"], "kind": ["not_repeat"]}
        >>> made = conform(pd.DataFrame(told | {"value": ["INC-1"]}), "decisions")
        >>> known = conform(pd.DataFrame({"incident_id": ["INC-1", "INC-2"]}), "incidents")
        >>> given_verdicts(made, known)["verdict"].to_dict()
        {('INC-2', 'INC-1'): 'deny'}
    """
    made = _counting(decisions)
    made = made[made["kind"].isin(list(VERDICTS.values())).to_numpy(dtype=bool)]
    pair = {name: as_written(made[name], incidents["incident_id"]) for name in ("subject", "value")}
    last = made.assign(**pair).drop_duplicates(list(pair), keep="last").set_index(list(pair))
    words = {kind: word for word, kind in VERDICTS.items()}
    said = pd.DataFrame({"verdict": last["kind"].map(words), "reason": last["reason"]})
    return said[[column.name for column in VERDICT_ANSWERS]]


def _counting(decisions: pd.DataFrame) -> pd.DataFrame:
    return sound(decisions).sort_values("decided_on", kind="stable", ignore_index=True)


def _last(made: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    chosen = made[made["kind"].isin(kinds).to_numpy(dtype=bool)]
    return chosen.drop_duplicates("subject", keep="last").set_index("subject")
