"""Markdown: the structure of a document, and the plain words of its parts.

The structure comes from a Markdown parser, never from expressions over lines. Here its tree becomes
blocks with words, whose links, emphasis and strikes are kept, because they carry meaning: a link
leads to the ticket, a struck line is done, an italic one is a sentence of the template.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import mistune

from pmanalytics.reading.markup import read_markup

__all__ = ["Block", "Entry", "Span", "Words", "blocks_of"]

Token = Mapping[str, Any]

_PLUGINS: Final = ("table", "task_lists", "strikethrough", "url")
# What is longer is no sentence; its beginning is kept as it stands, and nothing in it is searched
# for marks, so that no file can make the parser slow.
_LONGEST_PARSED: Final = 5_000
# How many lines are looked at to find out where texts stand; beyond that, numbers are rough.
_MOST_LOOKS: Final = 2_000_000
_ANCHOR: Final = re.compile(
    r"<a\b[^<>]{0,200}?\bhref\s*=\s*[\"']([^\"'<>\s]+)[\"'][^<>]*>([^<>]*)</a>", re.IGNORECASE
)
_BLANK_ITEM: Final = re.compile(r"^\[([ xX])\](?:\s+|$)")


@dataclass(frozen=True)
class Span:
    """A run of text that looks the same, and the address that it leads to."""

    text: str
    address: str = ""
    strong: bool = False
    slanted: bool = False
    struck: bool = False
    code: bool = False


@dataclass(frozen=True)
class Words:
    """The words of one part of a document; a line break is one in a span, too."""

    spans: tuple[Span, ...] = ()

    @cached_property
    def text(self) -> str:
        """The plain text in one line, links as their text."""
        return _one_line(span.text for span in self.spans)

    @property
    def lines(self) -> tuple["Words", ...]:
        """The words of each line of the source."""
        lines: list[list[Span]] = [[]]
        for span in self.spans:
            first, *rest = span.text.split("\n")
            lines[-1].append(replace(span, text=first))
            lines.extend([replace(span, text=text)] for text in rest)
        return tuple(Words(tuple(line)) for line in lines)

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses, each once, in their order."""
        return tuple(dict.fromkeys(span.address for span in self.spans if span.address))

    @property
    def lead(self) -> str:
        """The bold text that the words begin with."""
        led: list[str] = []
        for span in self.spans:
            if not span.strong and (span.text.strip() or led):
                break
            led.append(span.text)
        return _one_line(led)

    def all_of(self, mark: str) -> bool:
        """Whether all words are struck, slanted, strong or code."""
        seen = [span for span in self.spans if re.search(r"\w", span.text)]
        return bool(seen) and all(getattr(span, mark) for span in seen)

    def without(self, start: int) -> "Words":
        """The words from a position of the text that has not been brought to one line."""
        left, kept = start, []
        for span in self.spans:
            kept.append(replace(span, text=span.text[left:]) if left > 0 else span)
            left -= len(span.text)
        return Words(tuple(span for span in kept if span.text))

    @property
    def raw(self) -> str:
        """The text with its line breaks."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Entry:
    """One bullet of a list: its words, its check box, the number of its line and what nests.

    `more` are its paragraphs after the first.
    """

    words: Words
    checked: bool | None = None
    line: int = 0
    nested: tuple["Entry", ...] = ()
    tables: tuple["Block", ...] = ()
    more: tuple["Block", ...] = ()


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list or table; `kind` says which, and other blocks are `other`."""

    kind: str
    words: Words = Words()
    line: int = 0
    level: int = 0
    entries: tuple[Entry, ...] = ()
    rows: tuple[tuple[Words, ...], ...] = ()
    row_lines: tuple[int, ...] = ()


def _one_line(texts: Iterable[str]) -> str:
    return " ".join("".join(texts).replace("\0", "").split())


