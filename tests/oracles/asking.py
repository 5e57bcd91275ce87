"""Asking the oracle: lifelines and statsmodels in an environment of their own, `make oracle`."""

import json
import subprocess
from pathlib import Path
from typing import Any

INTERPRETER = Path(__file__).parents[2] / ".venv-oracle" / "bin" / "python"


def ask(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Their answers to some questions, in one process."""
    done = subprocess.run(
        [INTERPRETER, Path(__file__).with_name("answering.py")],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
