"""Rows without a name: what the rejects say of them."""

from pathlib import Path

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import read_file


def test_what_stands_instead_of_a_key(tmp_path: Path) -> None:
    """Row 3 has a title alone, row 4 a note in the column of keys, row 5 nothing at all."""
    path = tmp_path / "x"
    path.write_text("Issue key,Summary,Labels\nA-1,a,\n,b,\nsee below,c,\n,,\n", "utf-8")
    found = read_file(path, source=Source(), settings=Settings(), name="x")
    assert (found.rows, found.tables["items"]["key"].tolist()) == (4, ["A-1"])
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [3, "no_key", "Issue key is empty"],
        [4, "no_key", "Issue key: 'see below'"],
        [5, "no_key", "the row is empty in all columns that are read"],
    ]
