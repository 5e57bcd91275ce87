"""Estimating, against the libraries that estimate the same: lifelines and scikit-learn."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import pmanalytics as pma
from pmanalytics import statistics
from pmanalytics.settings import Settings
from pmanalytics.tables import TABLES, conform
from tests.benchmarks import worlds
from tests.benchmarks.measures import Line, seconds
from tests.oracles.asking import INTERPRETER, ask

__all__ = ["estimating", "matching"]

LIVES = 100_000
WRITTEN_INCIDENTS = 50_000


def estimating(_: Path) -> Iterator[Line]:
    """The estimators of survival against lifelines, which counts the same items."""
    dice = np.random.default_rng(5)
    days = dice.lognormal(3.2, 1.2, LIVES).astype(int)
    ended = dice.integers(0, 2, LIVES)
    cost = seconds(lambda: statistics.kaplan_meier(statistics.life_table(days, ended)), times=5)
    what = f"Kaplan-Meier of {LIVES:,} items"
    if not INTERPRETER.exists():
        yield Line(f"{what} (lifelines: make oracle)", cost)
        return
    question = {"ask": "kaplan_meier", "days": days.tolist(), "ended": ended.tolist()}
    yield Line(what, cost, {"lifelines": ask([question])[0]["seconds"]})


def matching(_: Path) -> Iterator[Line]:
    """Candidates by text, against making vectors of the same texts with scikit-learn alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = worlds.written_incidents(WRITTEN_INCIDENTS)
    texts = (known["title"] + " " + known["title"] + " " + known["summary"]).tolist()
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    floor = {"TfidfVectorizer": seconds(lambda: runs.fit_transform(texts), times=1)}
    empty = {name: conform(pd.DataFrame(), name) for name in TABLES}
    for what, service in (("300 services", known["service"]), ("one service", "all")):
        size = len(known) if what == "300 services" else 20_000
        some = known.assign(service=service).iloc[:size]
        data = pma.Dataset(**(empty | {"incidents": some}), settings=Settings())
        q3 = pma.snapshot(data, as_of="2026-10-12")
        cost = seconds(lambda q3=q3: pma.similar_incidents(q3), times=1)
        yield Line(f"similar_incidents, {size:,} in {what}", cost, floor)
