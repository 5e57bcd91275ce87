"""A store of 1,000,000 items is measured on Spark as in memory; the ordinary tests hold 20,000."""

from pathlib import Path

import pytest

from tests.benchmarks.stores import left, write_huge
from tests.conftest import missing
from tests.engines.asking import INTERPRETER, ask
from tests.engines.comparing import on_spark, same_as_in_memory

pytestmark = pytest.mark.torture

ITEMS = 1_000_000


def test_a_million_items(tmp_path: Path) -> None:
    if not INTERPRETER.exists():
        missing("the environment of Spark and DuckDB (make spark)")
    write_huge(tmp_path / "huge", items=ITEMS, exports=5, buckets=8)
    ask([on_spark(tmp_path / "huge", by=["severity"], into=tmp_path / "many")])
    tables = same_as_in_memory(tmp_path / "huge", by=["severity"], into=tmp_path / "many")
    assert tables["standings"]["total"].sum() == left(ITEMS)
    assert (tables["repeats"]["level"] == "L2").any()
