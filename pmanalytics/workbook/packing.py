"""The archive of a workbook: each part is packed while it is written.

XlsxWriter writes all parts into a folder for temporary files, reads them again, and packs them with
care. Here none of them waits anywhere, and what takes little more room takes a quarter of the time.
"""

from io import BufferedWriter, BytesIO, StringIO
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

__all__ = ["Book"]

QUICKLY: Final = 2  # of the nine levels of care
AT_ONCE: Final = 1 << 18
# Without signs of XML, and without white space at an end; `_x` may begin what Excel unescapes.
_INK: Final = r"!-%'-;=?-~\x{a1}-\x{167f}"
SIMPLE: Final = rf"^[{_INK}](?:[ {_INK}]*[{_INK}])?$"


class Book(Workbook):
    """A book that goes to `content` when it is closed."""

    def __init__(self, content: IO[bytes]) -> None:
        """Begin without sheets; texts are never taken for formulas or links."""
        # What XlsxWriter itself would write there is an archive without parts.
        super().__init__(BytesIO(), {"strings_to_formulas": False, "strings_to_urls": False})
        self.content = content

    def _get_packager(self) -> Packager:
        return _Packager(self.content)


class _Packager(Packager):
    """Packs the parts of a book in the order in which XlsxWriter asks where to write them."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self.archive = ZipFile(content, "w", ZIP_DEFLATED, compresslevel=QUICKLY)
        self.part = StringIO()

    def _create_package(self) -> list[Any]:
        super()._create_package()
        self.part.close()
        self.archive.close()
        return []

    def _filename(self, xml_filename: str) -> StringIO:
        self.part.close()
        self.part = _Part(self.archive, xml_filename)
        return self.part

    def _write_shared_strings_file(self) -> None:
        if not self.workbook.str_table.count:
            return
        texts = _Texts()
        texts.string_table = self.workbook.str_table
        texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
        texts._assemble_xml_file()


class _Texts(SharedStrings):
    """The texts of a book; those in which nothing is to be escaped are written at once."""

    def _write_sst_strings(self) -> None:
        texts = self.string_table.string_array
        held = pa.array(texts, pa.string())
        simple = pc.and_not(pc.match_substring_regex(held, SIMPLE), pc.match_substring(held, "_x"))
        for text, at_once in zip(texts, simple.to_pylist(), strict=True):
            if at_once:
                self.fh.write(f"<si><t>{text}</t></si>")
            else:
                self._write_si(text)


class _Part(StringIO):
    """A part of the archive, which XlsxWriter takes for one that is kept in memory."""

    def __init__(self, archive: ZipFile, name: str) -> None:
        super().__init__()
        self.packed = BufferedWriter(archive.open(name, "w"), AT_ONCE)

    def write(self, text: str) -> int:
        return self.packed.write(text.encode("utf-8"))

    def close(self) -> None:
        self.packed.close()
        super().close()
