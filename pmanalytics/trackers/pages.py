"""Pages: whether a file holds all the records that its answers speak of.

Interfaces answer page by page and say how many records there are in all. Somebody who saves the
first page has a file that looks whole.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from pmanalytics.reading.nested import inner, objects
from pmanalytics.trackers.model import Export, Record

__all__ = ["announced", "missing_pages"]

_ANNOUNCED: Final = "records announced"
# So many of the documents of a file are looked at, and of the answers in a list.
_SOME: Final = 1_000


def announced(
    records: list[Record | None], documents: Sequence[Any], *, total: str
) -> list[Record | None]:
    """The records, the first of them with the largest number that stands under `total`.

    Answers are documents, or elements of a list that is one.

    Examples:
        >>> announced([{"id": 1}], [{"entries": [{"id": 1}], "total_size": 3}], total="total_size")
        [{'id': 1, 'records announced': 3}]
    """
    answers = [
        answer
        for document in islice(documents, _SOME)
        for answer in ([document] if isinstance(document, dict) else objects(document)[:_SOME])
    ]
    said = [inner(answer, total) for answer in answers]
    largest = max((number for number in said if type(number) is int), default=0)
    place = next((n for n, record in enumerate(records) if record is not None), None)
    if not largest or place is None:
        return records
    first = records[place]
    return [*records[:place], {**(first or {}), _ANNOUNCED: largest}, *records[place + 1 :]]


def missing_pages(export: Export) -> list[str]:
    """A sentence when fewer records are there than announced."""
    said = next((r[_ANNOUNCED] for r in export.records[:1] if _ANNOUNCED in r), 0)
    held = len(export.cells) + len(export.cells.rejects)
    if held >= said:
        return []
    return [
        f"The file holds {held:,} of {said:,} records; export the other pages too, and put them "
        "into the same file or folder."
    ]
