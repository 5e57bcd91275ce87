"""Recording decisions: what stands in the file stays, and what was written is read back."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import decisions_of
from pmanalytics.errors import InputError, UsageError
from pmanalytics.settings import Settings

DROP: dict[str, Any] = {"decided_on": "2026-07-16", "subject": "jira:PAY-1", "kind": "drop"}
HEADER = "decided_on,subject,kind,value,until,reason,role,origin\n"


def read_back(file: Path) -> list[dict[str, Any]]:
    table = decisions_of(Settings(folder=file.parent, decisions=file.name))
    return table.astype("str").fillna("").to_dict("records")


def test_a_new_file_gets_a_header(tmp_path: Path) -> None:
    file = tmp_path / "new" / "decisions.csv"
    made = pma.record_decisions(file, [DROP | {"reason": "superseded", "until": None}])
    assert file.read_text() == HEADER + "2026-07-16,jira:PAY-1,drop,,,superseded,,\n"
    assert made["kind"].tolist() == ["drop"]
    assert len(list(file.parent.glob("*.csv"))) == 1


@pytest.mark.parametrize(
    ("held", "line"),
    [
        ("kind;subject;note;decided_on\r\nwaiver;x:1;;2026-07-01\r\n", "drop;jira:PAY-1;;2026-07-16\r\n"),
        ("kind\tsubject\tdecided_on\nwaiver\tx:1\t2026-07-01", "\ndrop\tjira:PAY-1\t2026-07-16\n"),
        ("\ufeffdecided_on,subject,kind\n2026-07-01,Ä,drop\n", "2026-07-16,jira:PAY-1,drop\n"),
        ('decided_on,subject,kind,reason\n2026-07-01,x:1,drop,"two\nlines"\n', "2026-07-16,jira:PAY-1,drop,\n"),
        # The line ends of old spreadsheets.
        ("decided_on,subject,kind\r2026-07-01,x:1,drop\r", "2026-07-16,jira:PAY-1,drop\r"),
    ],
)  # fmt: skip
def test_the_bytes_that_stand_there_stay(tmp_path: Path, held: str, line: str) -> None:
    file = tmp_path / "decisions.csv"
    file.write_bytes(held.encode())
    pma.record_decisions(file, [DROP])
    assert file.read_bytes() == (held + line).encode()
    assert len(read_back(file)) == 2


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    # Written by hand, in another form of the same day.
    file.write_text(HEADER + "2026-07-16, jira:PAY-1,drop,,,,,\n")
    before = file.read_bytes()
    assert pma.record_decisions(file, [DROP, DROP]).empty
    assert file.read_bytes() == before
    later = DROP | {"decided_on": "2026-07-17"}
    assert len(pma.record_decisions(file, [later, DROP, later])) == 1


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("id,title\n1,x\n", "does not begin with the columns of decisions"),
        (HEADER + '2026-07-01,x:1,drop,,,"half', "ends inside a quoted cell"),
        ("decided_on,subject,kind\n", "no column reason"),
        (HEADER.encode("utf-16"), "not in UTF-8"),
    ],
)
def test_a_file_that_does_not_fit_is_not_touched(tmp_path: Path, held: Any, said: str) -> None:
    file = tmp_path / "decisions.csv"
    file.write_bytes(held if isinstance(held, bytes) else held.encode())
    before = file.read_bytes()
    with pytest.raises(InputError, match=said):
        pma.record_decisions(file, [DROP | {"reason": "superseded"}])
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "drp"}, "Decision 1 cannot be recorded: 'drp' is no kind of decision; did you mean 'drop'"),
        ({"decided_on": None}, "has no day"),
        ({"subject": None}, "has no subject"),
        ({"kind": "waiver"}, "needs the column until"),
        ({"until_on": "2026-07-16"}, "no column 'until_on'; did you mean 'until'"),
    ],
)  # fmt: skip
def test_a_decision_that_says_too_little_is_refused(
    tmp_path: Path, row: dict[str, Any], said: str
) -> None:
    file = tmp_path / "decisions.csv"
    with pytest.raises(UsageError, match=said):
        pma.record_decisions(file, [DROP | row])
    assert not file.exists()


def test_a_dataset_says_where(tmp_path: Path) -> None:
    pma.write_sample(tmp_path)
    data = pma.read(tmp_path)
    still_open = data.items.loc[data.items["state"] == "open", "item_id"].iloc[0]
    pma.record_decisions(data, [DROP | {"subject": still_open}])
    again = pma.read(tmp_path)
    assert len(again.decisions) == len(data.decisions) + 1
    items = pma.snapshot(again, as_of="2026-10-12").items.set_index("item_id")
    assert str(items.loc[still_open, "closed_on"])[:10] == "2026-07-16"


def test_without_a_file_in_the_configuration_it_says_so(dataset: Any) -> None:
    with pytest.raises(UsageError, match="names no file for decisions"):
        pma.record_decisions(dataset(), [DROP])


@given(
    st.sampled_from(["=", "'=", "''@", "'-"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip),
)
def test_any_text_is_read_back_as_it_was_given(
    tmp_path_factory: Any, beginning: str, text: str
) -> None:
    file = tmp_path_factory.mktemp("decided") / "decisions.csv"
    given_row = DROP | {"reason": f"{beginning}{text}", "origin": "first\nsecond"}
    pma.record_decisions(file, [given_row])
    assert pma.record_decisions(file, [given_row]).empty
    armed = f"'{beginning}".encode()
    assert b"," + armed in file.read_bytes() or b',"' + armed in file.read_bytes()
    assert read_back(file)[0]["reason"] == f"{beginning}{text}"


def test_two_that_record_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    rows = [DROP | {"subject": f"jira:PAY-{number}"} for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda row: pma.record_decisions(file, [row]), rows))
    assert sorted(row["subject"] for row in read_back(file)) == sorted(r["subject"] for r in rows)
    assert file.read_text().count("decided_on") == 1


def test_a_quote_inside_a_cell_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    held = HEADER + '2026-07-01,jira:PAY-9,drop,,,a 5" disk,,\n'
    file.write_text(held)
    assert len(pma.record_decisions(file, [DROP])) == 1
    assert [row["reason"] for row in read_back(file)] == ['a 5" disk', ""]
    assert file.read_text().startswith(held)


def test_a_last_row_that_lost_its_end_is_not_written_to(tmp_path: Path) -> None:
    """Two quotes in all, and the last cell is open: the first one is a letter of its cell."""
    file = tmp_path / "decisions.csv"
    held = HEADER + '2026-07-01,x:1,drop,,,a 5" disk,"half'
    file.write_text(held)
    with pytest.raises(InputError, match="ends inside a quoted cell"):
        pma.record_decisions(file, [DROP])
    assert file.read_text() == held


@pytest.mark.parametrize("held", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_a_file_of_nothing_but_a_mark_is_refused_in_a_sentence(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "decisions.csv"
    file.write_bytes(held)
    with pytest.raises(InputError, match="does not begin with the columns of decisions"):
        pma.record_decisions(file, [DROP])
    assert file.read_bytes() == held


# Each ends a process that records many decisions in its own way: the disk is full after so many
# bytes, and somebody kills it when so many bytes are there.
RECORDING = """
import os, resource, signal, sys, threading
from pmanalytics import record_decisions
from pmanalytics.errors import InputError
file, how, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
if how == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
else:
    folder = os.path.dirname(file)
    def watch():
        while True:
            for entry in os.scandir(folder):
                if "decisions" in entry.name and entry.stat().st_size > most:
                    os.kill(os.getpid(), signal.SIGKILL)
    threading.Thread(target=watch, daemon=True).start()
