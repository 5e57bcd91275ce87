"""The outline: a document cut into parts, each with what it is about.

A part begins at a heading, at a bold line or a line with a colon that names a known part, or at a
bullet that begins with such a label, as in `- **Review actions**: none`. What stands below a
heading belongs to it until a heading of the same or a higher level.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pmanalytics.trackers.documents.headings import section_of
from pmanalytics.trackers.documents.markdown import Block, Entry, Span, Words

__all__ = ["Part", "labelled", "parts_of"]

# Levels of what is no heading, below all headings.
_LABEL, _BULLET = 7, 8
_LONGEST_LABEL: Final = 60
# Sub-headings that say something else than what is to be done.
_ENDING: Final = frozenset(
    ("timeline", "taken", "questions", "attendees", "lucky", "went", "lessons", "contributing",
     "cause", "trigger")
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of a document: its kind (a name of `SECTIONS`, or empty), heading and blocks.

    `group` is the sub-heading of a part that takes its kind from the heading above.
    """

    kind: str
    title: str = ""
    level: int = 0
    line: int = 0
    blocks: tuple[Block, ...] = ()
    group: str = ""


def labelled(words: Words) -> tuple[str, Words]:
    """The label that a line begins with, and the rest of it; no label is the empty text.

    A label is bold, or ends with a colon.
    """
    raw = words.raw
    lead = words.lead
    if lead and len(lead) <= _LONGEST_LABEL:
        end = _end_of_lead(words)
        rest = raw[end:]
        skipped = len(rest) - len(rest.lstrip(" \t:\N{EN DASH}\N{EM DASH}-"))
        return lead.strip(" :"), words.without(end + skipped)
    label, colon, rest = raw.partition(":")
    if not colon or len(label) > _LONGEST_LABEL or "\n" in label or rest.startswith("//"):
        return "", words
    return label.strip(), words.without(len(label) + 1 + len(rest) - len(rest.lstrip()))


def _end_of_lead(words: Words) -> int:
    end = 0
    for span in words.spans:
        if not span.strong and (span.text.strip() or end):
            break
        end += len(span.text)
    return end


def parts_of(blocks: Sequence[Block]) -> tuple[Part, ...]:
    """Cut the blocks of a document into its parts, the first being what precedes all headings."""
    above: list[Part] = []
    parts = [Part("")]
    for piece in _pieces(blocks):
        if isinstance(piece, Part):
            above = [part for part in above if part.level < piece.level]
            parts.append(_inheriting(piece, above))
            above.append(parts[-1])
        else:
            parts[-1] = replace(parts[-1], blocks=(*parts[-1].blocks, piece))
    return tuple(parts)


def _inheriting(part: Part, above: Sequence[Part]) -> Part:
    """A part with the kind of the nearest heading above, where its own says nothing else."""
    upper = above[-1] if above else Part("")
    if upper.kind == "actions" and part.kind != "actions" and part.kind not in _ENDING:
        return replace(part, kind="actions", group=part.title)
    return part if part.kind else replace(part, kind=upper.kind, group=part.title)


def _pieces(blocks: Iterable[Block]) -> Iterator[Part | Block]:
    """Blocks, and a part without blocks wherever a new one begins."""
    within, level = "", 0
    for block in blocks:
        if block.kind == "heading":
            title = block.words.text
            kind = section_of(title)
            if not (within == "actions" and block.level > level and kind not in _ENDING):
                within = kind or (within if block.level > level else "")
                level = block.level if kind else level
            yield Part(kind, title, block.level, block.line)
        elif block.kind == "paragraph":
            for piece in _paragraph(block):
                within = piece.kind if isinstance(piece, Part) else within
                yield piece
        elif block.kind == "list" and within != "actions":
            yield from _list(block, bold=within in ("timeline", "taken"))
        else:
            yield block


def _paragraph(block: Block) -> Iterator[Part | Block]:
    """A paragraph, cut at its lines that are labels of known parts."""
    held: list[Words] = []
    for number, line in enumerate(block.words.lines):
        label, rest = labelled(line)
        kind = section_of(label) if label else ""
        if not kind or (kind != "actions" and not line.lead and rest.text):
            held.append(line)
            continue
        if held:
            yield _text(held, block)
        held = [rest] if rest.text else []
        yield Part(kind, label, _LABEL, block.line + number)
    if held:
        yield _text(held, block)


def _text(lines: Sequence[Words], block: Block) -> Block:
    spans = [span for line in lines for span in (Span("\n"), *line.spans)]
    return Block("paragraph", Words(tuple(spans[1:])), block.line)


def _list(block: Block, *, bold: bool) -> Iterator[Part | Block]:
    """A list, cut at its bullets that are labels of known parts; `bold` asks for bold ones."""
    held: list[Entry] = []
    cut = False
    for entry in block.entries:
        label, rest = labelled(entry.words)
        kind = section_of(label) if label else section_of(entry.words.text) if entry.nested else ""
        lead = bool(entry.words.lead) and bool(label)
        told = bool(kind) and (lead or (kind == "actions" and not bold))
        # Where some bullets are labels of parts, every bold one is.
        if entry.checked is not None or not (told or (cut and lead)):
            held.append(entry)
            continue
        cut = True
        if held:
            yield Block("list", line=held[0].line, entries=tuple(held))
            held = []
        yield Part(kind, label or entry.words.text, _BULLET, entry.line)
        if label and rest.text:
            yield Block("paragraph", rest, entry.line)
        yield from entry.more
        if entry.nested:
            yield Block("list", line=entry.nested[0].line, entries=entry.nested)
        yield from entry.tables
    if held:
        yield Block("list", line=held[0].line, entries=tuple(held))
