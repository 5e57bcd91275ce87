"""The dataset: which files are read, and what becomes of the copies of one ticket."""

import os
from pathlib import Path

import pytest

from pmanalytics.datasets import Dataset, decisions_of, read
from pmanalytics.errors import InputError
from pmanalytics.settings import load_settings

HEADER = "item_id,key,title,state,team,created_at,updated_at\n"


def row(number: int, *, state: str = "open", updated: str = "2026-01-12") -> str:
    return (
        f"jira:PAY-{number},PAY-{number},Add an alert,{state},Core,"
        f"2026-01-12T10:00:00Z,{updated}T10:00:00Z\n"
    )


def export(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(rows))
    return path


def keys(data: Dataset) -> list[str]:
    return sorted(data.items["key"])


def test_a_file(tmp_path: Path) -> None:
    data = read(export(tmp_path / "a.csv", row(1), row(2)))
    assert keys(data) == ["PAY-1", "PAY-2"]
    assert data.files["path"].tolist() == ["a.csv"]
    assert data.files[["rows", "items", "duplicates"]].iloc[0].tolist() == [2, 2, 0]


def test_a_folder_with_folders_and_without_what_is_hidden(tmp_path: Path) -> None:
    export(tmp_path / "a.csv", row(1))
    export(tmp_path / "deeper" / "b.csv", row(2))
    export(tmp_path / ".hidden" / "c.csv", row(3))
    # Excel keeps such a file beside a workbook that is open.
    (tmp_path / "~$a.xlsx").write_bytes(b"\x05user")
    (tmp_path / "README.md").write_text("nothing")
    data = read(tmp_path)
    assert keys(data) == ["PAY-1", "PAY-2"]
    assert data.files["path"].tolist() == ["a.csv", "deeper/b.csv"]


def test_a_glob(tmp_path: Path) -> None:
    export(tmp_path / "jira-1.csv", row(1))
    export(tmp_path / "jira-2.csv", row(2))
    export(tmp_path / "other.csv", row(3))
    assert keys(read(str(tmp_path / "jira-*.csv"))) == ["PAY-1", "PAY-2"]


def test_a_list_in_which_one_file_is_named_twice(tmp_path: Path) -> None:
    one, two = export(tmp_path / "a.csv", row(1)), export(tmp_path / "b.csv", row(2))
    data = read([one, two, tmp_path / "a.csv"])
    assert keys(data) == ["PAY-1", "PAY-2"]
    assert data.files["rows"].tolist() == [1, 1]


def test_a_configuration_and_the_folder_that_holds_it(tmp_path: Path) -> None:
    export(tmp_path / "in" / "a.csv", row(1))
    export(tmp_path / "elsewhere.csv", row(2))
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text('organisation = "Example"\n[[source]]\npath = "in/*.csv"\n')
    for place in (toml, tmp_path):
        data = read(place)
        assert (keys(data), data.settings.organisation) == (["PAY-1"], "Example")
        assert data.files["path"].tolist() == ["in/a.csv"]


def test_the_mapping_of_a_configuration_holds_for_a_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Ticket,What,Begun\nPAY-1,Add an alert,2026-01-12\n")
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text(
        '[[source]]\npath = "a.csv"\ndate_formats = ["%Y-%m-%d"]\n'
        '[source.fields]\nkey = "Ticket"\ntitle = "What"\ncreated_at = "Begun"\n'
    )
    data = read(tmp_path / "a.csv", config=toml)
    assert keys(data) == ["PAY-1"]


