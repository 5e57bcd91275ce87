"""What other engines say, run in an environment of their own: `make spark`.

A list of questions on standard input, each `{"ask": NAME, ...}`, is a list of answers on standard
output, as JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

import pmanalytics as pma
from pmanalytics.counting import kin, spark


def session() -> Any:
    """The one session of this process, as its environment says."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def states(store: str) -> dict[str, Any]:
    """What is counted in a store without pmanalytics: rows by state, items and buckets."""
    return {
        "pandas": _by_pandas(f"{store}/items"),
        "duckdb": _by_duckdb(f"{store}/items"),
        "spark": _by_spark(f"{store}/items"),
    }


def _by_pandas(items: str) -> dict[str, Any]:
    frame = pd.read_parquet(items)
    rows = {str(state): int(n) for state, n in frame["state"].value_counts(dropna=False).items()}
    return {"rows": rows, "items": frame["item_id"].nunique(), "buckets": frame["bucket"].nunique()}


def _by_duckdb(items: str) -> dict[str, Any]:
    import duckdb

    parts = f"FROM read_parquet('{items}/**/*.parquet', hive_partitioning = true)"
    counts = "count(DISTINCT item_id), count(DISTINCT bucket)"
    number, buckets = duckdb.sql(f"SELECT {counts} {parts}").fetchall()[0]
    rows = duckdb.sql(f"SELECT coalesce(state, 'nan'), count(*) {parts} GROUP BY ALL").fetchall()
    return {"rows": dict(rows), "items": number, "buckets": buckets}


def _by_spark(items: str) -> dict[str, Any]:
    frame = session().read.parquet(items)
    return {
        "rows": {
            row["state"] or "nan": row["count"] for row in frame.groupBy("state").count().collect()
        },
        "items": frame.select("item_id").distinct().count(),
        "buckets": frame.select("bucket").distinct().count(),
    }


def measures(config: str, into: str, *, fewest: int = kin.FEWEST, **asked: Any) -> list[str]:
    """The names of all tables that are measured on Spark, which are written into a folder.

    Kin are in lots of `fewest` items or more.
    """
    with patch.object(kin, "FEWEST", fewest):
        tables = pma.measure_on_spark(session(), config, **asked)
    Path(into).mkdir()
    for name, table in tables.items():
        table.to_parquet(f"{into}/{name}")
    return list(tables)


def recipe(code: str, folder: str) -> str:
    """What a recipe prints in a folder."""
    said = StringIO()
    with chdir(folder), redirect_stdout(said):
        exec(code, {})
    return said.getvalue()


def refusal(config: str, **asked: Any) -> str:
    """The sentence with which a question is refused."""
    try:
        pma.measure_on_spark(session(), config, **asked)
    except pma.PmanalyticsError as problem:
        return str(problem)
    return ""


def late_refusal(config: str, **asked: Any) -> str:
    """The sentence when a part of the store goes after the kin were found."""

    def found_and_gone(*given: Any, **options: Any) -> kin.Kin:
        found = kin.find_kin(*given, **options)
        next(Path(config).parent.glob("store/items/*/*.parquet")).unlink()
        return found

    with patch.object(spark, "find_kin", found_and_gone):
        return refusal(config, **asked)


ANSWERS: tuple[Callable[..., Any], ...] = (states, measures, recipe, refusal, late_refusal)

if __name__ == "__main__":
    known = {answer.__name__: answer for answer in ANSWERS}
    # Spark and its workers write to the standard output, too.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers = [known[question.pop("ask")](**question) for question in json.load(sys.stdin)]
    print(json.dumps(answers), file=output, flush=True)
