"""The committed sample is what the generator writes, in the form that the trackers write."""

import csv
import io
import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from pmanalytics.errors import InputError
from pmanalytics.samples import sample_folder, truth, write_sample

ROOT = Path(__file__).parent.parent.parent
COMMITTED = ROOT / "data" / "sample"


def table(name: str) -> list[list[str]]:
    text = (COMMITTED / name).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    written = write_sample(tmp_path / "new")
    assert {path.name for path in written} == {path.name for path in COMMITTED.iterdir()}
    different = [
        path.name for path in written if path.read_bytes() != (COMMITTED / path.name).read_bytes()
    ]
    assert different == []


def test_the_sample_is_found_beside_the_package() -> None:
    assert sample_folder() == COMMITTED


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="taken"):
        write_sample(tmp_path / "taken")


@pytest.mark.parametrize("name", [each for each in truth().files if each.endswith(".csv")])
def test_csv_files_have_the_planted_rows(name: str) -> None:
    rows = table(name)
    assert len(rows) - 1 == truth().files[name].rows
    # Only a planted row has another number of fields than the header.
    ragged = [at for at, row in enumerate(rows, 1) if len(row) != len(rows[0])]
    assert set(ragged) <= set(truth().files[name].rejected)


def test_jira_repeats_the_columns_of_fields_with_several_values() -> None:
    counts = Counter(table("jira-2026-10.csv")[0])
    assert counts["Labels"] >= 3
    assert counts["Comment"] >= 2
    assert counts["Outward issue link (Relates)"] == 2


def test_the_jira_exports_overlap_and_each_has_keys_of_its_own() -> None:
    first, second = (
        {row[1] for row in table(name)[1:]} for name in ("jira-2026-07.csv", "jira-2026-10.csv")
    )
    assert len(first & second) == truth().overlap
    assert first - second
    assert second - first


def test_github_holds_pull_requests_and_ordinary_issues() -> None:
    records = json.loads((COMMITTED / "github-issues.json").read_text("utf-8"))
    pulls = sum("pull_request" in record for record in records)
    ordinary = sum(
        "pull_request" not in record
        and "postmortem" not in {label["name"] for label in record["labels"]}
        for record in records
    )
    planted = truth().files["github-issues.json"]
    assert (len(records), pulls + ordinary) == (planted.rows, planted.filtered)
    assert (pulls, ordinary) == (12, 8)


def test_catalogue_and_configuration_are_read_by_their_own_parsers() -> None:
    documents = list(yaml.safe_load_all((COMMITTED / "catalog-info.yaml").read_text("utf-8")))
    kinds = Counter(document["kind"] for document in documents)
    unowned = [d for d in documents if d["kind"] == "Component" and "owner" not in d["spec"]]
    # 12 teams and 3 departments; 11 of the 40 services stand in services.csv instead.
    assert kinds == {"Group": 15, "Component": 29}
    assert len(unowned) == 2
    assert tomllib.loads((COMMITTED / "pmanalytics.toml").read_text("utf-8"))["sample"] is True


def test_nothing_but_text_and_line_ends_is_in_the_files() -> None:
    for path in COMMITTED.iterdir():
        assert b"\r" not in path.read_bytes(), path.name
        assert b"\x00" not in path.read_bytes(), path.name
