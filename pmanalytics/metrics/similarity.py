"""Similarity: incidents whose texts are alike, for people to look at.

What is found here is level 4 of the method: candidates. They are never counted as repeats. A person
who confirms or denies one makes a decision, and only a confirmed one becomes a repeat.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from pmanalytics.errors import UsageError
from pmanalytics.keeping import kept
from pmanalytics.metrics.grouping import By, bring_forward, group_columns
from pmanalytics.metrics.matching import Matches, Positions, Scores, best_matches, scores_of
from pmanalytics.metrics.pairing import find_pairs, verdicts
from pmanalytics.metrics.vectors import text_vectors
from pmanalytics.names import fold
from pmanalytics.snapshots import Snapshot

__all__ = ["similar_incidents"]

Similarity = Callable[[list[str]], Any]

LEAST: Final = 0.30
LIKELY: Final = 0.60
MOST: Final = 5
TOGETHER: Final = 60  # texts of small services that are compared at once
NAME_PARTS: Final = re.compile(r"[^\W_]+")
BETWEEN: Final = r"[\W_]*"
COLUMNS: Final = (
    "incident_id", "repeat_of", "score", "likelihood", "service", "days_between", "title",
    "candidate_title",
)  # fmt: skip


def similar_incidents(
    snapshot: Snapshot, *, by: By = None, similarity: Similarity | None = None
) -> pd.DataFrame:
    """Incidents that may have come back, by their texts: a list to review, never counted.

    One row per pair: incident_id (the later one), repeat_of (the candidate, over before the later
    one began), score (0 to 1), likelihood (likely from .60, possible from .30), service of the
    later one, days_between (local days) and both titles. At most 5 candidates for each incident,
    best first, of the same service; of the same product where neither has a service. Pairs that are
    repeats already, and those that a decision confirmed or denied, are left out; such a decision
    has the kind repeat or not_repeat, incident_id as its subject and repeat_of as its value. `by`
    takes columns of incidents.

    Titles count twice and summaries once, without the name of the service, which they all may
    share; the score is the cosine of their runs of 3 to 5 characters (TF-IDF). `similarity`
    replaces it: a function that takes the texts of one service and returns the square matrix of
    their scores; it is asked about services with an incident of the snapshot. Raises UsageError for
    a matrix of another shape. Source: method, section 6; its ranking of methods was measured on bug
    reports of other projects, whose data may not be shipped, and says nothing of how often a
    candidate is right here.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> sorted(set(pma.similar_incidents(q3)["likelihood"]))
        ['likely', 'possible']
    """
    whole = snapshot.whole
    by = group_columns(by, whole.incidents)
    told = _told(whole)
    wanted = told["incident_id"].isin(snapshot.incidents["incident_id"]).to_numpy(dtype=bool)
    found = _found(whole, wanted, similarity)
    one, other = told.iloc[found.later], told.iloc[found.earlier]
    gap = one["started_on"].to_numpy() - other["resolved_on"].to_numpy()
    table = one.assign(
        repeat_of=other["incident_id"].to_numpy(),
        score=found.score,
        likelihood=np.where(found.score >= LIKELY, "likely", "possible"),
        days_between=pd.Series(gap, index=one.index).dt.days.astype("Int64"),
        candidate_title=other["title"].to_numpy(),
    ).astype({"repeat_of": "str", "likelihood": "str", "candidate_title": "str"})
    order = ["started_at", "incident_id", "score", "repeat_of"]
    first = [True] * len(by) + [name != "score" for name in order]
    table = table.sort_values([*by, *order], ascending=first, ignore_index=True)
    extra = [name for name in by if name not in COLUMNS]
    return bring_forward(table[[*extra, *COLUMNS]], by)


@kept
def _told(snapshot: Snapshot) -> pd.DataFrame:
    """The incidents that say something, oldest first, with their text and where they belong."""
    incidents = snapshot.incidents
    title, summary = (incidents[name].fillna("") for name in ("title", "summary"))
    text = _without(title + " " + title + " " + summary, incidents["service"])
    service, product = (
        incidents[name].map(fold, na_action="ignore").astype("str")
        for name in ("service", "product")
    )
    place = ("service " + service).fillna("product " + product)
    told = incidents.assign(text=text, place=place)
    speaks = np.array([bool(words.split()) for words in text], dtype=bool)
    told = told[speaks & place.notna().to_numpy(dtype=bool)]
    return told.sort_values(["resolved_at", "incident_id"], ignore_index=True)


def _without(text: pd.Series, service: pd.Series) -> pd.Series:
    """The texts without the name of their service, which all that are compared may share."""
    patterns = {
        name: re.compile(rf"(?<!\w){BETWEEN.join(words)}(?!\w)", re.IGNORECASE)
        for name in service.dropna().unique()
        if (words := NAME_PARTS.findall(name))
    }
    pairs = zip(text, service, strict=True)
    left = [patterns[name].sub(" ", words) if name in patterns else words for words, name in pairs]
    return pd.Series(left, index=text.index, dtype="str")


@kept
def _vectors(snapshot: Snapshot) -> sparse.csr_array:
    """The texts of `_told` as `text_vectors`."""
    return text_vectors(_told(snapshot)["text"].to_numpy(dtype=object))


def _found(whole: Snapshot, wanted: np.ndarray, similarity: Similarity | None) -> Matches:
    """The best candidates of each wanted incident, place by place."""
    told, known = _told(whole), _known(whole)
    code, _ = pd.factorize(told["place"])
    scores_in = _likened(whole, code) if similarity is None else _given(told["text"], similarity)
    moments = (told[name].dt.tz_localize(None) for name in ("started_at", "resolved_at"))
    started, resolved = (moment.to_numpy() for moment in moments)
    nowhere = np.zeros(0, dtype=np.intp)
    found = [Matches(nowhere, nowhere, np.empty(0))]
    for group in _groups(code, together=TOGETHER if similarity is None else 0):
        later = np.flatnonzero(wanted[group] & ~np.isnat(started[group]))
        if later.size == 0:
            continue
        earlier = np.flatnonzero(~np.isnat(resolved[group]))
        part = best_matches(
            scores_in(group),
            later=later,
            earlier=earlier,
            reach=np.searchsorted(resolved[group[earlier]], started[group[later]], side="right"),
            known=known[group][:, group],
            least=LEAST,
            most=MOST,
        )
        found.append(Matches(group[part.later], group[part.earlier], part.score))
    return Matches(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _groups(code: Positions, *, together: int) -> list[Positions]:
    """The positions of each place, of two or more; places of few are taken together.

    Twenty thousand services of two incidents each cost far more one by one.
    """
    sizes = np.bincount(code)
    small = sizes < together
    batch = np.cumsum(np.where(small, sizes, 0)) // max(together, 1)
    batch = np.where(small, batch, len(code) + np.arange(sizes.size))
    some = np.flatnonzero(sizes[code] > 1)
    number = batch[code[some]]
    ordered = some[np.argsort(number, kind="stable")]
    ends = np.flatnonzero(np.diff(np.sort(number))) + 1
    return np.split(ordered, ends) if some.size else []


def _likened(whole: Snapshot, code: Positions) -> Callable[[Positions], Scores]:
    """A function that gives the scores within a group of incidents, 0 for those of two places."""
    vectors = _vectors(whole)

    def scores_in(group: Positions) -> Scores:
        scores, place = scores_of(vectors[group]), code[group]
        if (place == place[0]).all():
            return scores
        return lambda later, earlier: (
            scores(later, earlier) * (place[later][:, None] == place[earlier])
        )

    return scores_in


def _given(text: pd.Series, similarity: Similarity) -> Callable[[Positions], Scores]:
    """A function that gives the scores within a group of incidents as somebody's own gives them."""
    texts = text.to_numpy(dtype=object)

    def scores_in(group: Positions) -> Scores:
        matrix = similarity(texts[group].tolist())
        full = matrix.toarray() if sparse.issparse(matrix) else np.asarray(matrix, dtype=np.float64)
        if full.shape != (group.size, group.size):
            raise UsageError(
                f"similarity was given {group.size} texts and returned scores of the shape "
                f"{full.shape}; return one row and one column for each text."
            )
        return lambda later, earlier: full[np.ix_(later, earlier)]

    return scores_in


@kept
def _known(snapshot: Snapshot) -> sparse.csr_array:
    """Which pairs are repeats already, or were decided on."""
    columns = ["incident_id", "repeat_of"]
    pairs = pd.concat([find_pairs(snapshot)[columns], verdicts(snapshot)[columns]])
    names = pd.Index(_told(snapshot)["incident_id"])
    places = [names.get_indexer(pairs[name]) for name in columns]
    there = (places[0] >= 0) & (places[1] >= 0)
    row, column = places[0][there], places[1][there]
    shape = (len(names), len(names))
    return sparse.csr_array((np.ones(row.size, dtype=bool), (row, column)), shape=shape)
