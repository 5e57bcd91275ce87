import hashlib
import json
import os
import sys
from pathlib import Path

from pmanalytics.reporting.manifest import is_whole


def test_the_manifest_names_every_file_with_its_hash(small):
    manifest = json.loads((small / "manifest.json").read_text())
    found = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    files = [path for path in small.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert found == {
        path.relative_to(small).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    assert manifest["status"] == "complete"
    assert manifest["parameters"] == {"period": "", "items": 4}
    assert manifest["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_nothing_in_the_folder_names_this_machine(small):
    text = "".join((small / name).read_text() for name in ("manifest.json", "notebook.ipynb"))
    assert str(small.parents[1]) not in text
    assert str(Path.cwd()) not in text
    assert os.uname().nodename not in text


def test_a_manifest_that_names_a_file_elsewhere_is_not_whole(tmp_path):
    folder, beside = tmp_path / "report", tmp_path / "beside"
    folder.mkdir()
    beside.write_bytes(b"x")
    digest = hashlib.sha256(b"x").hexdigest()
    named = {"path": "../beside", "bytes": 1, "sha256": digest}
    assert not is_whole(folder, {"files": [named]})
    (folder / "beside").write_bytes(b"x")
    assert is_whole(folder, {"files": [{**named, "path": "beside"}]})
