"""Answers: what the interfaces of incident tools give as JSON, as records with plain paths.

An answer holds its records under a name such as `data`, a file holds one answer or several, and the
records of several kinds may stand side by side.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record
from pmanalytics.trackers.vocabulary import distinct, fold_word, folded, quoted
from pmanalytics.words import counted

__all__ = [
    "attributes",
    "other_names",
    "priorities_said",
    "records_under",
    "told_apart",
]

_SAMPLED: Final = 50
_DEEPEST: Final = 3


def records_under(
    documents: Sequence[Any], names: Sequence[str], *, known: Callable[[Record], bool]
) -> list[Record | None]:
    """The records that stand in lists, or as single objects, under any of some names.

    None stands in the place of what is no object. The list is empty when none of the first records
    is `known`, so that the files of other tools cost next to nothing.

    Examples:
        >>> answers = [{"incidents": [{"id": "A"}, None]}, {"follow_ups": [{"id": "B"}]}]
        >>> records_under(answers, ("incidents", "follow_ups"), known=lambda record: True)
        [{'id': 'A'}, None, {'id': 'B'}]
    """
    begins = (record for record in _each(documents, names) if isinstance(record, dict))
    if not any(known(record) for record in islice(begins, _SAMPLED)):
        return []
    return [record if isinstance(record, dict) else None for record in _each(documents, names)]


def _each(values: Iterable[Any], names: Sequence[str], depth: int = 0) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list) and depth < _DEEPEST:
            yield from _each(value, names, depth + 1)
        elif isinstance(value, dict) and "id" not in value and not value.keys().isdisjoint(names):
            for name in names:
                held = value.get(name)
                yield from held if isinstance(held, list) else [] if held is None else [held]
        else:
            yield value


def attributes(record: Record) -> dict[str, Any]:
    """A record of JSON:API, with its attributes beside its id and type.

    Examples:
        >>> attributes({"id": "1", "type": "incidents", "attributes": {"title": "Down"}})
        {'title': 'Down', 'id': '1', 'type': 'incidents'}
    """
    told = record.get("attributes")
    others = {name: value for name, value in record.items() if name != "attributes"}
    return {**told, **others} if isinstance(told, dict) else others


def told_apart(
    export: Export,
    columns: Mapping[str, pd.Series],
    *,
    called: pd.Series,
    incidents: np.ndarray,
) -> Completed:
    """Incidents by what people call them, and the action items that name them, told apart.

    Items name an incident as the column incident_id says, be it by the id of a database (the column
    key); `called` holds what people call the incident, in the rows that `incidents` marks.
    """
    nothing = missing(export)
    named = called.where(incidents, columns.get("incident_id", nothing))
    return replace(
        closing(export, columns).completed(incident_id=named, project=nothing),
        incidents=incidents,
        names=other_names(called, columns.get("key", nothing), incidents=incidents),
    )


def other_names(incident_id: pd.Series, *names: pd.Series, incidents: np.ndarray) -> pd.DataFrame:
    """What else incidents are called, as `Completed.names` has it."""
    told = [pd.DataFrame({"incident_id": incident_id, "name": name})[incidents] for name in names]
    found = pd.concat(told, ignore_index=True).dropna().drop_duplicates()
    return found[(found["incident_id"] != found["name"]).to_numpy(dtype=bool)]


def priorities_said(
    export: Export, columns: Mapping[str, pd.Series], incidents: np.ndarray
) -> tuple[str, ...]:
    """A sentence where priorities count as severities and nobody has confirmed that they do."""
    taken = folded(export.tracker.severities)
    given = folded(export.source.severities)
    said = distinct(columns.get("severity", missing(export))[incidents])
    unsettled = {
        word: number
        for number, (word,) in enumerate(said.words)
        if fold_word(word) in taken and fold_word(word) not in given
    }
    if not unsettled:
        return ()
    rows, example = said.count(unsettled.values()), min(unsettled)
    meant = ", ".join(f"{word!r} as {taken[fold_word(word)]}" for word in sorted(unsettled))
    return (
        f"Priorities count as severities ({meant}; {counted(rows, 'incident')}); "
        f"confirm or change that under [source.severities], for example "
        f'{quoted(example)} = "{taken[fold_word(example)]}".',
    )
