"""The parts of a workbook and how they hang together, as every check needs them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Final
from xml.etree import ElementTree
from zipfile import ZipFile

from pmanalytics.errors import InputError

__all__ = [
    "ENTITIES",
    "MAIN",
    "Package",
    "Range",
    "Relation",
    "letters",
    "opened",
    "package_faults",
    "parsed",
    "range_of",
    "unknown_relations",
]

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"  # of a sheet
)
USED_RELATION: Final = re.compile(rb'\br:(?:id|embed|link|pict)="([^"]*)"')
ENTITIES: Final = "The workbook declares XML entities, which no workbook needs; discard it."
# Parts that bring along what a reader never asked for, or programs.
UNWANTED: Final = re.compile(
    r"xl/(vbaProject\.bin|externalLinks/.*|embeddings/.*|activeX/.*|connections\.xml|ctrlProps/.*)"
)
TYPED: Final = re.compile(r"xl/(worksheets|tables|charts|drawings|chartsheets)/[^/]+\.xml")


@dataclass(frozen=True)
class Relation:
    """Where a part points to: another part, or an address outside."""

    kind: str
    target: str
    outside: bool


@dataclass(frozen=True)
class Package:
    """A workbook: its parts, its sheets (name: part), the relations of its parts."""

    parts: ZipFile
    sheets: Mapping[str, str]
    relations: Mapping[str, Mapping[str, Relation]]

    def read(self, part: str) -> bytes:
        """The content of a part; nothing where there is none."""
        return self.parts.read(part) if part in self.parts.namelist() else b""

    def related(self, part: str, kind: str) -> list[str]:
        """The parts of a kind that a part points to."""
        found = self.relations.get(part, {}).values()
        return [relation.target for relation in found if relation.kind == kind]


@dataclass(frozen=True)
class Range:
    """Cells from a corner to another; rows and columns count from 1.

    Examples:
        >>> range_of("B2:C9").overlaps(range_of("$C$9"))
        True
    """

    top: int
    left: int
    bottom: int
    right: int

    def overlaps(self, other: "Range") -> bool:
        """Whether both have a cell in common."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


def range_of(text: str) -> Range | None:
    """The range that an address names, or nothing where it names none.

    Examples:
        >>> range_of("B2:C9")
        Range(top=2, left=2, bottom=9, right=3)
    """
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", text)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    return Range(int(top), letters(left), int(bottom or top), letters(right or left))


def letters(column: str) -> int:
    """The number of a column."""
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number


def opened(parts: ZipFile) -> Package:
    """The workbook in an archive."""
    relations = {_source(name): _relations(parts, name) for name in parts.namelist()
                 if name.endswith(".rels")}  # fmt: skip
    known = relations.get("xl/workbook.xml", {})
    sheets = {}
    for sheet in parsed(parts.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        relation = known.get(sheet.get(RELATION_ID, ""))
        sheets[sheet.get("name", "")] = relation.target if relation else ""
    return Package(parts, sheets, relations)


def _source(rels: str) -> str:
    folder, name = rels.rsplit("_rels/", 1)
    return folder + name.removesuffix(".rels")


def _relations(parts: ZipFile, rels: str) -> dict[str, Relation]:
    found = {}
    for relation in parsed(parts.read(rels)):
        outside = relation.get("TargetMode") == "External"
        target = relation.get("Target", "")
        if not outside:
            inside = normpath(join("/", dirname(_source(rels)), target))
            target = inside.removeprefix("/")
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = Relation(kind, target, outside)
    return found


def parsed(content: bytes) -> ElementTree.Element:
    """The tree of a part."""
    # Entities are the only thing in XML that can hurt a reader, and no workbook needs any.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError(ENTITIES)
    return ElementTree.fromstring(content)  # noqa: S314


def package_faults(package: Package) -> Iterator[str]:
    """Parts that are missing, unwanted or without a type, and relations that lead nowhere."""
    names = package.parts.namelist()
    for name in names:
        if UNWANTED.fullmatch(name):
            yield f"The workbook holds {name}, which no workbook of ours has."
    yield from _relation_faults(package, set(names))
    for name in names:
        if re.fullmatch(r"xl/(workbook|drawings/[^/]+)\.xml", name):
            yield from unknown_relations(package, name, package.read(name))
    yield from _type_faults(package, names)


def _relation_faults(package: Package, names: set[str]) -> Iterator[str]:
    for source, relations in package.relations.items():
        for relation in relations.values():
            if relation.outside and relation.kind != "hyperlink":
                yield f"{source} points to something outside: {relation.target!r}."
            elif not relation.outside and relation.target not in names:
                yield f"{source} points to {relation.target!r}, which is not there."


def _type_faults(package: Package, names: list[str]) -> Iterator[str]:
    types = parsed(package.read("[Content_Types].xml"))
    typed = {element.get("PartName", "").removeprefix("/") for element in types}
    for name in sorted(filter(TYPED.fullmatch, names)):
        if name not in typed:
            yield f"{name} has no content type."
    for name in sorted(typed - {""} - set(names)):
        yield f"The part {name} has a content type and is not there."


def unknown_relations(package: Package, part: str, content: bytes) -> Iterator[str]:
    """The relations that a part uses and does not have."""
    used = {found.decode() for found in USED_RELATION.findall(content)}
    for missing in sorted(used - set(package.relations.get(part, {}))):
        yield f"{part} uses the relation {missing!r}, which it does not have."
