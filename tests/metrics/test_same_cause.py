"""Neighbours with the same cause against a comparison of every incident with every other one."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics.same_cause import first_after, latest_before, links, tagged

NOBODY = np.empty((0, 2), dtype=np.int64)
WITHIN = 30


def some_incidents(dataset: Callable[..., Dataset], seed: int) -> pd.DataFrame:
    """Up to 25 incidents of two services with few causes, many of them overlapping."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(int(rng.integers(0, 25))):
        began = pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(int(rng.integers(0, 4000)), "h")
        over = began + pd.Timedelta(int(rng.choice([0, 1, 30, 900])), "h")
        rows.append(
            {
                "incident_id": f"I{number}",
                "service": rng.choice(["web", "mail", None], p=[0.6, 0.3, 0.1]),
                "causes": rng.choice(["dns", "DNS ", "disk", "deploy"], 2).tolist(),
                "started_at": None if rng.random() < 0.05 else began,
                "resolved_at": None if rng.random() < 0.1 else over,
            }
        )
    return pma.snapshot(dataset(incidents=rows), as_of="2026-12-31").incidents


def all_pairs(incidents: pd.DataFrame) -> dict[tuple[int, int], int]:
    """Earlier and later places of every pair, with the days between, by the definition."""
    rows = incidents.to_dict("records")
    found = {}
    for (a, one), (b, other) in product(enumerate(rows), repeat=2):
        if a == b or pd.isna(one["service"]) or one["service"] != other["service"]:
            continue
        alike = {c.strip().casefold() for c in one["causes"]} & {
            c.strip().casefold() for c in other["causes"]
        }
        sound = one["resolved_at"] >= one["started_at"]
        if alike and sound and other["started_at"] >= one["resolved_at"]:
            days = (other["started_on"] - one["resolved_on"]).days
            if days <= WITHIN:
                found[a, b] = days
    return found


def some_denied(pairs: dict[tuple[int, int], int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    chosen = [pair for pair in pairs if rng.random() < 0.2]
    return np.array(chosen, dtype=np.int64).reshape(-1, 2)


@given(st.integers(0, 100_000))
def test_the_first_after_is_the_nearest_pair(dataset: Callable[..., Dataset], seed: int) -> None:
    incidents = some_incidents(dataset, seed)
    pairs = all_pairs(incidents)
    denied = some_denied(pairs, seed)
    left = {pair: days for pair, days in pairs.items() if pair not in set(map(tuple, denied))}
    found: dict[int, int] = {}
    for a, b, days in zip(
        *first_after(tagged(incidents), within=WITHIN, denied=denied), strict=True
    ):
        assert left[a, b] == days
        found[a] = min(days, found.get(a, days))
    for a in {a for a, _ in left}:
        nearest = min(days for (one, _), days in left.items() if one == a)
        # Of two incidents of one and the same moment, one follows the other and not both.
        moment = incidents["resolved_at"][a]
        twins = (incidents["started_at"] == moment) & (incidents["resolved_at"] == moment)
        assert found.get(a) == nearest or (nearest == 0 and twins.sum() > 1)


@given(st.integers(0, 100_000))
def test_the_latest_before_is_one_of_the_pairs(dataset: Callable[..., Dataset], seed: int) -> None:
    incidents = some_incidents(dataset, seed)
    pairs = all_pairs(incidents)
    later, earlier = latest_before(tagged(incidents), within=WITHIN)
    assert len(set(later)) == len(later)
    for b, a in zip(later, earlier, strict=True):
        assert (a, b) in pairs
        ends = [incidents["resolved_at"][one] for one, other in pairs if other == b]
        moment = incidents["started_at"][b]
        assert incidents["resolved_at"][a] == max(ends) or max(ends) == moment


@given(st.integers(0, 100_000))
def test_links_connect_what_all_pairs_connect(dataset: Callable[..., Dataset], seed: int) -> None:
    incidents = some_incidents(dataset, seed)
    pairs = all_pairs(incidents)
    denied = some_denied(pairs, seed)
    left = [pair for pair in pairs if pair not in set(map(tuple, denied))]
    found = np.column_stack(links(tagged(incidents), within=WITHIN, denied=denied))
    assert len(found) <= 4 * len(incidents) + len(pairs)
    same = [families(edges, len(incidents)) for edges in (np.array(left).reshape(-1, 2), found)]
    # Two labellings are the same partition when they pair up one to one.
    assert len(set(zip(*same, strict=True))) == len(set(same[0])) == len(set(same[1]))


def families(edges: np.ndarray, size: int) -> list[int]:
    shape = (size, size)
    ones = np.ones(len(edges), dtype=int)
    graph = coo_array((ones, (edges[:, 0].astype(int), edges[:, 1].astype(int))), shape=shape)
    return connected_components(graph, directed=False)[1].tolist() if size else []


def test_many_of_one_cause_need_few_links(dataset: Callable[..., Dataset]) -> None:
    began = pd.date_range("2026-01-01", periods=400, freq="h", tz="UTC")
    rows: list[dict[str, Any]] = [
        {"incident_id": f"I{n}", "service": "web", "causes": ["dns"], "started_at": at,
         "resolved_at": at + pd.Timedelta(30, "min")}
        for n, at in enumerate(began)
    ]  # fmt: skip
    incidents = pma.snapshot(dataset(incidents=rows), as_of="2026-12-31").incidents
    found = links(tagged(incidents), within=WITHIN, denied=NOBODY)
    assert len(found[0]) < 800  # of 79,800 pairs
    assert len(set(families(np.column_stack(found), 400))) == 1
