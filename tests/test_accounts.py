"""Accounts: what a newcomer reads fits the terminal, is complete, and cannot steer it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

import pmanalytics as pma
from pmanalytics.accounts import account_of_check, account_of_draft, account_of_inputs
from pmanalytics.datasets import Dataset

COLUMNS = ["level", "rule", "subject", "items", "detail"]


def findings(*rows: tuple[str, str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def test_findings_are_grouped_and_counts_stand_under_each_other(
    dataset: Callable[..., Dataset],
) -> None:
    found = findings(
        ("error", "short_row", "x.csv", 3, "row 2: two cells"),
        ("warning", "unknown_team", "Cor", 1200, "The registry knows no team 'Cor'."),
        ("warning", "unknown_team", "Wep", 7, "The registry knows no team 'Wep'."),
        ("warning", "my_rule", "a thing", 0, "It is odd."),
    )
    lines = account_of_check(found, pma.next_inputs(dataset())).splitlines()
    assert lines[: lines.index("WHAT THE NEXT FILE BUYS: 0 of 9 questions can be answered.")] == [
        "ERRORS: what could not be read",
        "",
        "  rows with too few cells",
        "    3  x.csv: row 2: two cells",
        "       -> export the file again",
        "",
        "WARNINGS: what makes the figures say less than they could",
        "",
        "  teams that the registry does not know",
        "    1,200  Cor",
        "        7  Wep",
        '           -> add them to teams.csv, or as an alias there: teams = "teams.csv" under [registry]',
        "",
        "  my rule",
        "        -  a thing: It is odd.",
        "",
    ]
    assert lines[-1] == "1 error, 3 warnings"


def test_nothing_from_an_export_steers_the_terminal(dataset: Callable[..., Dataset]) -> None:
    found = findings(("warning", "unknown_team", "a\x1b[2J\nb\u202e", 1, "x"))
    text = account_of_check(found, pma.next_inputs(dataset()))
    assert "\x1b" not in text
    assert "    1  a[2J b" in text.splitlines()


def test_every_finding_of_check_is_there(sample: Dataset) -> None:
    found = pma.check(sample)
    text = " ".join(account_of_check(found, pma.next_inputs(sample)).split())
    assert len(found) > 5
    for finding in found.itertuples():
        assert finding.subject in text or finding.detail in text


def test_every_question_is_listed_with_its_answer(sample: Dataset) -> None:
    inputs = pma.next_inputs(sample)
    lines = account_of_inputs(inputs).splitlines()
    for row in inputs.drop_duplicates("question").itertuples():
        (line,) = (line for line in lines if row.question in line)
        assert line.split()[0] == ("yes" if row.answered else "no")
        assert line.endswith(f"for {row.known} of {row.concerned}")


def test_lines_fit_the_terminal(sample: Dataset, sample_draft: pma.Draft) -> None:
    inputs = pma.next_inputs(sample)
    for text in (
        account_of_check(pma.check(sample), inputs, width=80),
        account_of_draft(sample_draft, inputs, width=80),
    ):
        assert max(map(len, text.splitlines())) <= 80


def test_a_draft_is_told_with_its_files_and_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text("service,team\nqueue,Core\n")
    (tmp_path / "bad.csv").write_text("colour,shape\nred,round\n")
    draft = pma.draft_settings(tmp_path, output=tmp_path / "draft.toml")
    lines = account_of_draft(draft, pma.next_inputs(draft.data)).splitlines()
    assert lines[0].endswith("draft.toml is written, from 1 file.")
    assert lines[2] == "    table  1 row of services  services.csv"
    assert lines[4] == "LEFT OUT: 1 file could not be read"
    assert lines[6].startswith("    - bad.csv begins with the columns 'colour'")
    assert lines[-1].endswith("draft.toml")
