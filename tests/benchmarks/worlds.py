"""Large invented data for the benchmarks, from a seed."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd

import pmanalytics as pma
from pmanalytics.tables import TABLES, conform

TEAMS = [f"team-{number:02}" for number in range(40)]
SERVICES = [f"service-{number:03}" for number in range(300)]
JIRA_COLUMNS = [
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Priority",
    "Resolution", "Assignee", "Reporter", "Created", "Updated", "Resolved", "Due date",
    "Labels", "Labels", "Description", "Custom field (Team)", "Custom field (Service)",
    "Custom field (Incident)", "Status Category", "Status Category Changed",
    *[f"Custom field (Number {number})" for number in range(30)],
    *["Comment"] * 8,
]  # fmt: skip


def write_jira(file: Path, *, rows: int) -> None:
    """A Jira Cloud export with 60 columns."""
    rng = np.random.default_rng(1)
    created = pd.Timestamp("2024-07-01") + pd.to_timedelta(rng.integers(0, 1_100_000, rows), "min")
    took = pd.to_timedelta(rng.lognormal(10.3, 1.0, rows), "min")
    closed = created + took
    done = (closed < pd.Timestamp("2026-10-12")) & (rng.random(rows) < 0.8)
    stamp = "%d/%b/%y %I:%M %p"
    created_text, closed_text = created.strftime(stamp), closed.strftime(stamp)
    team, service = rng.integers(0, len(TEAMS), rows), rng.integers(0, len(SERVICES), rows)
    incident = rng.integers(0, max(rows // 20, 1), rows)
    comment = (
        '12/Jan/26 11:19 AM;712020:ab;Looked at the dashboards, "nothing" unusual; see runbook'
    )
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(JIRA_COLUMNS)
        for row in range(rows):
            end = closed_text[row] if done[row] else ""
            writer.writerow(
                [
                    f"Add an alert for queue {row} and its consumers", f"OPS-{row}", str(10_000 + row),
                    "Task", "Done" if done[row] else "To Do", "OPS", "Medium",
                    "Done" if done[row] else "", f"Person {row % 500}", f"Person {row % 300}",
                    created_text[row], end or created_text[row], end, "", "postmortem", "sev2",
                    "Some text with a, comma\nand a second line", TEAMS[team[row]],
                    SERVICES[service[row]], f"INC-{incident[row]}",
                    "Done" if done[row] else "To Do", end or created_text[row],
                    *["3.5", "", "text"] * 10, comment, comment, *[""] * 6,
                ]
            )  # fmt: skip


def write_github(file: Path, *, issues: int) -> None:
    """Issues as the REST interface of GitHub writes them, with all the addresses it adds."""
    rng = np.random.default_rng(3)
    closed = rng.random(issues) < 0.7
    home = "https://api.example.com/repos/example/shop"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number in range(issues):
            stamp = f"2026-0{1 + number % 6}-1{number % 10}T0{number % 10}:11:22Z"
            person = _account(number % 500)
            issue = {
                "url": f"{home}/issues/{number}", "repository_url": home,
                "labels_url": f"{home}/issues/{number}/labels", "comments_url": f"{home}/issues/{number}/comments",
                "html_url": f"https://github.com/example/shop/issues/{number}", "id": 10**9 + number,
                "node_id": f"I_{number}", "number": number, "title": f"Add an alert for queue {number}",
                "user": _account(number % 300),
                "labels": [
                    {"id": at, "name": name, "color": "ededed", "default": False, "description": None}
                    for at, name in enumerate(("postmortem", "sev2"))
                ],
                "state": "closed" if closed[number] else "open", "locked": False,
                "assignee": person, "assignees": [person], "milestone": None, "comments": 3,
                "created_at": stamp, "updated_at": stamp, "closed_at": stamp if closed[number] else None,
                "author_association": "MEMBER", "body": "Some text of the issue.\n" * 10,
                "closed_by": None, "reactions": {"url": home, "total_count": 0, "+1": 0, "-1": 0},
                "timeline_url": f"{home}/issues/{number}/timeline",
                "state_reason": "completed" if closed[number] else None,
            }  # fmt: skip
            stream.write(("," if number else "") + json.dumps(issue))
        stream.write("]")


def _account(number: int) -> dict[str, object]:
    home = f"https://api.example.com/users/user{number}"
    return {
        "login": f"user{number}", "id": number, "node_id": f"U_{number}", "avatar_url": f"{home}/avatar",
        "gravatar_id": "", "url": home, "html_url": f"https://github.com/user{number}",
        "followers_url": f"{home}/followers", "following_url": f"{home}/following",
        "repos_url": f"{home}/repos", "type": "User", "site_admin": False,
    }  # fmt: skip


def incidents(count: int) -> pd.DataFrame:
    """Incidents over two years, in 300 services."""
    rng = np.random.default_rng(2)
    started = pd.Timestamp("2024-07-01", tz="UTC") + pd.to_timedelta(
        np.sort(rng.integers(0, 1_180_000, count)), "min"
    )
    return conform(
        pd.DataFrame(
            {
                "incident_id": [f"INC-{number}" for number in range(count)],
                "title": "Checkout slow",
                "severity": rng.choice(["sev1", "sev2", "sev3"], count, p=[0.2, 0.5, 0.3]),
                "started_at": started,
                "resolved_at": started + pd.to_timedelta(rng.integers(10, 600, count), "min"),
                "service": rng.choice(SERVICES, count),
                "causes": [[f"cause-{number}"] for number in rng.integers(0, 40, count)],
                "derived": False,
            }
        ),
        "incidents",
    )


def large_dataset(size: int) -> pma.Dataset:
    """A dataset of many items, one in twenty of which shares an incident with others."""
    rng = np.random.default_rng(3)
    known = incidents(max(size // 20, 1))
    place = rng.integers(0, len(known), size)
    began = known["resolved_at"].iloc[place].reset_index(drop=True)
    created = began + pd.to_timedelta(rng.integers(0, 8000, size), "min")
    closed = created + pd.to_timedelta(rng.lognormal(10.3, 1.0, size).astype("int64"), "min")
    shut = (closed < pd.Timestamp("2026-10-12", tz="UTC")) & (rng.random(size) < 0.85)
    state = np.where(shut, rng.choice(["done", "done", "done", "dropped"], size), "open")
    items = pd.DataFrame(
        {
            "item_id": [f"jira:OPS-{number}" for number in range(size)],
            "source": "jira",
            "key": [f"OPS-{number}" for number in range(size)],
            "title": _titles(size),
            "kind": rng.choice(["prevent", "detect", "mitigate"], size),
            "state": state,
            "owners": pd.Series([[f"Person {number % 500}"] for number in range(size)]),
            "team": rng.choice(TEAMS, size),
            "service": known["service"].to_numpy()[place],
            "project": "OPS",
            "incident_id": known["incident_id"].to_numpy()[place],
            "created_at": created,
            "closed_at": closed.where(shut),
            "updated_at": closed.where(shut, created),
            "observed_at": pd.Timestamp("2026-10-12", tz="UTC"),
            "labels": pd.Series([["postmortem", "sev2"]] * size),
            "incident_rule": "field",
        }
    )
    services = pd.DataFrame({"service": SERVICES, "team": rng.choice(TEAMS, len(SERVICES))})
    teams = pd.DataFrame({"team": TEAMS, "project": [f"P{n}" for n in range(len(TEAMS))]})
    people = pd.DataFrame(
        {"person": [f"Person {n}" for n in range(500)], "team": rng.choice(TEAMS, 500)}
    )
    given = {
        "items": items,
        "incidents": known,
        "services": services,
        "teams": teams,
        "people": people,
    }
    tables = {name: conform(given.get(name, pd.DataFrame()), name) for name in TABLES}
    return pma.Dataset(**tables, settings=pma.Settings())


def _titles(size: int) -> list[str]:
    """Titles of their own, as people write them: a verb, a thing and a number."""
    verbs = ("Add", "Fix", "Remove", "Document", "Rehearse", "Limit", "Alert on", "Test", "Move")
    things = ("the timeout of", "retries in", "the dashboard for", "failover of", "an owner for",
              "the runbook of", "load tests for", "backups of", "the quota of")  # fmt: skip
    rng = np.random.default_rng(4)
    verb, thing = rng.choice(verbs, size), rng.choice(things, size)
    return [f"{verb[n]} {thing[n]} queue {n}" for n in range(size)]


def write_company(folder: Path, *, rows: int) -> Path:
    """A folder with a large Jira export, its incidents and a configuration."""
    folder.mkdir()
    write_jira(folder / "jira.csv", rows=rows)
    incidents(max(rows // 20, 1)).drop(columns=["causes"]).to_csv(
        folder / "incidents.csv", index=False
    )
    config = folder / "pmanalytics.toml"
    config.write_text(
        'organisation = "Large"\n[[source]]\npath = "jira.csv"\nobserved_at = 2026-10-12T06:00:00Z\n'
        '[source.fields]\nteam = "Custom field (Team)"\nservice = "Custom field (Service)"\n'
        'incident_id = "Custom field (Incident)"\n[[source]]\npath = "incidents.csv"\n',
        "utf-8",
    )
    return config


def written_incidents(count: int) -> pd.DataFrame:
    """Incidents with titles and summaries made of invented words, some far more common."""
    rng = np.random.default_rng(4)
    parts = np.array(
        ["ra", "to", "mi", "ken", "sol", "ver", "pla", "chi", "or", "lam", "net", "sta"]
    )
    words = np.array(
        [
            "".join(rng.choice(parts, rng.integers(1, 5)))
            + (str(number) if number % 5 == 0 else "")
            for number in range(4000)
        ]
    )
    often = 1 / np.arange(1, words.size + 1)

    def texts(fewest: int, most: int) -> list[str]:
        lengths = rng.integers(fewest, most, count)
        said = rng.choice(words, lengths.sum(), p=often / often.sum())
        return [" ".join(text) for text in np.split(said, np.cumsum(lengths)[:-1])]

    return incidents(count).assign(
        title=pd.Series(texts(5, 11), dtype="str"), summary=pd.Series(texts(15, 40), dtype="str")
    )
