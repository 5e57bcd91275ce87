"""Items that a later export no longer holds, and those that it need not hold."""

from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

HEAD = "item_id,title,state,created_at,updated_at\n"
DAYS = {"march": "2026-03-31", "april": "2026-04-30", "may": "2026-05-31"}


def row(number: int, *, state: str = "open", created: str = "2026-02-10") -> str:
    return f"own:{number},x,{state},{created}T06:00Z,{created}T06:00Z\n"


OLD = row(1, state="done", created="2026-01-10")
EVERYTHING = (OLD, row(2), row(3), row(4))


def read(folder: Path, **exports: tuple[str, ...]) -> Dataset:
    """Exports of one source, each made on the last day of its month."""
    config = ""
    for name, rows in exports.items():
        (folder / f"{name}.csv").write_text(HEAD + "".join(rows))
        config += f'[[source]]\npath = "{name}.csv"\nname = "own"\n'
        config += f"observed_at = {DAYS[name]}T06:00:00Z\n"
    (folder / "pmanalytics.toml").write_text(config)
    return pma.read(folder)


def gone(data: Dataset) -> list[tuple[str, str]]:
    told = data.events[data.events["field"] == "listed"]
    return list(zip(told["subject"], told["at"].dt.strftime("%B"), strict=True))


def test_an_item_is_gone_when_a_comparable_export_first_lacks_it(tmp_path: Path) -> None:
    without = (OLD, row(2), row(4))
    data = read(tmp_path, march=EVERYTHING, april=without, may=without)
    assert gone(data) == [("own:3", "April")]
    told = pma.history(data, "own:3")
    assert told[["event", "basis"]].to_numpy().tolist() == [
        ["created", "recorded"], ["gone", "observed"]
    ]  # fmt: skip
    # It is no closing: nobody says what became of it.
    items = pma.snapshot(data, as_of="2026-05-31").items
    assert dict(zip(items["item_id"], items["state"], strict=True))["own:3"] == "open"
    assert len(items) == 4


@pytest.mark.parametrize(
    "april",
    [
        pytest.param((row(2), row(4)), id="open ones only: it may have been closed"),
        pytest.param((OLD, row(7), row(8), row(9)), id="another query"),
        pytest.param((row(4), row(2), row(3), row(7, state="done")), id="a window of dates"),
        pytest.param(EVERYTHING[::-1], id="all are there"),
    ],
)
def test_what_an_export_need_not_hold_is_not_gone(april: tuple[str, ...], tmp_path: Path) -> None:
    assert gone(read(tmp_path, march=EVERYTHING, april=april)) == []


def test_what_comes_back_was_not_gone(tmp_path: Path) -> None:
    without = (OLD, row(2), row(4))
    assert gone(read(tmp_path, march=EVERYTHING, april=without, may=EVERYTHING)) == []


def test_it_is_the_same_through_a_store(tmp_path: Path) -> None:
    data = read(tmp_path, march=EVERYTHING, april=(OLD, row(2), row(4)))
    pma.ingest(tmp_path / "store", config=tmp_path / "pmanalytics.toml")
    pd.testing.assert_frame_equal(pma.read(tmp_path / "store").events, data.events)
    assert len(data.events) == 1
