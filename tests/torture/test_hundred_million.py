"""A store of 100,000,000 items is measured in under 2 GB; the ordinary tests hold 20,000 of them.

PMANALYTICS_TRIAL_ITEMS is another number of items.
"""

import json
import os
import tempfile
from pathlib import Path

import pytest

from tests.torture.hundred_million import trial

pytestmark = pytest.mark.torture


def test_a_hundred_million_items(tmp_path: Path) -> None:
    items = int(os.environ.get("PMANALYTICS_TRIAL_ITEMS", "100_000_000"))
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:  # pytest keeps its own for long
        print(json.dumps(trial(Path(folder), items=items), indent=1))