class _Lines:
    """Where texts stand in a document, asked in their order."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._next = 0
        self._left = _MOST_LOOKS

    def find(self, raw: str) -> int:
        """The number of the line, from 1, that holds the first line of a text."""
        first = next((line.strip() for line in raw.split("\n") if line.strip()), "")
        end = min(len(self._lines), self._next + self._left) if first else 0
        for place in range(self._next, end):
            if first in self._lines[place]:
                self._left -= place - self._next
                self._next = place
                return place + 1
        self._left -= max(0, end - self._next)
        return self._next + 1


def blocks_of(text: str) -> tuple[Block, ...]:
    """Parse a document into its blocks, with the words of each."""
    parser = mistune.create_markdown(renderer=None, plugins=list(_PLUGINS))
    state = parser.block.state_cls()
    state.process(text if text.endswith("\n") else text + "\n")
    parser.block.parse(state)
    for hook in parser.before_render_hooks:
        hook(parser, state)
    reader = _Reader(parser, state.env, _Lines(text))
    return tuple(block for token in _joined(state.tokens) for block in reader.blocks(token))


def _joined(tokens: Iterable[Token]) -> Iterable[Token]:
    """The tokens with tables in HTML whole, which empty lines cut into pieces for the parser."""
    held = ""
    for token in tokens:
        markup = token["type"] == "block_html"
        if markup and (held or "<table" in token["raw"].lower()):
            held += token["raw"]
        elif not held or token["type"] != "blank_line":
            if held:
                yield {"type": "block_html", "raw": held}
            held = ""
            yield token
    if held:
        yield {"type": "block_html", "raw": held}


class _Reader:
    """Turns the tokens of the parser into blocks, in the order of the document."""

    def __init__(self, parser: mistune.Markdown, env: Any, lines: _Lines) -> None:
        self._parser, self._env, self._lines = parser, env, lines

    def blocks(self, token: Token) -> list[Block]:
        kind = token["type"]
        if kind == "heading":
            line = self._lines.find(token.get("text", ""))
            return [Block("heading", self._words(token), line, token["attrs"]["level"])]
        if kind in ("paragraph", "block_text"):
            return [Block("paragraph", self._words(token), self._lines.find(token.get("text", "")))]
        if kind == "list":
            entries = tuple(self._entry(child) for child in token["children"])
            return [Block("list", line=entries[0].line if entries else 0, entries=entries)]
        if kind == "table":
            return [self._table(token)]
        if kind == "block_html":
            return self._markup(token["raw"])
        return [Block("other")] if kind != "blank_line" else []

    def _entry(self, token: Token) -> Entry:
        spans: tuple[Span, ...] = ()
        nested: list[Entry] = []
        tables: list[Block] = []
        more: list[Block] = []
        line = 0
        for child in token.get("children", ()):
            for block in self.blocks(child):
                line = line or block.line
                nested += block.entries
                if block.kind == "table":
                    tables.append(block)
                elif block.words.spans and (spans or nested):
                    more.append(block)
                elif block.words.spans:
                    spans = block.words.spans
        checked = token["attrs"]["checked"] if token["type"] == "task_list_item" else None
        words = Words(spans)
        # The parser takes a box for one only when a blank and words follow it.
        box = _BLANK_ITEM.match(words.raw) if checked is None else None
        if box:
            checked, words = box[1] in "xX", words.without(box.end())
        return Entry(words, checked, line, tuple(nested), tuple(tables), tuple(more))

    def _table(self, token: Token) -> Block:
        head, *bodies = token["children"]
        header = tuple(self._words(cell) for cell in head["children"])
        rows, places = [header], [self._lines.find(header[0].text if header else "")]
        for row in (row for body in bodies for row in body["children"]):
            longest = max((cell.get("text", "") for cell in row["children"]), key=len, default="")
            places.append(self._lines.find(longest))
            rows.append(tuple(self._words(cell) for cell in row["children"]))
        return Block("table", line=places[0], rows=tuple(rows), row_lines=tuple(places))

    def _markup(self, raw: str) -> list[Block]:
        """The tables of a piece of HTML, whose links are read as those of Markdown."""
        content = _ANCHOR.sub(r"[\2](\1)", raw).encode()
        first = self._lines.find(raw)
        blocks = []
        for sheet in read_markup(content, name="") if "<table" in raw.lower() else ():
            rows = [tuple(self._words({"text": cell}) for cell in row) for row in sheet.rows]
            places = [self._lines.find(max(row, key=len, default="")) for row in sheet.rows]
            blocks.append(Block("table", line=first, rows=tuple(rows), row_lines=tuple(places)))
        return blocks or [Block("other")]

    def _words(self, token: Token) -> Words:
        raw = token.get("text", "")
        if len(raw) > _LONGEST_PARSED:
            return Words((Span(raw[:_LONGEST_PARSED] + "\N{HORIZONTAL ELLIPSIS}"),))
        tokens = self._parser.inline(raw.strip(" \r\n\t\f"), self._env)
        return Words(tuple(_merged(span for part in tokens for span in _spans(part, Span("")))))


def _spans(token: Token, look: Span) -> Iterable[Span]:
    """The spans of an inline token, which looks like `look` with what the token adds."""
    kind = token["type"]
    if kind in ("softbreak", "linebreak"):
        yield replace(look, text="\n")
    elif kind == "inline_html":
        # An address in angle brackets is a link to the parser; what is left here are tags.
        yield replace(look, text="\n" if re.match(r"<br\b", token["raw"]) else "")
    elif "children" in token:
        look = replace(
            look,
            strong=look.strong or kind == "strong",
            slanted=look.slanted or kind == "emphasis",
            struck=look.struck or kind == "strikethrough",
            address=str(token["attrs"].get("url", "")) if kind == "link" else look.address,
        )
        for child in token["children"] if kind != "image" else ():
            yield from _spans(child, look)
    else:
        yield replace(look, text=token.get("raw", ""), code=kind == "codespan")


def _merged(spans: Iterable[Span]) -> Sequence[Span]:
    """Neighbours that look the same as one span."""
    merged: list[Span] = []
    for span in spans:
        if merged and replace(merged[-1], text="") == replace(span, text=""):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        elif span.text:
            merged.append(span)
    return merged
