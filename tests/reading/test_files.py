"""Opening files: what is refused, each with its sentence."""

import hashlib
import os
from pathlib import Path

import pytest

from pmanalytics.errors import InputError
from pmanalytics.reading import files
from pmanalytics.reading.files import open_file, web_page

REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b"\xef\xbb\xbf \r\n\n", "is empty"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "old or .*save it as .xlsx or CSV without a"),
    "gzip": (b"\x1f\x8b\x08\x00", "unpack"),
    "a PDF": (b"%PDF-1.7", "PDF"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_export_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    content, said = REFUSED[case]
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InputError, match=f"^exports/x.csv .*{said}") as caught:
        open_file(tmp_path / "x.csv", name="exports/x.csv")
    assert str(caught.value).count(". ") == 0


def test_workbooks_and_web_pages_are_opened(tmp_path: Path) -> None:
    for content in (b"PK\x03\x04\x14\x00", b"<html>Log in</html>"):
        (tmp_path / "x").write_bytes(content)
        assert open_file(tmp_path / "x", name="x").content == content
    assert str(web_page("x")).startswith("x is a web page and not an export")


def test_bytes_and_hash(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a,b\n1,<2\n")
    raw = open_file(tmp_path / "x", name="x")
    assert raw.content == b"a,b\n1,<2\n"
    assert raw.sha256 == hashlib.sha256(b"a,b\n1,<2\n").hexdigest()


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        open_file(tmp_path, name="x")
    with pytest.raises(InputError, match="cannot be read"):
        open_file(tmp_path / "nowhere", name="x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a plain file"):
        open_file(tmp_path / "pipe", name="x")


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_bytes(b"a,b\n")
    monkeypatch.setattr(files, "LARGEST_FILE", 3)
    with pytest.raises(InputError, match="larger than"):
        open_file(tmp_path / "x", name="x")
