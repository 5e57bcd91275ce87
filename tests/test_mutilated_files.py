"""Whatever happened to a file: no row is lost, and nothing but a sentence is raised."""

from pathlib import Path

import pytest

import pmanalytics as pma
from tests.mutilation import mutilated

EXPORTS = sorted(path for path in (Path(__file__).parent / "exports").iterdir() if path.is_file())
A_FEW = 15


def conserved(data: bytes, name: str, folder: Path) -> None:
    """Read a file; every row of it is in a table, filtered, a duplicate or rejected."""
    file = folder / name
    file.write_bytes(data)
    try:
        found = pma.read(file)
    except pma.PmanalyticsError as problem:
        sentence = str(problem)
        assert (name in sentence, "\n" in sentence) == (True, False)
        return
    row = found.files.iloc[0]
    parts = ("items", "incidents", "filtered", "duplicates", "rejects")
    assert row["rows"] == sum(row[part] for part in parts)
    assert row["items"] == len(found.items)
    assert row["rejects"] == len(found.rejects)
    assert row["duplicates"] >= len(found.observations)


@pytest.mark.parametrize("seed", range(A_FEW))
@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.name)
def test_rows_are_conserved(export: Path, seed: int, tmp_path: Path) -> None:
    conserved(mutilated(export.read_bytes(), seed), export.name, tmp_path)
