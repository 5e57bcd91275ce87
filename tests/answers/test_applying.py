"""Applying: answers become decisions once, and from their day on the snapshots know them."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from filelock import FileLock

import pmanalytics as pma
from pmanalytics.answers.applying import told_decisions
from pmanalytics.answers.updates import FORMS
from pmanalytics.cli.workbook_verbs import TRACKERS
from pmanalytics.snapshots import Snapshot
from tests.answers.returning import DECISIONS, NEW, World, saved_on
from tests.forking import at_once, forked, succeeded

Run = Callable[..., tuple[int, str, str]]
ON = "2026-10-14"
WAIVER = {"Decision": "ask for a waiver", "Waiver until": date(2026, 12, 31), "Reason": "waits"}
# One answer of each kind. Only PAY-2 is not over its due date on the day of the decisions.
EVERY = {
    "PAY-1": WAIVER | {NEW: date(2026, 11, 30)},
    "PAY-2": WAIVER | {"Note": "our customers wait"},
    "SEA-1": {"Decision": "drop", "Reason": "no use"},
    "SEA-2": {"New owner team": "mail"},
    "MAIL-1": {"Decision": "keep"},
    "INC-2 INC-1": {"Is it a return?": "deny", "Reason": "a disk"},
    "INC-4 INC-3": {"Is it a return?": "confirm"},
}
LINES = """2026-10-14,own:PAY-1,promised,,2026-11-30,,product manager,{0}
2026-10-14,own:PAY-1,waiver,,2026-12-31,waits,product manager,{0}
2026-10-14,own:SEA-2,owner_team,Mail,,,product manager,{0}
2026-10-14,own:PAY-2,waiver,,2026-12-31,waits,product manager,{0}
2026-10-14,own:PAY-2,note,our customers wait,,,product manager,{0}
2026-10-14,own:SEA-1,drop,,,no use,product manager,{0}
2026-10-14,own:MAIL-1,keep,,,,product manager,{0}
2026-10-14,INC-2,not_repeat,INC-1,,a disk,product manager,{0}
2026-10-14,INC-4,repeat,INC-3,,,product manager,{0}
"""


def by_item(snapshot: Snapshot, column: str) -> dict[str, Any]:
    named = snapshot.items.assign(key=snapshot.items["key"]).set_index("key")[column]
    texts: dict[str, Any] = named.astype("str").fillna("").to_dict()
    return texts


def test_the_whole_way_back(world: World, run: Run) -> None:
    """Out, edited, looked at, written: the decisions count from their day on, and come back."""
    edited = world.edited(EVERY, role="product manager")
    before, bytes_before = pma.snapshot(world.data(), as_of="2026-10-13"), edited.read_bytes()

    code, out, _ = run("workbook", "apply", edited, "--on", ON)
    assert code == 0
    assert "To be written (9):" in out
    said = " ".join(out.split())
    assert "Granted on 2026-10-14, after its due date 2026-07-16: it changes no attainment." in said
    assert f"workbook apply {edited} --on {ON} --write" in said
    assert not world.decisions.exists()

    assert run("workbook", "apply", edited, "--on", ON, "--write")[0] == 0
    sha = pma.workbook_changes(world.data(), edited, on=ON)
    assert set(sha["outcome"]) == {"known"}
    written = world.decisions.read_text("utf-8")
    origin = written.splitlines()[1].split('"')[1]
    assert origin.startswith("workbook edited.xlsx, ")
    assert written == DECISIONS + LINES.format(f'"{origin}"')
    assert edited.read_bytes() == bytes_before

    data = world.data()
    same = pma.snapshot(data, as_of="2026-10-13")
    pd.testing.assert_frame_equal(same.items, before.items)
    after = pma.snapshot(data, as_of=ON)
    assert by_item(after, "state") == by_item(before, "state") | {"SEA-1": "dropped"}
    assert by_item(after, "promised_on")["PAY-1"] == "2026-11-30"
    assert (by_item(before, "team")["SEA-2"], by_item(after, "team")["SEA-2"]) == (
        "Search Index", "Mail",
    )  # fmt: skip
    # In time for PAY-2, whose due date was 2026-10-16; three months late for PAY-1.
    assert by_item(after, "waived")["PAY-2"] == "True"
    assert by_item(after, "adjusted_due_on")["PAY-2"] == "2026-12-31"
    assert by_item(after, "waived")["PAY-1"] == "False"
    kept = ["due", "met", "attainment", "waived", "attainment_adjusted"]
    later = pma.snapshot(data, as_of="2026-10-15")
    pd.testing.assert_frame_equal(
        pma.attainment(later.where(key="PAY-1"))[kept],
        pma.attainment(before.where(key="PAY-1"))[kept],
    )
    levels = pma.repeats(after).set_index("incident_id")["level"].to_dict()
    assert pma.repeats(before).set_index("incident_id")["level"].to_dict() == {
        "INC-2": "L1", "INC-4": "L2",
    }  # fmt: skip
    assert levels == {"INC-4": "L1"}

    # The next workbook shows the answers, and lists the drop that no tracker followed.
    following = world.given_out("next.xlsx", as_of=ON)
    page = openpyxl.load_workbook(following)["Actions"]
    header = [cell.value for cell in page[1]]
    rows = {row[0].value: dict(zip(header, (c.value for c in row), strict=True)) for row in page}
    assert rows["own:PAY-2"]["Note (answer)"] == "our customers wait"
    assert str(rows["own:PAY-1"]["New promised date (answer)"])[:10] == "2026-11-30"
    assert rows["own:SEA-1"]["State"] == "dropped by decision; its tracker has it open"

    # Neither the same workbook nor an untouched one writes anything.
    for path in (edited, following):
        assert run("workbook", "apply", path, "--on", ON, "--write")[0] == 0
    assert world.decisions.read_text("utf-8") == written


def test_a_note_changes_no_figure(world: World) -> None:
    before = pma.snapshot(world.data(), as_of=ON)
    world.decided("2026-10-13,own:PAY-1,note,our customers wait,,,,")
    after = pma.snapshot(world.data(), as_of=ON)
    assert after.decisions["kind"].tolist() == ["note"]
    pd.testing.assert_frame_equal(after.items, before.items)
    pd.testing.assert_frame_equal(after.field_changes, before.field_changes)
    pd.testing.assert_frame_equal(pma.ownership_gaps(after), pma.ownership_gaps(before))


def test_applying_in_python_returns_what_was_written_and_only_once(world: World) -> None:
    edited, data = world.edited({"PAY-1": {"Note": "=1+1"}}, role="team lead"), world.data()
    written = pma.apply_answers(data, edited, on=ON)
    assert written[["subject", "kind", "value", "role"]].to_numpy().tolist() == [
        ["own:PAY-1", "note", "=1+1", "team lead"]
    ]
    assert pma.apply_answers(world.data(), edited, on=ON).empty
    # The data were read before; the decisions file is looked at anew.
    assert pma.apply_answers(data, edited, on="2026-10-20").empty
    other = world.edited({"PAY-1": {"Note": "other"}}, "other.xlsx")
    assert pma.workbook_changes(data, other, on=ON)["outcome"].tolist() == ["conflict"]
    # In the file it is disarmed.
    assert (
        world.decisions.read_text("utf-8").splitlines()[1].startswith(f"{ON},own:PAY-1,note,'=1+1,")
    )


def test_the_day_is_that_of_the_last_saving_in_our_zone(world: World) -> None:
    path = saved_on(world.edited({"PAY-1": {"Note": "see"}}), "2026-10-14T23:30:00Z")
    written = pma.apply_answers(world.data(), path)
    # Half past eleven in UTC is the next day in Berlin.
    assert written["decided_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-10-15"]


def test_a_saving_before_the_report_asks_for_the_day(world: World) -> None:
    path = saved_on(world.edited({"PAY-1": {"Note": "see"}}), "2026-10-11T12:00:00Z")
    with pytest.raises(pma.UsageError, match=r"saved on 2026-10-11, lies before .* --on DATE"):
        pma.workbook_changes(world.data(), path)
    with pytest.raises(pma.UsageError, match="'soon' is no day for --on"):
        pma.workbook_changes(world.data(), path, on="soon")


def test_waivers_are_granted_with_a_day_only(world: World, run: Run) -> None:
    path = saved_on(
        world.edited({"PAY-2": WAIVER, "PAY-1": {"Note": "see"}}), "2026-10-14T09:00:00Z"
    )
    code, out, _ = run("workbook", "apply", path)
    assert code == 0
    assert "wait to be granted with --on DATE (1):" in out
    assert out.splitlines()[-2:] == [
        f"Nothing was written; this writes: pmanalytics workbook apply {path} --write",
        f"This grants the waivers: pmanalytics workbook apply {path} --on DATE --write",
    ]
    # The others do not wait for them, and count from the day on which the workbook was saved.
    code, out, _ = run("workbook", "apply", path, "--write")
    assert code == 1
    assert "1 written, 1 waiting to be granted." in out
    assert out.splitlines()[-1].startswith("This grants the waivers: ")
    written = world.decisions.read_text("utf-8")
    assert "2026-10-14,own:PAY-1,note,see," in written
    assert "waiver" not in written
    assert run("workbook", "apply", path, "--write", "--on", "2026-10-15")[0] == 0
    (line,) = world.decisions.read_text("utf-8").removeprefix(written).splitlines()
    assert line.startswith("2026-10-15,own:PAY-2,waiver,,2026-12-31,waits,")


def test_a_waiver_on_what_was_dropped_waits_whole(world: World) -> None:
    """The keep that it needs is not written without it."""
    world.decided("2026-10-10,own:PAY-2,drop,,,no use,,")
    path = saved_on(world.edited({"PAY-2": WAIVER}), "2026-10-14T09:00:00Z")
    table = pma.workbook_changes(world.data(), path)
    assert table[["outcome", "kind"]].to_numpy().tolist() == [
        ["waiting", "keep"], ["waiting", "waiver"],
    ]  # fmt: skip
    assert pma.apply_answers(world.data(), path).empty
    assert pma.apply_answers(world.data(), path, on=ON)["kind"].tolist() == ["keep", "waiver"]


def applied(world: World, path: Path, day: str) -> None:
    pma.apply_answers(pma.read(world.folder), path, on=day)


# Newer Pythons warn of forks beside threads; the forks here only write a file and end.
FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@FORKS
def test_what_is_recorded_was_compared_with_what_stood_then(world: World) -> None:
    """Somebody decides between the comparison and the writing: nobody is overruled."""
    path = world.edited({"PAY-1": {"Note": "mine"}, "PAY-2": {"Note": "mine"}})
    data = world.data()
    lock = world.folder / ".decisions.csv.lock"
    asked, asking = os.pipe()

    def told(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and str(arguments[0]) == str(lock):
            os.write(asking, b"!")

    def write() -> None:
        sys.addaudithook(told)
        applied(world, path, ON)

    with FileLock(lock):
        started = forked(write)
        os.close(asking)
        # It compares, and then waits for the lock.
        assert os.read(asked, 1) == b"!"
        world.decided("2026-10-14,own:PAY-1,note,theirs,,,,")
    assert succeeded(started)
    os.close(asked)
    notes = world.data().decisions[["subject", "value"]].to_numpy().tolist()
    assert notes == [["own:PAY-1", "theirs"], ["own:PAY-2", "mine"]]
    assert pma.workbook_changes(data, path, on=ON)["outcome"].tolist() == ["conflict", "known"]


@FORKS
def test_two_who_apply_at_once_write_one_answer(world: World) -> None:
    paths = [world.edited({"PAY-1": {"Note": name}}, f"{name}.xlsx") for name in ("one", "two")]
    days = (ON, "2026-10-15", "2026-10-16")
    at_once(*[partial(applied, world, path, day) for path in paths for day in days])
    assert len(world.data().decisions) == 1


def test_what_was_written_before_can_be_told_afterwards(world: World, run: Run) -> None:
    """Whoever wrote first and then wants the file for the tracker gets it."""
    path = world.edited({"PAY-1": {"Note": "see", NEW: date(2026, 11, 30)}})
    assert run("workbook", "apply", path, "--on", ON, "--write")[0] == 0
    world.decided("2026-10-14,own:PAY-2,note,of another one,,,,")
    changes = pma.workbook_changes(world.data(), path, on=ON)
    assert set(changes["outcome"]) == {"known"}
    told = told_decisions(world.data(), changes)
    assert told[["subject", "kind"]].to_numpy().tolist() == [
        ["own:PAY-1", "promised"], ["own:PAY-1", "note"],
    ]  # fmt: skip
    _, _, said = run("workbook", "apply", path, "--on", ON, "--for", "jira_csv")
    assert "1 decided item of own: own:PAY-1." in said


def test_a_decision_that_is_not_the_last_is_not_told(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}})
    world.decided("2026-10-13,own:PAY-1,note,old,,,,", "2026-10-13,PAY-1,note,see,,,,")
    data = world.data()
    told = told_decisions(data, pma.workbook_changes(data, path, on=ON))
    updates = pma.ticket_updates(data, form="github", decisions=told)
    assert updates.left_out == ("1 decided item of own: own:PAY-1.",)


def test_what_is_refused_does_not_stop_the_others(world: World, run: Run) -> None:
    path = world.edited({"PAY-1": {"New owner team": "Paymens"}, "PAY-2": {"Note": "see"}})
    code, out, _ = run("workbook", "apply", path, "--on", ON, "--write")
    assert code == 1
    assert "Written (1):" in out
    assert "the nearest is 'Payments'." in " ".join(out.split())
    assert out.endswith("1 written, 1 refused.\n")
    assert len(world.decisions.read_text("utf-8").splitlines()) == 2


def test_a_dry_run_for_programs(world: World, run: Run) -> None:
    path = world.edited({"PAY-2": {"Note": "=1+1"}})
    code, out, said = run("workbook", "apply", path, "--on", ON, "--format", "json")
    (change,) = json.loads(out)["changes"]
    assert (code, change["outcome"], change["decided_on"]) == (0, "change", ON)
    assert (change["value"], change["row"]) == ("=1+1", 4)
    assert "Nothing was written" in said
    _, out, _ = run("workbook", "apply", path, "--on", ON, "--format", "csv")
    assert ",note,'=1+1," in out


def test_nothing_to_do_is_said(world: World, run: Run) -> None:
    code, out, _ = run("workbook", "apply", world.pristine, "--write")
    assert (code, out) == (0, "Nothing was answered that differs from what was given out.\n")


def test_a_folder_is_read_whole_and_each_file_once(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}})
    back = path.parent
    shutil.copy(path, back / "a copy.xlsx")
    for name in ("~$edited.xlsx", ".~lock.edited.xlsx#", ".hidden.xlsx", "notes.txt"):
        (back / name).write_text("no workbook", "utf-8")
    table = pma.workbook_changes(world.data(), back, path, on=ON)
    assert table[["file", "outcome"]].to_numpy().tolist() == [["a copy.xlsx", "change"]]


def test_what_cannot_be_read_does_not_stop_the_others(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}})
    (path.parent / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (path.parent / "answers.ods").write_bytes(b"PK\x03\x04 no workbook")
    table = pma.workbook_changes(world.data(), path.parent, on=ON)
    assert table.set_index("file")["outcome"].to_dict() == {
        "edited.xlsx": "change", "broken.xlsx": "refused", "answers.ods": "refused",
    }  # fmt: skip
    with pytest.raises(pma.InputError, match=r"broken\.xlsx"):
        pma.workbook_changes(world.data(), path.parent / "broken.xlsx")


def test_a_folder_without_workbooks_is_an_error(world: World, run: Run) -> None:
    (world.folder / "nothing").mkdir()
    code, out, said = run("workbook", "apply", "nothing")
    assert (code, out) == (2, "")
    assert said.startswith("pmanalytics: There is no workbook (.xlsx) in the folder nothing")


def test_without_a_decisions_file_nothing_can_be_written(world: World) -> None:
    configuration = world.folder / "pmanalytics.toml"
    text = configuration.read_text("utf-8").replace('decisions = "decisions.csv"\n', "")
    configuration.write_text(text, "utf-8")
    path = world.edited({"PAY-1": {"Note": "see"}})
    assert pma.workbook_changes(world.data(), path, on=ON)["outcome"].tolist() == ["change"]
    with pytest.raises(pma.UsageError, match="names no file for decisions"):
        pma.apply_answers(world.data(), path, on=ON)


def test_nothing_is_compared_without_the_decisions(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}})
    world.decisions.write_text("<html>log in</html>", "utf-8")
    with pytest.raises(pma.InputError, match=r"decisions\.csv"):
        pma.workbook_changes(world.data(), path, on=ON)


@pytest.mark.parametrize("role", ["ada@example.org", "Ada Byron"])
def test_a_person_is_no_role(world: World, role: str) -> None:
    with (world.folder / "pmanalytics.toml").open("a") as file:
        file.write('people = "people.csv"\n')
    (world.folder / "people.csv").write_text("person,team\nAda Byron,Payments\n", "utf-8")
    path = world.edited({"PAY-1": {"Note": "see"}}, role=role)
    table = pma.workbook_changes(world.data(), path, on=ON, role="team lead")
    assert table["outcome"].tolist() == ["change", "remark"]
    assert table["role"][0] == "team lead"
    assert role not in table.to_csv()
    with pytest.raises(pma.UsageError, match="names a person"):
        pma.workbook_changes(world.data(), path, on=ON, role=role)


def test_the_tickets_can_be_told(world: World, run: Run) -> None:
    assert tuple(form.name for form in FORMS) == TRACKERS
    path = world.edited({"PAY-1": {"Note": "see"}, "PAY-2": {"New owner team": "Paymens"}})
    code, out, said = run("workbook", "apply", path, "--on", ON, "--for", "jira_csv")
    # The items are in none of Jira's projects; what is told of such is tested with the updates.
    assert (code, out) == (1, "Issue key,Summary\n")
    assert "To be written (1):" in said
    assert "1 decided item of own: own:PAY-1." in said
    _, out, _ = run("workbook", "apply", path, "--on", ON, "--for", "github")
    assert out.startswith("#!")
    assert not world.decisions.exists()


def two_jiras(world: World) -> None:
    """The same organisation, whose tickets are in two systems of one kind."""
    configuration = world.folder / "pmanalytics.toml"
    text = configuration.read_text("utf-8")
    jira = "Issue key,Issue id,Summary,Status,Created,Updated\n{0}-1,{1},{2},Open,{3},{3}\n"
    for number, name in enumerate(("east", "west"), start=1):
        text += f'\n[[source]]\npath = "{name}.csv"\nname = "{name}"\ntracker = "jira_csv"\n'
        told = jira.format(name.upper(), number, f"Title {name}", "2026-10-01 09:00")
        (world.folder / f"{name}.csv").write_text(told, "utf-8")
    configuration.write_text(text, "utf-8")


def test_of_two_systems_one_is_named_and_what_was_written_is_said(world: World, run: Run) -> None:
    two_jiras(world)
    book = openpyxl.load_workbook(world.given_out())
    page = book["Actions"]
    header = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        if str(row[0].value).startswith(("east", "west")):
            row[header.index("Note (answer)")].value = f"about {row[0].value}"
    path = world.folder / "edited.xlsx"
    book.save(path)
    code, out, said = run("workbook", "apply", path, "--on", ON, "--write", "--for", "jira_csv")
    assert (code, out) == (2, "")
    assert "Written (2):" in said
    assert "east, west" in said
    args = ("workbook", "apply", path, "--on", ON, "--for", "jira_csv", "--source", "west")
    code, out, said = run(*args)
    assert code == 0
    assert [line.split(",")[0] for line in out.splitlines()] == ["Issue key", "WEST-1"]
    assert "1 decided item of east: east:EAST-1." in said
