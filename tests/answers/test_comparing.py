"""Three ways: what was given out, what the reader says, and what stands now."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from tests.answers.returning import AS_OF, NEW, World, saved_on, small_organisation

ON = "2026-10-14"
DROP = {"Decision": "drop", "Reason": "no use"}
WAIVER = {"Decision": "ask for a waiver", "Waiver until": date(2026, 12, 31), "Reason": "waits"}


def changes(world: World, *paths: Path, on: str | None = ON) -> pd.DataFrame:
    return pma.workbook_changes(world.data(), *paths, on=on)


def only(table: pd.DataFrame) -> Mapping[str, Any]:
    """The one row of a list of changes, missing as ""."""
    assert len(table) == 1, table["detail"].tolist()
    row: dict[str, Any] = table.astype("str").fillna("").iloc[0].to_dict()
    return row


def test_what_came_back_as_it_went_out_is_nothing(world: World) -> None:
    world.decided("2026-10-01,own:PAY-1,drop,,,no use,,", "2026-10-01,INC-4,repeat,INC-3,,,,")
    table = changes(world, world.given_out())
    assert table.empty
    assert list(table)[:5] == ["file", "sheet", "row", "subject", "title"]
    assert str(table["decided_on"].dtype).startswith("datetime64")


# An answer, the decision that it becomes (kind, value, until, reason), and the rows of a decisions
# file that say the same, and something else.
ANSWERS: Mapping[str, tuple[str, dict[str, Any], tuple[str, ...], str, str]] = {
    "promised": ("PAY-1", {NEW: date(2026, 11, 30)}, ("promised", "", "2026-11-30", ""),
                 "own:PAY-1,promised,,2026-11-30,,", "own:PAY-1,promised,,2026-12-24,,"),
    "team": ("PAY-1", {"New owner team": "mail"}, ("owner_team", "Mail", "", ""),
             "own:PAY-1,owner_team,MAIL,,,", "own:PAY-1,owner_team,Search Index,,,"),
    "drop": ("PAY-1", DROP, ("drop", "", "", "no use"),
             "own:PAY-1,drop,,,no use,", "own:PAY-1,keep,,,,"),
    "keep": ("PAY-1", {"Decision": "keep"}, ("keep", "", "", ""),
             "own:PAY-1,keep,,,,", "own:PAY-1,drop,,,no use,"),
    "waiver": ("PAY-2", WAIVER, ("waiver", "", "2026-12-31", "waits"),
               "PAY-2,waiver,,2026-12-31,waits,", "PAY-2,waiver,,2026-11-30,waits,"),
    "note": ("PAY-2", {"Note": "our customers wait"}, ("note", "our customers wait", "", ""),
             "PAY-2,note,our customers wait,,,", "PAY-2,note,all is well,,,"),
    "confirm": ("INC-4 INC-3", {"Is it a return?": "confirm"}, ("repeat", "INC-3", "", ""),
                "INC-4,repeat,INC-3,,,", "INC-4,not_repeat,INC-3,,another cause,"),
    "deny": ("INC-2 INC-1", {"Is it a return?": "deny", "Reason": "a disk"},
             ("not_repeat", "INC-1", "", "a disk"),
             "INC-2,not_repeat,INC-1,,a disk,", "INC-2,repeat,INC-1,,,"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_what_nobody_decided_since_is_a_change(world: World, name: str) -> None:
    about, cells, made, _, _ = ANSWERS[name]
    row = only(changes(world, world.edited({about: cells}, role="product manager")))
    assert (row["outcome"], row["given_out"], row["now"]) == ("change", "nothing", "nothing")
    assert (row["kind"], row["value"], row["until"], row["reason"]) == made
    assert (row["decided_on"], row["role"]) == (ON, "product manager")
    assert row["origin"].startswith("workbook edited.xlsx, ")
    assert row["subject"] == (about.split()[0] if " " in about else f"own:{about}")


@pytest.mark.parametrize("name", ANSWERS)
def test_what_was_decided_likewise_since_is_known(world: World, name: str) -> None:
    about, cells, _, same, _ = ANSWERS[name]
    path = world.edited({about: cells})
    row = only(changes(world.decided(f"2026-10-13,{same},"), path))
    assert (row["outcome"], row["detail"], row["kind"]) == ("known", "It stands so already.", "")


@pytest.mark.parametrize("name", ANSWERS)
def test_what_was_decided_otherwise_since_is_a_conflict(world: World, name: str) -> None:
    about, cells, _, _, other = ANSWERS[name]
    path = world.edited({about: cells})
    row = only(changes(world.decided(f"2026-10-13,{other},"), path))
    assert (row["outcome"], row["kind"]) == ("conflict", "")
    for part in (f"edited.xlsx, {row['sheet']} row {row['row']}", "given out with nothing",
                 f"now says {row['now']}", f"reader says {row['answered']}"):  # fmt: skip
        assert part in row["detail"]
    assert row["detail"].count(".") == row["detail"].count("edited.xlsx") + 1  # one sentence


def test_a_former_answer_can_be_changed(world: World) -> None:
    world.decided("2026-10-01,own:PAY-1,promised,,2026-11-01,,,")
    row = only(changes(world, world.edited({"PAY-1": {NEW: date(2026, 11, 30)}})))
    assert (row["outcome"], row["given_out"], row["now"]) == ("change", "2026-11-01", "2026-11-01")


def test_a_cleared_answer_takes_nothing_back_and_is_said(world: World) -> None:
    world.decided("2026-10-01,own:PAY-1,drop,,,no use,,")
    row = only(changes(world, world.edited({"PAY-1": {"Decision": None, "Reason": None}})))
    assert (row["outcome"], row["kind"]) == ("remark", "")
    assert "own:PAY-1" in row["detail"]
    assert "takes nothing back" in row["detail"]


def test_a_refused_cell_is_in_the_list_with_its_row(world: World) -> None:
    row = only(changes(world, world.edited({"PAY-1": {NEW: "soon"}})))
    assert (row["outcome"], row["subject"], row["answer"]) == ("refused", "own:PAY-1", NEW)
    assert row["detail"].startswith("edited.xlsx: Sheet 'Actions', row ")


CLOSED = {"state": "done", "closed_at": "2026-10-13T09:00:00Z"}


@pytest.mark.parametrize("cells", [DROP, WAIVER, {"Decision": "keep"}, {NEW: date(2026, 11, 30)}])
def test_what_the_tracker_closed_since_is_not_decided_about(
    world: World, cells: dict[str, Any]
) -> None:
    path = world.edited({"PAY-1": cells})
    row = only(changes(world.but("PAY-1", **CLOSED), path))
    assert row["outcome"] == "refused"
    assert "its tracker closed it as done on 2026-10-13" in row["detail"]


def test_a_note_and_a_team_fit_a_closed_item(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "well done", "New owner team": "Mail"}})
    table = changes(world.but("PAY-1", **CLOSED), path)
    assert table["outcome"].tolist() == ["change", "change"]


def test_a_drop_that_the_tracker_made_meanwhile_is_known(world: World) -> None:
    path = world.edited({"PAY-1": DROP})
    world.but("PAY-1", state="dropped", closed_at="2026-10-13T09:00:00Z")
    row = only(changes(world, path))
    assert (row["outcome"], row["detail"]) == ("known", "Its tracker has dropped it.")


@pytest.mark.parametrize(
    ("moved_to", "says", "outcome"),
    [
        ("2026-11-15", date(2026, 11, 15), "known"),
        ("2026-11-15", date(2026, 11, 30), "conflict"),
        ("", date(2026, 11, 30), "conflict"),
        # Nothing moved, and the reader writes what the ticket has.
        ("2026-10-20", date(2026, 10, 20), "known"),
    ],
)
def test_a_date_that_moved_in_the_tracker(
    world: World, moved_to: str, says: date, outcome: str
) -> None:
    path = world.edited({"PAY-1": {NEW: says}})
    row = only(changes(world.but("PAY-1", promised_on=moved_to), path))
    assert row["outcome"] == outcome
    moved = f"its date was 2026-10-20 then and {'is ' * bool(moved_to)}"
    assert (moved in row["detail"]) == (outcome == "conflict")


@pytest.mark.parametrize(
    ("given", "now", "says", "outcome"),
    [
        ("Payments", "Mail", "mail", "known"),
        ("Payments", "Mail", "Search Index", "conflict"),
        ("Payments", "Payments", "money", "known"),  # an alias
        # The project alone led to this team; that it is said makes it the item's own.
        ("", "", "Payments", "change"),
    ],
)
def test_a_team_that_changed_in_the_tracker(
    world: World, given: str, now: str, says: str, outcome: str
) -> None:
    path = world.but("PAY-1", team=given).edited({"PAY-1": {"New owner team": says}})
    row = only(changes(world.but("PAY-1", team=now), path))
    assert row["outcome"] == outcome


def test_an_unknown_team_is_refused_with_the_nearest(world: World) -> None:
    row = only(changes(world, world.edited({"PAY-1": {"New owner team": "Paymens"}})))
    assert row["outcome"] == "refused"
    assert "row 2: 'Paymens' is not applied" in row["detail"]
    assert row["detail"].endswith("the nearest is 'Payments'.")


def test_without_a_registry_any_team_is_taken(world: World) -> None:
    (world.folder / "teams.csv").write_text("team,project\n", "utf-8")
    row = only(changes(world, world.edited({"PAY-1": {"New owner team": "Night shift"}})))
    assert (row["outcome"], row["value"]) == ("change", "Night shift")


def test_an_item_that_is_gone_is_refused(world: World) -> None:
    path = world.edited({"PAY-1": DROP, "PAY-2": {"Note": "see"}})
    table = changes(world.without("PAY-1"), path).set_index("subject")
    assert table["outcome"].to_dict() == {"own:PAY-1": "refused", "own:PAY-2": "change"}
    assert "own:PAY-1 is not in the data any more" in table.loc["own:PAY-1", "detail"]


def test_an_incident_that_is_gone_is_refused(world: World) -> None:
    path = world.edited({"INC-4 INC-3": {"Is it a return?": "confirm"}})
    file = world.folder / "incidents.csv"
    kept = [line for line in file.read_text("utf-8").splitlines() if "INC-3," not in line]
    file.write_text("\n".join(kept), "utf-8")
    row = only(changes(world, path))
    assert row["outcome"] == "refused"
    assert "INC-4 and INC-3 are not both in the data any more" in row["detail"]


def test_incidents_that_overlap_now_are_no_return(world: World) -> None:
    path = world.edited({"INC-4 INC-3": {"Is it a return?": "confirm"}})
    file = world.folder / "incidents.csv"
    text = file.read_text("utf-8").replace("2026-08-31T10:00:00Z", "2026-10-02T10:00:00Z")
    file.write_text(text, "utf-8")
    row = only(changes(world, path))
    assert row["outcome"] == "refused"
    assert "INC-3 was not over when INC-4 began" in row["detail"]


def test_what_the_incident_names_itself_is_known(world: World) -> None:
    row = only(changes(world, world.edited({"INC-2 INC-1": {"Is it a return?": "confirm"}})))
    assert (row["outcome"], row["kind"]) == ("known", "")


def test_a_duplicate_follows_its_survivor(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}, "PAY-2": {"Note": "too"}})
    world.but("PAY-1", state="dropped", closed_at="2026-10-13T09:00:00Z", duplicate_of="own:PAY-2")
    table = changes(world, path)
    assert table["subject"].tolist() == ["own:PAY-2"] * 2
    # Both notes are about one item now, and contradict each other.
    assert table["outcome"].tolist() == ["conflict", "conflict"]


def test_an_item_that_was_merged_by_its_title_follows_too(world: World) -> None:
    path = world.edited({"PAY-2": {"Note": "see"}})
    # The ticket that was created first survives.
    world.but("PAY-9", title="Move the database", incident_id="INC-2",
              created_at="2026-06-01T09:00:00Z")  # fmt: skip
    row = only(changes(world, path))
    assert (row["outcome"], row["subject"]) == ("change", "own:PAY-9")
    # What was decided of the merged ticket stands for the one that is left.
    row = only(changes(world.decided("2026-10-13,PAY-2,note,see,,,,"), path))
    assert row["outcome"] == "known"


@pytest.mark.parametrize(
    ("first", "second", "outcomes"),
    [
        ({"Note": "see"}, {"Note": "see"}, ["change", "known"]),
        ({"Note": "see"}, {"Note": "other"}, ["conflict", "conflict"]),
        ({"New owner team": "mail"}, {"New owner team": "Mail"}, ["change", "known"]),
        ({"Note": "see"}, {"New owner team": "Mail"}, ["change", "change"]),
    ],
)
def test_two_workbooks_about_one_item(
    world: World, first: dict[str, Any], second: dict[str, Any], outcomes: list[str]
) -> None:
    given = world.given_out()
    one = world.edited({"PAY-1": first}, "one.xlsx", given=given)
    two = world.edited({"PAY-1": second}, "two.xlsx", given=given, role="team lead")
    table = changes(world, one, two)
    assert table["outcome"].tolist() == outcomes
    if outcomes == ["conflict", "conflict"]:
        assert all(
            f"{name}, Actions row 2" in detail
            for detail in table["detail"]
            for name in ("one.xlsx", "two.xlsx")
        )
    if outcomes == ["change", "known"]:
        assert table["detail"][1] == "one.xlsx, Actions row 2 says the same."


def test_a_stale_workbook_that_contradicts_another_one_stops_it(world: World) -> None:
    stale = world.edited({"PAY-1": {"Note": "old"}}, "one.xlsx")
    world.decided("2026-10-10,own:PAY-1,note,in between,,,,")
    fresh = world.edited({"PAY-1": {"Note": "new"}}, "two.xlsx")
    assert changes(world, stale, fresh)["outcome"].tolist() == ["conflict", "conflict"]
    assert changes(world, fresh)["outcome"].tolist() == ["change"]


def test_a_later_decision_is_not_shadowed(world: World) -> None:
    world.decided("2026-10-13,own:PAY-1,promised,,2026-11-01,,,")
    path = world.edited(
        {"PAY-1": {NEW: date(2026, 11, 30)}}, given=world.given_out(as_of="2026-10-13")
    )
    row = only(changes(world, path, on="2026-10-13"))
    assert row["outcome"] == "change"  # what is recorded later on a day counts
    world.decided("2026-10-20,own:PAY-1,promised,,2026-11-01,,,")
    row = only(changes(world, path, on="2026-10-14"))
    assert row["outcome"] == "refused"
    assert "a decision of 2026-10-20 on it stands already" in row["detail"]
    assert only(changes(world, path, on="2026-10-20"))["outcome"] == "change"


@pytest.mark.parametrize(
    ("day", "outcome", "said"),
    [
        (date(2026, 6, 30), "refused", "before the item was created on 2026-07-02"),
        (date(2026, 9, 12), "refused", "so long past"),
        (date(2026, 9, 13), "change", "over already"),  # 31 days before
        (date(2026, 10, 14), "change", "Counts from 2026-10-14 on."),
        (date(2036, 10, 15), "refused", "more than ten years ahead"),
    ],
)
def test_a_promise_is_for_a_day_that_can_be_meant(
    world: World, day: date, outcome: str, said: str
) -> None:
    row = only(changes(world, world.edited({"PAY-1": {NEW: day}})))
    assert row["outcome"] == outcome
    assert said in row["detail"]


def test_a_dropped_item_has_no_promised_date(world: World) -> None:
    table = changes(world, world.edited({"PAY-1": DROP | {NEW: date(2026, 11, 30)}}))
    assert table.set_index("answer")["outcome"].to_dict() == {NEW: "refused", "Decision": "change"}
    # Whoever else dropped it meanwhile.
    path = world.edited({"PAY-1": {NEW: date(2026, 11, 30)}})
    assert (
        only(changes(world.decided("2026-10-13,own:PAY-1,drop,,,,,"), path))["outcome"] == "refused"
    )


def test_a_drop_that_is_taken_back_can_be_promised(world: World) -> None:
    world.decided("2026-10-01,own:PAY-1,drop,,,no use,,")
    path = world.edited({"PAY-1": {"Decision": "keep", "Reason": None, NEW: date(2026, 11, 30)}})
    assert changes(world, path)["outcome"].tolist() == ["change", "change"]


def test_a_waiver_for_what_was_dropped_takes_the_drop_back(world: World) -> None:
    world.decided("2026-10-01,own:PAY-2,drop,,,no use,,")
    table = changes(world, world.edited({"PAY-2": WAIVER}))
    assert table["kind"].tolist() == ["keep", "waiver"]
    assert set(table["outcome"]) == {"change"}


# The policy's days are in `returning`.
@pytest.mark.parametrize(
    ("key", "until", "on", "said"),
    [
        (
            "PAY-2",
            date(2026, 12, 31),
            None,
            "granted with --on DATE; it changes no attainment after its due date 2026-10-16.",
        ),
        ("PAY-2", date(2026, 12, 31), "2026-10-16", "due date moves from 2026-10-16 to 2026-12-31"),
        ("PAY-2", date(2026, 12, 31), "2026-10-17", "after its due date 2026-10-16: it changes no"),
        ("PAY-1", date(2026, 12, 31), "2026-10-14", "after its due date 2026-07-16: it changes no"),
        ("SEA-1", date(2026, 10, 31), "2026-10-14", "on or before its due date 2026-10-31"),
        ("MAIL-1", date(2026, 12, 31), "2026-10-14", "gives it no date"),
        ("PAY-2", date(2026, 10, 13), "2026-10-14", "would be over before 2026-10-14"),
        ("PAY-2", date(2037, 10, 13), "2026-10-14", "more than ten years ahead"),
    ],
)
def test_what_a_waiver_changes_is_said(
    world: World, key: str, until: date, on: str | None, said: str
) -> None:
    path = world.edited({key: WAIVER | {"Waiver until": until}})
    saved_on(path, "2026-10-13T09:00:00Z")
    row = only(changes(world, path, on=on))
    assert said in row["detail"]
    assert (row["decided_on"] == "") == (row["outcome"] == "refused" or on is None)


def test_a_second_waiver_is_measured_by_the_first(world: World) -> None:
    world.decided("2026-10-10,own:PAY-2,waiver,,2026-10-25,waits,,")
    row = only(changes(world, world.edited({"PAY-2": WAIVER}), on="2026-10-20"))
    assert "its due date moves from 2026-10-25 to 2026-12-31" in row["detail"]


def test_a_kept_item_keeps_its_waiver(world: World) -> None:
    world.decided("2026-10-10,own:PAY-2,waiver,,2026-10-25,waits,,")
    cells = {"Decision": "keep", "Waiver until": None, "Reason": None}
    row = only(changes(world, world.edited({"PAY-2": cells})))
    assert "the waiver until 2026-10-25 stays as it was granted" in row["detail"]


def test_a_reason_that_was_left_beside_another_decision_is_said(world: World) -> None:
    world.decided("2026-10-10,own:PAY-2,waiver,,2026-10-25,waits,,")
    cells = {"Decision": "drop", "Waiver until": None}
    row = only(changes(world, world.edited({"PAY-2": cells})))
    assert row["detail"].endswith("Its reason is still that of 'ask for a waiver'.")
    row = only(changes(world, world.edited({"PAY-2": cells | {"Reason": "no use"}})))
    assert "still" not in row["detail"]


def test_hostile_text_comes_back_as_it_was_given(world: World) -> None:
    """What a decisions file keeps is compared with what a cell shows."""
    notes = ["=1+1", "'=1+1", "two\nlines", "  blanks  in it ", "NA", "\u202eleft <r>x</r>"]
    path = world.edited({key: {"Note": n} for key, n in zip(world.items, notes, strict=True)})
    assert len(pma.apply_answers(world.data(), path, on=ON)) == len(notes)
    assert changes(world, path)["outcome"].tolist() == ["known"] * len(notes)
    assert changes(world, world.given_out(as_of=ON)).empty


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"sample": True}, "was made from the sample, and these data are real ones"),
        ({"organisation": "Large & Co"}, "was made for 'Large & Co', and these data are those of"),
    ],
)
def test_a_workbook_of_other_data_is_refused_whole(
    world: World, about: dict[str, Any], said: str
) -> None:
    path = world.edited({"PAY-1": DROP}, given=world.given_out("other.xlsx", **about))
    with pytest.raises(pma.InputError, match=f"^edited.xlsx {said}"):
        changes(world, path)
    # Beside a good one it is refused, and does not stop it.
    good = world.edited({"PAY-1": {"Note": "see"}}, "good.xlsx")
    table = changes(world, path, good)
    assert table["outcome"].tolist() == ["change", "refused"]


def test_a_workbook_of_strange_items_is_refused_whole(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = small_organisation(tmp_path_factory.mktemp("other"))
    for key in list(other.items):
        other = other.without(key).but(f"X{key}", **other.items[key])
    (other.folder / "incidents.csv").write_text("incident_id,title\n", "utf-8")
    path = other.edited({"XPAY-1": {"Note": "see"}})
    with pytest.raises(pma.InputError, match="asks about nothing that these data know"):
        changes(world, path)


def test_a_day_before_the_workbook_was_made_is_refused(world: World) -> None:
    path = world.edited({"PAY-1": {"Note": "see"}})
    with pytest.raises(pma.UsageError, match=f"--on 2026-10-11 lies before {AS_OF}"):
        changes(world, path, on="2026-10-11")
    assert len(changes(world, path, on=AS_OF)) == 1


def test_nothing_is_dropped_in_one_workbook_and_promised_in_another(world: World) -> None:
    paths = (
        world.edited({"PAY-1": DROP, "PAY-2": DROP}, "a.xlsx"),
        world.edited({"PAY-1": {NEW: date(2026, 11, 30)}, "SEA-1": {NEW: date(2026, 11, 30)}}, "b.xlsx"),
    )  # fmt: skip
    table = changes(world, *paths)
    assert table[["file", "subject", "outcome"]].to_numpy().tolist() == [
        ["a.xlsx", "own:PAY-1", "conflict"], ["a.xlsx", "own:PAY-2", "change"],
        ["b.xlsx", "own:PAY-1", "conflict"], ["b.xlsx", "own:SEA-1", "change"],
    ]  # fmt: skip
    assert "b.xlsx, Actions row 2 says 2026-11-30 as New promised date, and" in table["detail"][0]
    assert "a.xlsx, Actions row 2 says drop (no use) as Decision, and" in table["detail"][2]


def test_who_drops_what_was_closed_as_a_duplicate_since_does_not_drop_the_other(
    world: World,
) -> None:
    world = world.but("PAY-9", title="Move the database again", incident_id="INC-2")
    path = world.edited({"PAY-9": DROP | {"Note": "PAY-2 is the same"}})
    closed = {"state": "dropped", "closed_at": "2026-10-13T09:00:00Z"}
    world.but("PAY-9", duplicate_of="own:PAY-2", **closed)
    table = changes(world, path).set_index("answer")
    assert table["outcome"].to_dict() == {"Decision": "refused", "Note": "change"}
    assert "it is one with own:PAY-2 now; drop that one if" in table["detail"]["Decision"]
    # What is noted is noted about the one that is left.
    assert table["subject"]["Note"] == "own:PAY-2"