rows = [
    {"decided_on": "2026-07-16", "subject": f"jira:PAY-{n}", "kind": "note", "value": "x" * 900}
    for n in range(3000)
]
try:
    record_decisions(file, rows)
except InputError as problem:
    sys.exit(str(problem))
"""


@pytest.mark.parametrize(
    ("how", "most"), [("full", 300), ("full", 1_500_000), ("killed", 300), ("killed", 1_500_000)]
)
def test_a_record_that_fails_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, how: str, most: int
) -> None:
    file = tmp_path / "decisions.csv"
    pma.record_decisions(file, [DROP])
    before = file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", RECORDING, str(file), how, str(most)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    after = file.read_bytes()
    if how == "full":
        assert done.stderr.startswith("The decisions cannot be written to decisions.csv (")
        assert sorted(one.name for one in tmp_path.iterdir()) in (
            ["decisions.csv"], [".decisions.csv.lock", "decisions.csv"],
        )  # fmt: skip
    assert after == before or (after.startswith(before) and len(read_back(file)) == 3001)
    # Nothing that was left behind is in the way of the next one.
    assert len(pma.record_decisions(file, [DROP | {"subject": "jira:NEXT-1"}])) == 1
    assert len(read_back(file)) in (2, 3002)


def test_the_mode_of_the_file_stays_and_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "kept" / "decisions.csv", tmp_path / "decisions.csv"
    pma.record_decisions(file, [DROP])
    file.chmod(0o640)
    link.symlink_to(file)
    pma.record_decisions(link, [DROP | {"subject": "jira:PAY-2"}])
    assert link.is_symlink()
    assert (len(read_back(file)), file.stat().st_mode & 0o777) == (2, 0o640)


def test_the_sample_of_the_package_stays_as_it_is() -> None:
    data = pma.sample()
    file = data.settings.folder / str(data.settings.decisions)
    before = file.read_bytes()
    try:
        with pytest.raises(UsageError, match="sample is a part of pmanalytics"):
            pma.record_decisions(data, [DROP])
    finally:
        file.write_bytes(before)
