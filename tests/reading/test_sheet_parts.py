"""What the XML of a sheet says beside the values of its cells."""

import pytest

from pmanalytics.reading.sheet_parts import sheet_part

FORMULA = "<f>B1</f>"


@pytest.mark.parametrize(
    ("cell", "uncomputed", "nothing"),
    [
        (f'<c r="A1">{FORMULA}</c>', 1, set()),
        (f'<c r="A1">{FORMULA}<v/></c>', 1, set()),
        (f'<c r="A1">{FORMULA}<v></v></c>', 1, set()),
        (f'<c r="A1" t="str">{FORMULA}</c>', 1, set()),
        (f'<c r="A1" t="str">{FORMULA}<v></v></c>', 0, {"A1"}),
        (f'<c t="str" r="AB12" s="4">\n{FORMULA}\n<v />\n</c>', 0, {"AB12"}),
        (f'<c r="A1" t="str">{FORMULA}<v xml:space="preserve"> </v></c>', 0, {"A1"}),
        ('<c r="A1" t="str"><f t="shared" si="0"/><v></v></c>', 0, {"A1"}),
        ('<x:c r="A1" t="str"><x:f>B1</x:f><x:v></x:v></x:c>', 0, {"A1"}),
        (f'<c r="A1">{FORMULA}<v>0</v></c>', 0, set()),
        ('<c r="A1" t="str"><v></v></c>', 0, set()),
    ],
)
def test_formulas_without_a_value_and_with_an_empty_one(
    cell: str, uncomputed: int, nothing: set[str]
) -> None:
    part = sheet_part(f"<row>{cell}</row>".encode())
    assert (part.uncomputed, set(part.saying_nothing)) == (uncomputed, nothing)


def test_merged_ranges() -> None:
    """The columns of Excel: Z is 26, AA is 27, XFD is the last one, 16384."""
    xml = b'<mergeCells count="2"><mergeCell ref="Z1:AA2"/><x:mergeCell uid="a" ref=\'A3:XFD9\'/>'
    assert sheet_part(xml).merged == ((1, 26, 2, 27), (3, 1, 9, 16384))
    assert sheet_part(b'<mergeCell ref="A1"/><t>mergeCell ref="A1:B2"</t>').merged == ()


def test_a_sheet_that_is_broken_takes_no_time() -> None:
    """A pattern that went back over what it had seen would take hours."""
    for piece in (b"<c><f>", b"<c ", b"<mergeCell ", b"<c><f>x</f>", b"<c><f/><v>"):
        assert sheet_part(piece * 200_000).merged == ()
