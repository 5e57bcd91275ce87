"""Rows that a workbook holds several times, such as those of a sheet that was kept as a backup."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pmanalytics.answers.model import Answered, Remark
from pmanalytics.answers.rowwise import listed, named, where
from pmanalytics.words import counted

__all__ = ["each_once"]

Given = Mapping[str, Mapping[str, str]]


def each_once(
    rows: Sequence[Answered], given: Given
) -> tuple[tuple[Answered, ...], tuple[Remark, ...]]:
    """Each key once, and remarks on its other rows; `given` is the baseline, by key.

    A row that stands as it was given out says nothing where another row of its key was answered:
    that is told once for each sheet. Rows that were answered differently are all left out.
    """
    by_key: dict[str, list[Answered]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    kept: list[Answered] = []
    clashes: list[Remark] = []
    silent: Counter[str] = Counter()
    for key, copies in by_key.items():
        answered = [row for row in copies if _was_answered(row, given[key])]
        if answered:
            silent.update(row.sheet for row in copies if not _was_answered(row, given[key]))
        first, *others = answered or copies
        if all(row.answers == first.answers for row in others):
            kept.append(first)
        else:
            clashes.append(_clash(first, others, named(given[key])))
    return tuple(kept), (*clashes, *_unanswered(silent))


def _was_answered(row: Answered, given: Mapping[str, str]) -> bool:
    return any(text != given[name] for name, text in row.answers.items())


def _unanswered(silent: Mapping[str, int]) -> Iterator[Remark]:
    for sheet, count in silent.items():
        stand = f"{counted(count, 'row')} {'stands' if count == 1 else 'stand'}"
        sentence = (
            f"Sheet {sheet!r}: {stand} as given out, and answered on another row; the answers "
            "there are read."
        )
        yield Remark(sheet, 0, sentence, refused=False)


def _clash(first: Answered, others: Sequence[Answered], name: str) -> Remark:
    also = listed([f"{row.sheet!r} row {row.row}" for row in others])
    sentence = (
        f"{where(first.sheet, first.row, name)}: it stands on {also} too with other answers, so "
        "that neither is read; leave one of them."
    )
    return Remark(first.sheet, first.row, sentence, refused=True, key=first.key)
