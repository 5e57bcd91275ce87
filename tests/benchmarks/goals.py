"""The goals: what speed and memory are held against, declared once, by the line of the table."""

from dataclasses import dataclass

__all__ = ["GOALS", "Goal", "goal_of"]


@dataclass(frozen=True)
class Goal:
    """At most how much of a floor something may cost.

    `what` is the line of the table and `floor` what it is held against: a floor of that line, or
    the unit of the line where the goal is an amount of its own.
    """

    what: str
    floor: str
    limit: float


GOALS = (
    Goal("read 1,000,000 Jira rows of 60 columns", "read_csv(dtype=str)", 0.4),
    Goal("memory: read 1,000,000 Jira rows", "the file", 3),
    Goal("read 100,000 GitHub issues", "json.load", 1.0),
    Goal("the 16 tables of the design, 1,000,000 items", "s", 6),
    Goal("memory: snapshot and these tables", "MB", 2000),
    Goal("flow by week", "one mask a week", 0.02),
    Goal("flow by team and week", "one mask a team and week", 0.02),
    Goal("cost of an item among 1,000,000", "among 100,000", 1.25),
    Goal("Kaplan-Meier of 100,000 items", "lifelines", 0.15),
    Goal("similar_incidents, 50,000 in 300 services", "TfidfVectorizer", 2),
    Goal("write 50,000 rows x 25 columns", "openpyxl", 0.6),
    Goal("memory: write 50,000 rows", "MB", 200),
    Goal("quarterly report on 100,000 rows", "papermill + read_csv", 1.25),
    Goal("20 team reports", "one team report", 3),
    Goal("quarterly report on the sample", "s", 15),
    Goal("pmanalytics --help", "s", 0.15),
)


def goal_of(what: str) -> Goal | None:
    """The goal of a line, if it has one."""
    return next((goal for goal in GOALS if goal.what == what), None)