def test_of_overlapping_exports_the_newest_copy_is_the_item(tmp_path: Path) -> None:
    # PAY-1 is equal in both, PAY-2 was done in between, PAY-3 is only in the second.
    export(tmp_path / "1.csv", row(1), row(2))
    export(tmp_path / "2.csv", row(1), row(2, state="done", updated="2026-02-01"), row(3))
    for order in (["1.csv", "2.csv"], ["2.csv", "1.csv"]):
        data = read([tmp_path / name for name in order])
        assert keys(data) == ["PAY-1", "PAY-2", "PAY-3"]
        assert data.items.set_index("key")["state"]["PAY-2"] == "done"
        # The older copy of PAY-2 says something else and is kept; that of PAY-1 is not.
        assert data.observations[["key", "state"]].to_numpy().tolist() == [["PAY-2", "open"]]
        assert data.files["rows"].sum() == 5
        assert (data.files["items"].sum(), data.files["duplicates"].sum()) == (3, 2)
        parts = data.files[["items", "incidents", "filtered", "duplicates", "rejects"]]
        assert (parts.sum(axis=1) == data.files["rows"]).all()


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    export(tmp_path / "a.csv", row(1))
    (tmp_path / "b.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    export(tmp_path / "c.csv", row(2))
    data = read(tmp_path)
    assert keys(data) == ["PAY-1", "PAY-2"]
    assert data.rejects[["file", "rule"]].to_numpy().tolist() == [["b.csv", "unreadable"]]
    assert data.rejects["row"].isna().all()
    files = data.files.set_index("path")
    assert files["rows"].to_dict() == {"a.csv": 1, "b.csv": 0, "c.csv": 1}
    assert "b.csv" in files.loc["b.csv", "warnings"][0]


def test_when_every_file_is_bad_the_first_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(InputError, match=r"a\.csv"):
        read(tmp_path)


@pytest.mark.parametrize("place", ["nowhere.csv", "no-*.csv"])
def test_a_place_where_nothing_is(tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read(tmp_path / place)


@pytest.mark.parametrize("place", ["n" * 300, f"{'a/' * 3000}b.csv"], ids=["name", "path"])
def test_a_place_that_no_file_can_have(tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match=r"cannot be looked at \(File name too long\); check"):
        read(tmp_path / place)


def test_a_file_whose_name_is_no_utf_8_is_read_under_another(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    (tmp_path / name).write_text("item_id,title,state\na:1,Fix it,open\n")
    assert read(tmp_path).files["path"].tolist() == ["caf\N{REPLACEMENT CHARACTER}.csv"]


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no export in"):
        read(tmp_path)


@pytest.mark.parametrize("key", ['[[source]]\npath = "no-*.csv"', '[registry]\nteams = "no-*.csv"'])
def test_a_pattern_of_the_configuration_that_fits_nothing(tmp_path: Path, key: str) -> None:
    (tmp_path / "pmanalytics.toml").write_text(key)
    with pytest.raises(InputError, match=r"names 'no-\*\.csv', and no file is there"):
        read(tmp_path)


def test_registry_and_decisions_are_counted_apart(tmp_path: Path) -> None:
    export(tmp_path / "a.csv", row(1))
    (tmp_path / "teams.csv").write_text("team,project\nCore,PAY\nWeb,WEB\n")
    (tmp_path / "services.csv").write_text("service,team,role\nqueue,Core,operate\n")
    (tmp_path / "decisions.csv").write_text(
        "decided_on,subject,kind,value,until,reason\n2026-03-01,PAY-1,waiver,,2026-05-01,waits\n"
    )
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text(
        'decisions = "decisions.csv"\n[[source]]\npath = "a.csv"\n'
        '[registry]\nteams = "teams.csv"\nservices = "services.csv"\n'
        '[[waiver]]\nitem = "PAY-1"\nuntil = 2026-04-01\ngranted = 2026-02-01\n'
    )
    data = read(toml)
    files = data.files.set_index("path")
    assert files["other"].to_dict() == {
        "a.csv": 0,
        "services.csv": 1,
        "teams.csv": 2,
        "decisions.csv": 1,
    }
    assert files["rows"].to_dict() == {
        "a.csv": 1,
        "services.csv": 0,
        "teams.csv": 0,
        "decisions.csv": 0,
    }
    assert (len(data.teams), len(data.services)) == (2, 1)
    # Oldest first, the one of the configuration among them.
    assert data.decisions["until"].dt.strftime("%m-%d").tolist() == ["04-01", "05-01"]
    alone = decisions_of(load_settings(toml))
    assert alone.equals(data.decisions)
