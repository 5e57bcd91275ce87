"""What stands around the rows of a sheet: checks of entries, colours, links, widths, printing."""

import re
from collections.abc import Collection, Iterator
from typing import Final
from xml.etree import ElementTree

from pmanalytics.workbook.linting.formulas import formula_faults
from pmanalytics.workbook.linting.package import MAIN, Package, parsed, range_of, unknown_relations
from pmanalytics.workbook.linting.tables import repeated

__all__ = ["merged_cells", "rule_faults"]

MAXIMUM_LINKS: Final = 65_530
MAXIMUM_ADDRESS: Final = 2_079
MAXIMUM_LIST: Final = 255
MAXIMUM_COLUMNS: Final = 16_384
MAXIMUM_PRINTED: Final = 255
LINK: Final = re.compile(rb'<hyperlink [^>]*?\br:id="([^"]*)"')
LINKS: Final = re.compile(rb"<hyperlinks>.*</hyperlinks>", re.DOTALL)
# attribute of a check of entries: how long it may be
MESSAGES: Final = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 225}
# The order that the standard prescribes; Excel discards a sheet that has another one.
ORDER: Final = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip


def merged_cells(around: bytes) -> list[str]:
    """The ranges of merged cells."""
    return [cell.get("ref", "") for cell in parsed(_without_links(around)).iter(f"{MAIN}mergeCell")]


def _without_links(around: bytes) -> bytes:
    return LINKS.sub(b"<hyperlinks/>", around)


def rule_faults(package: Package, sheet: str, around: bytes, styles: int) -> Iterator[str]:
    """Faults of all that is around the rows; `styles` counts the formats of conditions."""
    root = parsed(_without_links(around))
    faults = (
        *_order_faults(root),
        *_validation_faults(root, package.sheets),
        *_condition_faults(root, package.sheets, styles),
        *_link_faults(package, package.sheets[sheet], around),
        *_width_faults(root),
        *_printed_faults(root),
        *_part_faults(package, package.sheets[sheet], root),
    )
    for fault in faults:
        yield f"On sheet {sheet!r} {fault}."
    yield from unknown_relations(package, package.sheets[sheet], around)


def _order_faults(root: ElementTree.Element) -> Iterator[str]:
    tags = [element.tag.removeprefix(MAIN) for element in root]
    places = [ORDER.index(tag) for tag in tags if tag in ORDER]
    for tag, place, before in zip(tags[1:], places[1:], places, strict=False):
        if place < before or (place == before and tag != "conditionalFormatting"):
            yield f"{tag} stands where Excel does not expect it"


def _validation_faults(root: ElementTree.Element, sheets: Collection[str]) -> Iterator[str]:
    for rule in root.iter(f"{MAIN}dataValidation"):
        where = rule.get("sqref", "")
        said = f"the check of entries in {where}"
        if not _ranges(where):
            yield f"{said!r} has no range"
        for name, most in MESSAGES.items():
            if len(rule.get(name, "")) > most:
                yield f"{said} has a {name} of more than {most} characters"
        for part in ("formula1", "formula2"):
            text = rule.findtext(f"{MAIN}{part}", "")
            if text.startswith('"') and len(text) - 2 > MAXIMUM_LIST:
                yield f"{said} has a list of more than {MAXIMUM_LIST} characters"
            for fault in formula_faults(text, sheets=sheets):
                yield f"{said} {fault}"
        if rule.get("type", "none") != "none" and not rule.findtext(f"{MAIN}formula1"):
            yield f"{said} has nothing to compare with"


def _condition_faults(
    root: ElementTree.Element, sheets: Collection[str], styles: int
) -> Iterator[str]:
    for block in root.iter(f"{MAIN}conditionalFormatting"):
        said = f"the colours of {block.get('sqref', '')}"
        if not _ranges(block.get("sqref", "")):
            yield f"{said} have no range"
        for rule in block.iter(f"{MAIN}cfRule"):
            if int(rule.get("dxfId", "0")) >= max(styles, "dxfId" not in rule.attrib):
                yield f"{said} have format {rule.get('dxfId')}, of {styles}"
            if int(rule.get("priority", "0")) < 1:
                yield f"{said} have no priority"
            formulas = [element.text or "" for element in rule.iter(f"{MAIN}formula")]
            if rule.get("type") in ("cellIs", "expression") and not any(formulas):
                yield f"{said} have nothing to compare with"
            for fault in (f for text in formulas for f in formula_faults(text, sheets=sheets)):
                yield f"{said} have a formula that {fault}"


def _ranges(text: str) -> bool:
    return bool(text) and all(map(range_of, text.split()))


def _link_faults(package: Package, part: str, around: bytes) -> Iterator[str]:
    if around.count(b"<hyperlink ") > MAXIMUM_LINKS:
        yield f"there are more than {MAXIMUM_LINKS:,} links"
    known = package.relations.get(part, {})
    for number in map(bytes.decode, LINK.findall(around)):
        relation = known.get(number)
        if relation is not None and relation.kind != "hyperlink":
            yield f"a link has the relation {number!r}, which is a {relation.kind}"
    for relation in known.values():
        if relation.kind == "hyperlink" and len(relation.target) > MAXIMUM_ADDRESS:
            start = relation.target[:40]
            yield f"the link to {start}… has more than {MAXIMUM_ADDRESS:,} characters"


def _width_faults(root: ElementTree.Element) -> Iterator[str]:
    last = 0
    for column in root.iter(f"{MAIN}col"):
        first, end = int(column.get("min", "0")), int(column.get("max", "0"))
        if not last < first <= end <= MAXIMUM_COLUMNS:
            yield f"the widths of columns {first} to {end} overlap others or the sheet's end"
        last = max(last, end)


def _printed_faults(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter(f"{MAIN}headerFooter"):
        for part in element:
            if len(part.text or "") > MAXIMUM_PRINTED:
                name = part.tag.removeprefix(MAIN)
                yield f"the {name} has more than {MAXIMUM_PRINTED} characters"


def _part_faults(package: Package, part: str, root: ElementTree.Element) -> Iterator[str]:
    """Parts that the sheet has and does not show, or shows more often than it has them."""
    shown = len(list(root.iter(f"{MAIN}tablePart")))
    had = package.related(part, "table")
    if shown != len(had):
        yield f"there are {shown} tables, and relations to {len(had)}"
    yield from (fault.rstrip(".") for fault in repeated(had, "the table part"))
    merged = [range_of(cell.get("ref", "")) for cell in root.iter(f"{MAIN}mergeCell")]
    for place, cells in enumerate(merged):
        if cells is None or any(other and cells.overlaps(other) for other in merged[:place]):
            yield "merged cells overlap or have no range"
