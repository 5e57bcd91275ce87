"""The baseline: every row that was given out, as texts that can be read back."""

from hashlib import sha256

import pandas as pd

from pmanalytics.workbook.baseline import baseline_table

ACTIONS = {
    "key": ["k1", "k2"], "item_id": ["jira:A-1", "jira:A-2"], "title": ["=1+1", None],
    "state": ["open", None], "promised_on": pd.to_datetime(["2026-08-31", None]),
    "team": ["web", None], "new_promised_on": pd.to_datetime([None, "2026-09-30"]),
    "new_team": [None, "core"], "decision": [None, "ask for a waiver"],
    "waiver_until": pd.to_datetime([None, "2026-12-01"]), "reason": [None, "vendor"],
    "note": ["n", None], "standing": ["open, overdue", None],
}  # fmt: skip
REPEATS = {"key": ["k3"], "incident_id": ["INC-2"], "repeat_of": ["INC-1"],
           "verdict": ["deny"], "reason": ["another disk"], "title": ["x"]}  # fmt: skip
ABOUT = {"organisation": "Example & Sons", "sample": True, "as_of": "2026-10-20",
         "period": "2026Q3"}  # fmt: skip


def test_it_holds_the_head_then_items_then_pairs() -> None:
    table = baseline_table(ABOUT, pd.DataFrame(ACTIONS), pd.DataFrame(REPEATS))
    rows = [[value for value in row if pd.notna(value)] for row in table.itertuples(index=False)]
    # Each row behind its last text, as the texts of a row joined by \\0: sha256 of it all, cut to 16.
    told = ["\0".join("" if pd.isna(value) else value for value in row).rstrip("\0") + "\n"
            for row in table.iloc[1:].itertuples(index=False)]  # fmt: skip
    checksum = sha256("".join(told).encode()).hexdigest()[:16]
    assert rows[:6] == [
        ["pmanalytics workbook", "1", checksum],
        ["about", "organisation", "Example & Sons"],
        ["about", "sample", "True"],
        ["about", "as_of", "2026-10-20"],
        ["about", "period", "2026Q3"],
        ["about", "subject", ""],
    ]
    assert rows[6] == ["item", "k1", "jira:A-1", "=1+1", "open", "2026-08-31", "web", "n"]
    # Behind the facts: the answers in the order of the sheet, each in its own place.
    assert [value if pd.notna(value) else None for value in table.iloc[7]] == [
        "item", "k2", "jira:A-2", None, None, None, None,
        "2026-09-30", "core", "ask for a waiver", "2026-12-01", "vendor", None,
    ]  # fmt: skip
    assert rows[8] == ["repeat", "k3", "INC-2", "INC-1", "deny", "another disk"]


def test_nothing_given_out_leaves_the_head() -> None:
    nothing = [pd.DataFrame(ACTIONS).head(0), pd.DataFrame(REPEATS).head(0)]
    assert len(baseline_table({}, *nothing)) == 6
