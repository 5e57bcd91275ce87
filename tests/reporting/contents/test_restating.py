"""Restatements: nothing on the same data, and exactly the cells that moved on other data."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.reporting.behind.measures import Measure, measured_again, measures
from pmanalytics.snapshots import Snapshot


@pytest.fixture(scope="module")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the third quarter on the sample, as of 2026-10-12."""
    folder = tmp_path_factory.mktemp("reports")
    return pma.report("quarterly", output=folder, period="2026Q3", as_of="2026-10-12")


@pytest.fixture
def closed(sample: Dataset, q3: Snapshot) -> tuple[Dataset, pd.Series]:
    """The sample with one overdue item closed in time after all, and the item."""
    late = q3.items[
        q3.items["standing"].eq("overdue") & q3.items["in_period"] & q3.items["team"].notna()
    ]
    item = late[~late["item_id"].isin(sample.events["subject"])].iloc[0]
    hit = sample.items["item_id"] == item["item_id"]
    # Noon of the day on which it was due.
    noon = (item["due_on"] + pd.Timedelta(hours=12)).tz_localize(sample.settings.timezone)
    items = sample.items.assign(
        state=sample.items["state"].mask(hit, "done"),
        closed_at=sample.items["closed_at"].mask(hit, noon.tz_convert("UTC")),
    )
    return replace(sample, items=items), item  # fmt: skip


def test_the_same_data_restate_nothing(quarterly: Path, sample: Dataset) -> None:
    found = pma.restatements(sample, quarterly)
    assert list(found) == ["table", "row", "column", "then", "now", "reason"]
    assert found.empty


def test_the_tables_of_the_quarter_can_be_measured_again(quarterly: Path) -> None:
    known = pd.read_csv(quarterly / "tables" / "measures.csv").set_index("table")
    every = {path.stem for path in (quarterly / "tables").iterdir()} - {
        "files",
        "rejects",
        "measures",
        "items",
        "incidents",
    }
    # What is no metric as it stands: selections, comparisons, and what the tests found.
    assert every - set(known.index) == {
        "at_risk", "compared_by_severity", "compared_discoverability", "due_items", "next_inputs",
        "oldest_overdue", "overdue_by_team", "repeat_rate_by_span", "restatements", "signals",
        "speed_by_span",
    }  # fmt: skip
    assert known.loc["attainment_by_severity", "by"] == "severity"
    assert known.loc["speed_by_severity", ["targeted", "recent"]].all()
    assert known.loc["attainment_by_quarter", "since"] == "2024Q4"


def test_exactly_the_cells_that_moved_are_listed(
    quarterly: Path, closed: tuple[Dataset, pd.Series]
) -> None:
    data, item = closed
    found = pma.restatements(data, quarterly)
    assert found["reason"].isna().all()
    stands = found[found["table"] == "standings"].set_index("column")
    printed = pd.read_csv(quarterly / "tables" / "standings.csv").iloc[0]
    # One promise more was met and one less is overdue; all other standings stay.
    assert stands["then"].to_dict() == {n: str(printed[n]) for n in ("met", "overdue")}
    assert stands["now"].to_dict() == {
        "met": str(printed["met"] + 1),
        "overdue": str(printed["overdue"] - 1),
    }
    by_severity = found[found["table"] == "attainment_by_severity"]
    assert by_severity["row"].unique().tolist() == [f"severity={item['severity']}"]


def test_rows_that_come_and_go_are_one_row_each(
    quarterly: Path, closed: tuple[Dataset, pd.Series]
) -> None:
    data, item = closed
    printed = pd.read_csv(quarterly / "tables" / "ownership_gaps.csv")
    gaps = printed.loc[printed["item_id"] == item["item_id"], "code"].tolist()
    found = pma.restatements(data, quarterly)
    gone = found[(found["table"] == "ownership_gaps")]
    assert gone["row"].tolist() == [f"item_id={item['item_id']}; code={code}" for code in gaps]
    assert gone["column"].isna().all()
    assert (gone["then"] == "listed").all()
    assert gone["now"].isna().all()
    # The other way round: measured on the data in which the item was closed, and open again.
    later = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
    assert len(pma.ownership_gaps(later)) == len(printed) - len(gaps)


def test_reasons_that_are_known_are_said(
    quarterly: Path, closed: tuple[Dataset, pd.Series], tmp_path: Path
) -> None:
    data, _ = closed
    other = shutil.copytree(quarterly, tmp_path / "other")
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["inputs"] = [
        entry | ({"sha256": "0"} if number == 0 else {})
        for number, entry in enumerate(manifest["inputs"][:-1])
    ]
    manifest["policy"] = ["Everything is due at once."]
    manifest["versions"]["pmanalytics"] = "0.0.1"
    (other / "manifest.json").write_text(json.dumps(manifest))
    first, last = data.files["path"].iloc[[0, -1]]
    assert pma.restatements(data, other)["reason"].unique().tolist() == [
        f"the policy was changed; changed: {first}; new: {last}; it was made with version 0.0.1"
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("manifest.json", None, "no whole report"),
        ("manifest.json", "{", "is damaged"),
        ("manifest.json", "[]", "is damaged"),
        ("tables/measures.csv", None, "does not say how"),
        ("tables/measures.csv", "table,metric\n../../x,attainment\n", "is damaged"),
        ("tables/standings.csv", None, "standings.csv of the report cannot be read"),
    ],
)
def test_a_folder_that_is_no_report_is_one_sentence(
    quarterly: Path, sample: Dataset, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    other = shutil.copytree(quarterly, tmp_path / "other")
    if text is None:
        (other / name).unlink()
    else:
        (other / name).write_text(text)
    with pytest.raises(InputError, match=said):
        pma.restatements(sample, other)


def test_a_metric_that_is_gone_is_not_silent(
    quarterly: Path, sample: Dataset, tmp_path: Path
) -> None:
    other = shutil.copytree(quarterly, tmp_path / "other")
    file = other / "tables" / "measures.csv"
    file.write_text(file.read_text().replace("standings,standings,", "standings,standing_of_old,"))
    found = pma.restatements(sample, other)
    assert found["table"].tolist() == ["standings"]
    assert found[["row", "column", "then", "now"]].isna().all().all()


@pytest.mark.parametrize(
    "measure",
    [
        Measure("attainment_by_team", "attainment", ("team",), "cluster", published=True),
        Measure("attainment_by_severity", "attainment", ("severity",), "wilson", due=True),
        Measure("backlog", "backlog", published=True),
        Measure("flow_by_kind_and_severity", "flow", ("kind", "severity"), published=True),
    ],
)
def test_a_measure_is_found_again(q3: Snapshot, measure: Measure) -> None:
    table = measured_again(q3, measure)
    found = measures(q3, {measure.table: table}, interval="cluster").iloc[0].to_dict()
    again = Measure(**found | {"by": tuple(filter(None, found["by"].split(";")))})
    assert measured_again(q3, again).equals(table)
    changed: dict[str, Any] = {measure.table: table.assign(**{str(table.columns[-1]): 7})}
    assert measures(q3, changed, interval="cluster").empty
