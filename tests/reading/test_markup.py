"""Markup: the tables of web pages, however broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import InputError
from pmanalytics.reading import markup
from pmanalytics.reading.markup import looks_like_markup, read_markup


def rows(page: str) -> list[list[list[str]]]:
    return [[list(row) for row in sheet.rows] for sheet in read_markup(page.encode(), name="x.xls")]


def test_a_page_of_an_old_server() -> None:
    """The shape of the .xls of Jira 6: a page with a script, a title row and a footer row."""
    page = """<html><head><title>a < b</title><style>td { x: "<td>" }</style></head><body>
      <script>document.write("<table><tr><td>1<td>2<tr><td>3<td>4</table>")</script>
      <!-- <tr><td>never</td> -->
      <table border=1><tr><td colspan="3">Issue Navigator</td></tr>
      <thead><tr class='rowHeader'><th>Key</th><th>Summary</th><th>Labels</th></tr></thead>
      <tbody><tr id="a>b"><td><a href='/A-1'>A-1</a></td>
        <td><p>Don&#39;t   &lt;stop&gt;</p> now<br/>or <b>th</b>en</td><td>&nbsp;</td></tr></tbody>
      <tr><td colspan="3">Generated at Sat</td></tr></table></body></html>"""
    assert rows(page) == [
        [
            ["Issue Navigator", "", ""],
            ["Key", "Summary", "Labels"],
            ["A-1", "Don't <stop> now\nor then", ""],
            ["Generated at Sat", "", ""],
        ]
    ]


def test_tables_within_tables_are_tables_of_their_own() -> None:
    inner = "<table><tr><td>1<td>2<tr><td>3<td>4</table>"
    page = f"<table><tr><td>a {inner} b<td>c<tr><td>d<td>e</table><table><tr><td>one</table>"
    assert rows(page) == [[["a b", "c"], ["d", "e"]], [["1", "2"], ["3", "4"]]]


def test_a_cell_that_reaches_down_keeps_its_column() -> None:
    page = "<TABLE><TR><TD rowspan=2>a<TD>b<TR><TD>c<TR><TD>d<TD>e</TABLE>"
    assert rows(page) == [[["a", "b"], ["", "c"], ["d", "e"]]]


def test_pages_without_a_table() -> None:
    for page in ("<html>Log in</html>", "<table><tr><td>a<td>b</table>", "", "<table>", "<td>a"):
        assert rows(page) == []


def test_what_looks_like_a_page() -> None:
    assert looks_like_markup(b"\xef\xbb\xbf\n<!DOCTYPE html>")
    assert not looks_like_markup(b"a,b\n<b>,2\n")
    assert not looks_like_markup(b"< 3,b\n")


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "<a ",
            "<!--",
            "<td>",
            "<table>",
            "<table><tr><td>",
            '<a b="',
            "<a b='\" ",
            "</",
            "<script>",
        ),
        *("<", "<![CDATA[", "<a \"<a '<", "<tr>", "<br>", "&#", "<td rowspan=9>", "<title>"),
    ],
)
def test_tags_without_end_take_time_in_proportion(unit: str) -> None:
    """A reader that looks back or ahead at each tag would take an hour for this half megabyte."""
    page = "<table><tr><td>a<td>b<tr><td>c<td>d" + unit * (500_000 // len(unit))
    assert rows(page)[0][0][:2] == ["a", "b"]


@pytest.mark.parametrize("unit", ["<td colspan=1000>", "<td rowspan=9999><tr>"])
def test_too_many_cells_are_refused(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand cells a tag, and rows of which each is one cell wider."""
    monkeypatch.setattr(markup, "LARGEST_TABLE", 100_000)
    with pytest.raises(InputError, match=r"^x.xls holds a table of more than 100,000 cells"):
        rows("<table>" + unit * 2_000)


@given(st.lists(st.sampled_from(["<table>", "</table>", "<tr>", "<td>", "</td>", "a", "<", '"', "<td b='", ">", "<!--", "-->"]), max_size=30))  # fmt: skip
def test_any_page_is_read(pieces: list[str]) -> None:
    for sheet in read_markup("".join(pieces).encode(), name="x"):
        assert len(sheet.rows) == len(sheet.numbers) >= 2
