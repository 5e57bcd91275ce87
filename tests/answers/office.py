"""Edits that LibreOffice makes itself: a macro in a profile of its own, without a window.

A macro in Basic needs nothing beside LibreOffice; its bridge to Python would be one more package,
and would bind the tests to another Python. All scripts of a call run in one session.
"""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Doing", "Office", "ask", "delete_row", "fill_down", "insert_row", "sort_by", "type_in"]

Doing = str  # lines of Basic
LIMIT: Final = 180  # seconds for a session
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
LIBRARIES: Final = (
    HEAD + '<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" '
    '"libraries.dtd">\n<library:libraries xmlns:library="http://openoffice.org/2000/library" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">\n <library:library library:name="Standard" '
    'xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/>\n'
    "</library:libraries>\n"
)
LIBRARY: Final = (
    HEAD + '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" '
    '"library.dtd">\n<library:library xmlns:library="http://openoffice.org/2000/library" '
    'library:name="Standard" library:readonly="false" library:passwordprotected="false">\n'
    ' <library:element library:name="Edits"/>\n</library:library>\n'
)
MODULE: Final = (
    HEAD + '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" '
    '"module.dtd">\n<script:module xmlns:script="http://openoffice.org/2000/script" '
    'script:name="Edits" script:language="StarBasic">{code}</script:module>\n'
)
LOCALE: Final = (
    HEAD + '<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
    '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" '
    'oor:op="fuse"><value>{locale}</value></prop></item>\n</oor:items>\n'
)
TOOLS: Final = """
Function Opened(path)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Opened = StarDesktop.loadComponentFromURL(ConvertToURL(path), "_blank", 0, hidden())
End Function

Sub Store(book, path)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(ConvertToURL(path), how())
  book.close(True)
End Sub

Sub Note(path, text)
  Dim channel
  channel = FreeFile
  Open path For Output As #channel
  Print #channel, text
  Close #channel
End Sub

Function Column(sheet, header)
  Dim place
  For place = 0 To 60
    If sheet.getCellByPosition(place, 0).String = header Then
      Column = place
      Exit Function
    End If
  Next
  Error 1000
End Function

Function RowOf(sheet, header, text)
  Dim row, place
  place = Column(sheet, header)
  For row = 1 To 200
    If sheet.getCellByPosition(place, row).String = text Then
      RowOf = row
      Exit Function
    End If
  Next
  Error 1001
End Function

Function Used(sheet)
  Dim cursor
  cursor = sheet.createCursor()
  cursor.gotoEndOfUsedArea(False)
  Used = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
End Function

Sub TypeIn(book, name, header, text, answer, value)
  Dim sheet
  sheet = book.Sheets.getByName(name)
  sheet.getCellByPosition(Column(sheet, answer), RowOf(sheet, header, text)).FormulaLocal = value
End Sub

Sub SortBy(book, name, header, ascending)
  Dim sheet
  Dim fields(0) As New com.sun.star.table.TableSortField
  Dim how(1) As New com.sun.star.beans.PropertyValue
  sheet = book.Sheets.getByName(name)
  fields(0).Field = Column(sheet, header) : fields(0).IsAscending = ascending
  how(0).Name = "SortFields" : how(0).Value = fields()
  how(1).Name = "ContainsHeader" : how(1).Value = True
  Used(sheet).sort(how())
End Sub

Sub DeleteRow(book, name, header, text)
  Dim sheet
  sheet = book.Sheets.getByName(name)
  sheet.Rows.removeByIndex(RowOf(sheet, header, text), 1)
End Sub

Sub InsertRow(book, name, row)
  book.Sheets.getByName(name).Rows.insertByIndex(row, 1)
End Sub

Sub FillDown(book, name, header, text, answer, count)
  Dim sheet, place, row
  sheet = book.Sheets.getByName(name)
  place = Column(sheet, answer)
  row = RowOf(sheet, header, text)
  sheet.getCellRangeByPosition(place, row, place, row + count).fillAuto(com.sun.star.sheet.FillDirection.TO_BOTTOM, 1)
End Sub

Sub Ask(book, value)
  Dim sheet, row
  sheet = book.Sheets.getByName("About")
  For row = 0 To 60
    If sheet.getCellByPosition(0, row).String = "Your role" Then
      sheet.getCellByPosition(1, row).String = value
      Exit Sub
    End If
  Next
  Error 1002
End Sub
"""


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def type_in(item: str, answer: str, value: str, *, sheet: str = "Actions") -> Doing:
    """Type into the cell of a row, which is found by its first column."""
    first = "Incident" if sheet == "Repeats" else "Item"
    words = ", ".join(map(quoted, (sheet, first, item, answer, value)))
    return f"TypeIn(book, {words})"


