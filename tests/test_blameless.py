"""Blameless by default: what is said of work, and what is never measured."""

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.tables import TABLES
from tests.metrics.test_contract import COLUMNS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pmanalytics"
# Words that speak of people as the cause, or of what cannot be known.
BLAME = re.compile(
    r"\bfail(?:ed|s|ure)? to\b|\bblam(?:e|ed|es|ing)\b|\bfaults? of\b|\bat fault\b|\bteams? [\w-]+ failed\b"
    r"|\bculprits?\b|\bguilt|\bneglig|\bneglect|\bcareless|\blazy\b|\bincompeten|\bunderperform"
    r"|\b(?:worst|best|slowest|fastest) (?:team|person|engineer|owner)|\bleague table|\bshould have\b"
    r"|\bwould have been prevented\b|\bwould have prevented\b|\boffend",
    re.IGNORECASE,
)
# Lists of words that are looked for in the titles of others, and invented titles.
QUOTED = ("metrics/phrases.py", "samples/")
# What stands in a sentence that says the opposite.
DENIED = ("does not show that it would have prevented it",)


def sentences_of_code(path: Path) -> Iterator[str]:
    """Every text in a module that a reader may see: all but docstrings, comments and names."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and " " in text and id(node) not in docstrings:
            yield text


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(QUOTED):
            yield from ((name, text) for text in sentences_of_code(path))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            yield path.name, cell.source
    for path in sorted((PACKAGE / "reporting" / "rendering" / "templates").iterdir()):
        yield path.name, path.read_text("utf-8")


def accused(text: str) -> str | None:
    for denied in DENIED:
        text = text.replace(denied, "")
    found = BLAME.search(text)
    return found.group() if found else None


def test_no_sentence_of_the_package_speaks_of_people_as_the_cause() -> None:
    assert [(name, accused(text)) for name, text in sentences() if accused(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Team core failed to close 3 items.",
        "team payments failed",
        "It was the fault of the operator.",
        "This would have been prevented.",
        "The worst team closed 40%.",
    ],
)
def test_what_must_not_be_said_is_found(text: str) -> None:
    assert accused(text)
    assert not accused("The fix was not scheduled; it recurred while a preventive item was open.")


def test_there_are_sentences_to_look_at() -> None:
    names = [name for name, _ in sentences()]
    files = (
        "reporting/showing/sentences/promises.py", "reporting/contents/choices.py",
        "metrics/safeguards.py", "quarterly.ipynb", "words/codes.py",
    )  # fmt: skip
    for name in files:
        assert names.count(name) > 3, name


# Items per incident as quality, time to repair, closings of a person, the mean of finished items:
# numbers that mislead or that do harm (method, section 9, R5).
NEVER = re.compile(
    r"mttr|mean_time|mean_days|average|time_to_(?:repair|resolve|close|complete)|items_per_incident"
    r"|per_person|by_person|per_owner|leaderboard|ranking|\bperson\b|\bowners?\b|assignee|reporter"
)


def test_no_metric_is_what_must_never_be_measured() -> None:
    named = {name: [name, *columns.split()] for name, columns in COLUMNS.items()}
    assert set(named) == set(metrics.__all__)
    assert {name: w for name, words in named.items() for w in words if NEVER.search(w)} == {}
    for word in ("mttr", "mean_time_to_complete", "items_per_incident", "closes_per_person"):
        assert NEVER.search(word)


@pytest.fixture(scope="module")
def people(q3: pma.Snapshot) -> set[str]:
    """The names of everybody in the sample."""
    found = set(q3.people["person"]) | set(q3.former_people["person"])
    assert len(found) > 20
    return found


def test_no_metric_names_a_person(q3: pma.Snapshot, people: set[str]) -> None:
    """The names of everybody in the sample are in no cell of any metric but titles."""
    for name in metrics.__all__:
        table = getattr(pma, name)(q3)
        texts = [c for c in table if pd.api.types.is_string_dtype(table[c]) and "title" not in c]
        cells = pd.concat([table[c] for c in texts]).dropna() if texts else pd.Series(dtype="str")
        assert not cells.isin(people).any(), name
        assert not cells.str.contains("|".join(map(re.escape, people))).any(), name


def answered_by(role: str, path: Path) -> Path:
    """A copy of a workbook with a note on every item, answered by a role."""
    book = openpyxl.load_workbook(path)
    (place,) = [cell for row in book["About"] for cell in row if cell.value == "Your role"]
    place.offset(column=1).value = role
    actions = book["Actions"]
    (notes,) = [cell.column for cell in actions[1] if cell.value == "Note (answer)"]
    for row in range(2, actions.max_row + 1):
        actions.cell(row, notes).value = "our customers wait"
    book.save(path.with_name("edited.xlsx"))
    return path.with_name("edited.xlsx")


def test_no_workbook_change_or_ticket_update_names_a_person(
    sample: pma.Dataset, q3: pma.Snapshot, people: set[str], tmp_path: Path
) -> None:
    """The names of everybody are in no part of the file, nor in what comes back of it."""
    about = {"organisation": sample.settings.organisation, "sample": True, "as_of": "2026-10-12"}
    path = pma.write_workbook(q3, tmp_path / "w.xlsx", about=about, findings=pma.check(sample))
    said: dict[str, str] = {}
    with zipfile.ZipFile(path) as parts:
        said |= {name: parts.read(name).decode("utf-8") for name in parts.namelist()}
    edited = answered_by(min(people), path)
    changes = pma.workbook_changes(sample, edited, on="2026-10-14")
    assert changes["outcome"].eq("change").sum() > 20
    said["changes"] = changes.to_csv()
    made = changes[changes["outcome"].eq("change")][list(TABLES["decisions"].names)]
    for form in ("jira_csv", "github"):
        updates = pma.ticket_updates(sample, form=form, decisions=made)
        assert updates.count > 0
        said[form] = repr(updates)
    named = re.compile("|".join(map(re.escape, people)))
    assert {part: named.findall(text) for part, text in said.items() if named.search(text)} == {}


def test_only_the_function_makes_an_exhibit_and_only_one_place_writes_a_workbook() -> None:
    """Page, summary, workbook and CSV get their tables from exhibits, and these are published."""
    calls = [
        (node.func.id, path.name)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    makers = {name: [file for called, file in calls if called == name] for name in MAKERS}
    assert makers == MAKERS


MAKERS = {"Exhibit": ["exhibits.py"], "write_workbook": ["saving.py"]}
