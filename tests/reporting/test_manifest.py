import hashlib
import json
import os
import sys
from pathlib import Path


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
