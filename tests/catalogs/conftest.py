"""What tests of catalogs share: the samples, and rows that can be compared."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.catalogs import read_catalog
from pmanalytics.trackers import FileTables


@pytest.fixture
def sample(registry_samples: Path) -> Callable[[str], FileTables]:
    """One of the samples, read on its own."""
    return lambda name: read_catalog(registry_samples / name, name=name)


@pytest.fixture(scope="session")
def registry_samples() -> Path:
    return Path(__file__).parent.parent / "registry_samples"


@pytest.fixture
def rows() -> Callable[..., list[list[object]]]:
    """Some columns of a table as lists, missing values as nothing."""

    def told(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
        return frame[list(columns)].astype("object").fillna("").to_numpy().tolist()

    return told
