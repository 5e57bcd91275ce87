"""What the next file buys: counts that come true when the input is added."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.prospects.facts import Gain

Build = Callable[..., Dataset]

QUESTIONS = [
    "Are promises kept?",
    "How long does it take?",
    "What is owed now?",
    "Who answers for it?",
    "Does work live only in a document?",
    "Which incidents came back?",
    "What was still open when they came back?",
    "Can the work be found?",
    "Were both managers at the review?",
]
INCIDENT = {
    "incident_id": "INC-1", "severity": "sev1", "service": "queue", "causes": ["config"],
    "started_at": "2026-03-12T10:00:00Z", "resolved_at": "2026-03-12T11:00:00Z",
}  # fmt: skip
ITEM = {
    "item_id": "jira:PAY-1", "source": "jira", "key": "PAY-1", "project": "PAY", "state": "open",
    "team": "Core", "owners": ["Ada"], "labels": [], "incident_id": "INC-1",
    "incident_rule": "field", "kind": "prevent", "created_at": "2026-03-13T10:00:00Z",
}  # fmt: skip
FILE = {"path": "x", "format": "jira_csv", "source": "jira", "items": 4, "incidents": 0}
FILE |= {"observed_at": "2026-04-20T00:00:00Z"}
WHOLE: dict[str, list[dict[str, Any]]] = {
    "items": [ITEM],
    "incidents": [INCIDENT | {"reviewed_at": "2026-03-14T10:00:00Z"}],
    "attendance": [{"incident_id": "INC-1", "role": "product_manager"}],
    "teams": [{"team": "Core", "project": "PAY"}],
    "services": [{"service": "queue", "team": "Core"}],
    "files": [FILE],
}


def told(data: Dataset, question: str) -> tuple[bool, int, int, list[str]]:
    table = pma.next_inputs(data)
    rows = table[table["question"] == question]
    first = rows.iloc[0]
    sentences = rows["sentence"].dropna().tolist()
    return bool(first["answered"]), int(first["known"]), int(first["concerned"]), sentences


def item(number: int, **changes: Any) -> dict[str, Any]:
    key = f"PAY-{number}"
    return ITEM | {"item_id": f"jira:{key}", "key": key} | changes


def test_nothing_answers_nothing(dataset: Build) -> None:
    table = pma.next_inputs(dataset())
    assert table["question"].tolist() == QUESTIONS
    assert not table["answered"].any()
    assert table.loc[table["sentence"].notna(), "question"].tolist() == [
        QUESTIONS[4], QUESTIONS[5], QUESTIONS[8]
    ]  # fmt: skip
    assert list(table) == [
        "question",
        "answered",
        "known",
        "concerned",
        "input",
        "gain",
        "sentence",
    ]


def test_whole_data_answer_all_but_what_the_documents_would(dataset: Build) -> None:
    table = pma.next_inputs(dataset(**WHOLE))
    assert table["question"].tolist() == QUESTIONS
    assert table.loc[~table["answered"], "sentence"].tolist() == [
        "Add the postmortem documents (Markdown): up to 1 more incident can be compared with its "
        "tickets."
    ]
    assert table["sentence"].notna().sum() == 1


# One change to whole data with four items; then the question, for how many of how many it is
# answered, and the sentence of the input that would answer more. All counted by hand.
CASES: dict[str, tuple[dict[str, Any], str, int, int, str]] = {
    "items without an incident": (
        {"items": [item(n, incident_id=None if n < 3 else "INC-1") for n in range(4)]},
        QUESTIONS[0], 1, 4,
        "Name the incident in a field, or label items with severity and date: up to 3 more items "
        "are tied to their incident.",
    ),
    "items of an incident that no export holds": (
        {"items": [item(n, incident_id="INC-9" if n else "INC-1") for n in range(4)]},
        QUESTIONS[1], 1, 4,
        "Add the incidents of your incident tool: up to 3 more items find the incident that they "
        "name.",
    ),
    "closed items without a date": (
        {"items": [item(n, state="done" if n < 2 else "open") for n in range(4)]},
        QUESTIONS[0], 2, 4,
        "Export the day of closing, or the history: 2 more closed items are judged.",
    ),
    "a severity that is a word": (
        {"incidents": [INCIDENT | {"severity": "Major"}], "items": [item(n) for n in range(4)]},
        QUESTIONS[0], 0, 4,
        "Say under [source.severities] what 'Major' means: up to 4 more items find their target in "
        "the policy.",
    ),
    "an incident without a severity": (
        {"incidents": [INCIDENT | {"severity": None}], "items": [item(n) for n in range(4)]},
        QUESTIONS[0], 0, 4,
        "Give the severity of each incident: up to 4 more items find their target in the policy.",
    ),
    "items without a state": (
        {"items": [item(n, state=None if n == 0 else "open") for n in range(4)]},
        QUESTIONS[2], 3, 4,
        "Export the status: 1 more item is known to be open or not.",
    ),
    "services that nobody owns": (
        # Each open item of a service has one gap of it: a person, but no team.
        {
            "items": [item(n, team=None, service="queue", project=None) for n in range(3)],
            "services": [],
        },
        QUESTIONS[3], 0, 3,
        "Add catalog-info.yaml: up to 3 ownership gaps settle.",
    ),
    "projects that no team has": (
        {"items": [item(n, team=None, project="OPS") for n in range(3)], "incidents": []},
        QUESTIONS[3], 0, 3,
        "Name more projects in teams.csv: up to 3 more items find their team.",
    ),
    "incidents without causes": (
        {"incidents": [INCIDENT, INCIDENT | {"incident_id": "INC-2", "causes": []}]},
        QUESTIONS[5], 1, 2,
        "Tag each incident with its causes: up to 1 more incident can be compared with earlier "
        "ones.",
    ),
    "items without a kind": (
        {"items": [item(n, kind=None if n else "prevent") for n in range(4)]},
        QUESTIONS[6], 1, 4,
        "Give each item its kind: up to 3 more items are told to prevent, detect or mitigate.",
    ),
    "a file without labels": (
        {"items": [item(n, labels=None) for n in range(2)]},
        QUESTIONS[7], 0, 2,
        "Export the labels: up to 2 more items are known to be labelled or not.",
    ),
    "reviews of which nobody wrote down who came": (
        {"attendance": []},
        QUESTIONS[8], 0, 1,
        "Add attendance.csv (incident_id, role): up to 1 more review shows which managers came.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_missing_input_is_counted(dataset: Build, case: str) -> None:
    changes, question, known, concerned, sentence = CASES[case]
    answered, *counts, sentences = told(dataset(**WHOLE | changes), question)
    assert counts == [known, concerned]
    assert answered == (2 * known >= concerned)
    assert sentence in sentences


def test_where_nothing_is_open_nothing_is_owed(dataset: Build) -> None:
    closed = item(1, state="done", closed_at="2026-03-15T00:00:00Z")
    assert told(dataset(**WHOLE | {"items": [closed]}), QUESTIONS[2]) == (True, 0, 0, [])


def test_an_item_that_is_left_in_a_document_shows_that_it_was_read(dataset: Build) -> None:
    loose = item(1, key=None, item_id="docs:Add an alert")
    assert told(dataset(**WHOLE | {"items": [loose]}), QUESTIONS[4])[:3] == (True, 1, 1)


HEADER = "Summary,Issue key,Status,Assignee,Created,Resolved,Custom field (Incident),Squad,Action type,Affected service"
ROWS = (
    "One,PAY-1,Open,Ada,12/Mar/26 11:19 AM,,INC-1,Core,prevent,queue",
    "Two,PAY-2,Done,Ada,12/Mar/26 11:19 AM,14/Mar/26 9:00 AM,INC-2,,detect,",
    "Three,PAY-3,Open,,12/Mar/26 11:19 AM,,INC-9,Core,,queue",
    "Four,PAY-4,Open,,12/Mar/26 11:19 AM,,,Web,prevent,",
)
INCIDENTS = (
    "incident_id,severity,started_at,resolved_at,service,causes\n"
    "INC-1,sev1,2026-03-10T10:00:00Z,2026-03-10T11:00:00Z,queue,config\n"
    "INC-2,sev2,2026-03-11T10:00:00Z,2026-03-11T11:00:00Z,queue,config\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "jira.csv").write_text("\n".join([HEADER, *ROWS, ""]))
    (tmp_path / "incidents.csv").write_text(INCIDENTS)
    return tmp_path


def test_a_mapping_is_named_with_what_it_changes(folder: Path) -> None:
    # INC-1 and INC-2 are known, so that two items are judged; INC-9 is not, and one item names it.
    _, known, concerned, sentences = told(pma.read(folder), QUESTIONS[0])
    assert (known, concerned) == (0, 4)
    assert sentences == [
        "Map `Custom field (Incident)`: 2 more items are judged.",
        "Name the incident in a field, or label items with severity and date: up to 1 more item is "
        "tied to its incident.",
        "Map `Custom field (Incident)` and add the incidents of your incident tool: up to 1 more "
        "item finds the incident that it names.",
    ]


# For each mapping what must be there before it changes an answer: a kind counts for items of a known
# incident, a service for those that the registry gives an owner.
MAPPINGS = {
    "incident_id": ("Custom field (Incident)", ""),
    "team": ("Squad", ""),
    "kind": ("Action type", 'incident_id = "Custom field (Incident)"'),
    "service": ("Affected service", ""),
}


@pytest.mark.parametrize("column", MAPPINGS)
def test_what_a_mapping_promises_comes_true(folder: Path, column: str) -> None:
    written, before_it = MAPPINGS[column]
    (folder / "services.csv").write_text("service,team\nqueue,Core\n")
    others = '[[source]]\npath = ["incidents.csv", "services.csv"]\n'
    source = f'{others}[[source]]\npath = "jira.csv"\n[source.fields]\n{before_it}\n'
    (folder / "pmanalytics.toml").write_text(source)
    before = pma.next_inputs(pma.read(folder))
    promised = before[before["input"] == f"Map `{written}`"].set_index("question")["gain"]
    (folder / "pmanalytics.toml").write_text(f'{source}{column} = "{written}"\n')
    after = pma.next_inputs(pma.read(folder)).drop_duplicates("question").set_index("question")
    change = after["known"] - before.drop_duplicates("question").set_index("question")["known"]
    assert len(promised) > 0
    assert change[change > 0].to_dict() == promised.to_dict()


def test_a_file_that_is_gone_or_another_one_is_no_harm(folder: Path) -> None:
    data = pma.read(folder)
    (folder / "jira.csv").write_text("<!DOCTYPE html><html></html>")
    assert not told(data, QUESTIONS[0])[3][0].startswith("Map")
    (folder / "jira.csv").unlink()
    assert not told(data, QUESTIONS[0])[3][0].startswith("Map")


def test_the_name_of_a_column_cannot_steer_a_terminal(folder: Path) -> None:
    text = (folder / "jira.csv").read_text().replace("Squad", '"Owning\x1b[2J\u202e team"')
    (folder / "jira.csv").write_text(text, "utf-8")
    said = pma.next_inputs(pma.read(folder))["sentence"].dropna().str.cat()
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_numbers_agree_with_their_verbs() -> None:
    assert Gain("Do", 1, "settle|settles", noun="gap").sentence == "Do: up to 1 gap settles."
    assert Gain("Do", 2, "settle|settles", noun="gap").sentence == "Do: up to 2 gaps settle."


def test_a_snapshot_gives_its_day(folder: Path) -> None:
    data = pma.read(folder)
    early = pma.snapshot(data, as_of="2026-03-12", period="2026-03")
    table = pma.next_inputs(data, snapshot=early)
    assert table.loc[table["question"] == QUESTIONS[2], "concerned"].iloc[0] == 4
    assert isinstance(table["gain"].dtype, type(pd.Series([1]).dtype))
