"""Answers: what readers wrote into a workbook, read back.

A workbook that comes back is opened safely (`opening`), what it was when it was given out is looked
up (`given_out`), its sheets and columns are found by what they say (`finding`), its cells are read
(`values`) and its rows are judged one by one (`rowwise`). `edited` puts the parts together. What
became of the data since then is not looked at there: `gathering` reads all workbooks that are
named, `differing` finds what their readers changed, `current` looks up what stands now, `comparing`
puts the three side by side, with what `objecting` has against it, and `applying` records the
changes as decisions; `printing` says all that in a terminal.

What trackers do not follow of these decisions is written into a file for each (`updates`): which
tickets are to be told is found once (`unfollowed`, `telling`), and each kind of file has a module
(`jira_updates`, `github_updates`).
"""

from pmanalytics.answers.applying import apply_answers, workbook_changes
from pmanalytics.answers.updates import ticket_updates

__all__ = ["apply_answers", "ticket_updates", "workbook_changes"]
