"""A store on other engines: read without us, and measured on Spark as in memory."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import pmanalytics as pma
from tests.benchmarks import stores
from tests.conftest import ROOT, missing
from tests.engines.asking import INTERPRETER, ask
from tests.engines.comparing import AS_OF, PERIOD, on_spark, same_as_in_memory

BY = [["severity", "service"]]
README = (ROOT / "README.md").read_text("utf-8")
SECTION = README.split("\n### More than one machine holds\n")[1].split("\n## ")[0]
RECIPE = re.findall(r"^```python\n(.*?)^```", SECTION, flags=re.MULTILINE | re.DOTALL)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the sample, one of many items, and one that lost a part."""
    place = tmp_path_factory.mktemp("engines")
    pma.write_sample(place / "sample")
    config = place / "sample" / "pmanalytics.toml"
    pma.ingest(place / "sample" / "store", config=config, buckets=3)
    stores.write_huge(place / "huge", items=20_000, exports=3, buckets=4)
    shutil.copytree(place / "sample", place / "damaged")
    next(place.glob("damaged/store/items/*/*.parquet")).write_bytes(b"PAR1")
    shutil.copytree(place / "sample", place / "going")
    return place


@pytest.fixture(scope="module")
def answers(folder: Path) -> list[Any]:
    """What the engines say, asked all at once."""
    if not INTERPRETER.exists():
        missing("the environment of Spark and DuckDB (make spark)")
    damaged = {"config": str(folder / "damaged" / "pmanalytics.toml"), "as_of": AS_OF}
    return ask(
        [
            {"ask": "states", "store": str(folder / "sample" / "store")},
            {"ask": "recipe", "code": RECIPE, "folder": str(folder / "sample")},
            {"ask": "refusal", **damaged},
            *(on_spark(folder / "sample", by=by, into=folder / f"sample {by}") for by in BY),
            on_spark(folder / "huge", by=["severity"], into=folder / "many"),
            on_spark(folder / "huge", by=["severity"], into=folder / "lots", fewest=1),
            {"ask": "late_refusal", "config": str(folder / "going" / "pmanalytics.toml")},
        ]
    )


def test_other_engines_read_a_store_without_us(answers: list[Any], folder: Path) -> None:
    said, data = answers[0], pma.read(folder / "sample" / "store")
    assert said["pandas"] == said["duckdb"] == said["spark"]
    assert said["spark"]["buckets"] == 3
    assert said["spark"]["items"] >= len(data.items)
    assert (
        sum(said["spark"]["rows"].values())
        == data.files["items"].sum() + data.files["duplicates"].sum()
    )


def test_the_recipe_prints_kept_promises(answers: list[Any], folder: Path) -> None:
    judged = pma.snapshot(pma.read(folder / "sample"), as_of=AS_OF, period=PERIOD)
    assert answers[1] == f"{pma.attainment(judged, by='severity')}\n"


@pytest.mark.parametrize("place", [2, -1], ids=["damaged", "gone meanwhile"])
def test_damage_is_one_sentence(answers: list[Any], place: int) -> None:
    assert "in the store are damaged or were replaced meanwhile" in answers[place]
    assert "\n" not in answers[place]


@pytest.mark.parametrize("by", BY, ids=str)
def test_the_sample_is_measured_as_in_memory(
    answers: list[Any], folder: Path, by: list[str] | None
) -> None:
    tables = same_as_in_memory(folder / "sample", by=by, into=folder / f"sample {by}")
    assert {"L1", "L2", "L3"} == set(tables["repeats"]["level"])


@pytest.mark.parametrize("into", ["many", "lots"])
def test_many_items_are_measured_as_in_memory(answers: list[Any], folder: Path, into: str) -> None:
    tables = same_as_in_memory(folder / "huge", by=["severity"], into=folder / into)
    assert tables["standings"]["total"].sum() == stores.left(20_000)
