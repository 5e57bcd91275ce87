"""Merged cells for answers: a spreadsheet keeps one value of them, which answers one row."""

from collections.abc import Iterable, Iterator

from pmanalytics.answers.finding import AnswerSheet
from pmanalytics.answers.model import ANSWERS_OF, Remark
from pmanalytics.answers.rowwise import listed

__all__ = ["merged_answers"]

Span = tuple[int, int]


def merged_answers(sheet: AnswerSheet) -> Iterator[Remark]:
    """One remark on all rows whose answers were merged with one that stands before or above them.

    What is merged and empty, or begins in a column that takes no answers, is none.
    """
    numbers = [number for number in sheet.sheet.numbers if number != sheet.number]
    rows = [str(number) for number in _within(numbers, _spans(sheet))]
    if rows:
        sentence = (
            f"Sheet {sheet.title!r}: cells for answers are merged (row {listed(rows)}), of which "
            "only the first is read; take them apart, and write each answer in its own cell."
        )
        yield Remark(sheet.title, 0, sentence, refused=True)


def _spans(sheet: AnswerSheet) -> Iterator[Span]:
    """The first and the last row of each merge that hides cells for answers behind one."""
    names = (column.name for column in ANSWERS_OF[sheet.record])
    places = {sheet.places[name] for name in names if name in sheet.places}
    rows = dict(zip(sheet.sheet.numbers, sheet.sheet.rows, strict=True))
    for top, left, bottom, right in sheet.sheet.merged:
        first, cells = left - 1, rows.get(top, ())
        if top == sheet.number or first not in places or not "".join(cells[first:left]).strip():
            continue
        beside = any(first < place < right for place in places)
        yield (top if beside else top + 1, bottom)


def _within(numbers: Iterable[int], spans: Iterable[Span]) -> Iterator[int]:
    """The numbers, which ascend, that lie in any of the spans."""
    reach, waiting = 0, sorted(spans, reverse=True)
    for number in numbers:
        while waiting and waiting[-1][0] <= number:
            reach = max(reach, waiting.pop()[1])
        if number <= reach:
            yield number