def sort_by(header: str, *, sheet: str = "Actions", ascending: bool = True) -> Doing:
    return f"SortBy(book, {quoted(sheet)}, {quoted(header)}, {ascending})"


def delete_row(item: str) -> Doing:
    return f'DeleteRow(book, "Actions", "Item", {quoted(item)})'


def insert_row(row: int) -> Doing:
    return f'InsertRow(book, "Actions", {row})'


def fill_down(answer: str, item: str, count: int) -> Doing:
    """Drag an answer down to the rows below it."""
    return f'FillDown(book, "Actions", "Item", {quoted(item)}, {quoted(answer)}, {count})'


def ask(role: str) -> Doing:
    return f"Ask(book, {quoted(role)})"


@dataclass(frozen=True)
class Office:
    """A LibreOffice of its own profile; `locale` is the language of its user."""

    program: str
    folder: Path
    locale: str = "en-US"

    def edit(self, workbook: Path, scripts: Mapping[str, Sequence[Doing]]) -> dict[str, Path]:
        """Edited copies of a workbook, one for every script, made in one session."""
        made = {name: self.folder / f"{name}.xlsx" for name in scripts}
        subs = []
        for place, (name, doings) in enumerate(scripts.items()):
            lines = [f"book = Opened({quoted(str(workbook))})", *doings]
            lines.append(f"Store(book, {quoted(str(made[name]))})")
            subs.append("\n".join([f"Sub Script{place}", "Dim book", *lines, "End Sub"]))
        calls = [f"Script{place}" for place in range(len(subs))]
        ending = f'Note {quoted(str(self.folder / "said.txt"))}, Error$ & " in line " & Erl'
        main = ["Sub Main", "On Error Goto Ended", *calls, "Ended:", ending]
        self._install("\n".join([TOOLS, *subs, *main, "StarDesktop.terminate()", "End Sub"]))
        self._run("macro:///Standard.Edits.Main")
        lacking = [name for name, path in made.items() if not path.exists()]
        assert not lacking, (lacking, (self.folder / "said.txt").read_text("utf-8"))
        return made

    def _install(self, code: str) -> None:
        user = self.folder / "profile" / "user"
        basic = user / "basic"
        if not basic.exists():
            # The first start lays out the profile, over whatever libraries are there.
            user.mkdir(parents=True)
            settings = user / "registrymodifications.xcu"
            settings.write_text(LOCALE.format(locale=self.locale), encoding="utf-8")
            self._run("--terminate_after_init")
        escaped = code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        (basic / "script.xlc").write_text(LIBRARIES, encoding="utf-8")
        (basic / "Standard" / "script.xlb").write_text(LIBRARY, encoding="utf-8")
        (basic / "Standard" / "Edits.xba").write_text(MODULE.format(code=escaped), encoding="utf-8")

    def _run(self, task: str) -> None:
        """Start the program for one task; when it hangs, it is ended, and it alone."""
        profile = (self.folder / "profile").as_uri()
        options = ["--headless", "--norestore", "--nologo", "--nodefault"]
        command = [self.program, f"-env:UserInstallation={profile}", *options]
        subprocess.run(
            [*command, task],
            check=True,
            capture_output=True,
            timeout=LIMIT,
        )
