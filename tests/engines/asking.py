"""Asking other engines: Spark and DuckDB in an environment of their own, `make spark`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
INTERPRETER = ROOT / ".venv-spark" / "bin" / "python"
# Two processors, little memory, and no network.
LOCAL = (
    "--master local[2]",
    "--driver-memory 1g",
    # A minute of work is over before the second compiler has paid.
    '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"',
    "--conf spark.ui.enabled=false",
    "--conf spark.ui.showConsoleProgress=false",
    "--conf spark.driver.host=127.0.0.1",
    "--conf spark.driver.bindAddress=127.0.0.1",
    "--conf spark.sql.shuffle.partitions=2",
    "--conf spark.sql.adaptive.enabled=false",
    "pyspark-shell",
)


def ask(questions: list[dict[str, Any]]) -> list[Any]:
    """Their answers to some questions, in one process."""
    done = subprocess.run(
        [INTERPRETER, "-m", "tests.engines.answering"],
        input=json.dumps(questions),
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "PYSPARK_PYTHON": str(INTERPRETER),
            "PYSPARK_SUBMIT_ARGS": " ".join(LOCAL),
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
