"""The verb `lab`: copies first, then JupyterLab, which really starts."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from pmanalytics import cli
from pmanalytics.cli import lab_verb
from pmanalytics.reporting.notebooks import find_notebook
from tests.conftest import missing

Run = Callable[..., tuple[int, str, str]]
TOKEN = "only-for-this-test"


def test_copies_open_the_configuration_of_this_folder(
    run: Run, tmp_path: Path, one_item_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(one_item_folder)
    code, out, err = run("lab", "--copy-only")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "lab/explore_completion.ipynb: added"
    copy = find_notebook(str(one_item_folder / "lab" / "explore_completion.ipynb"))
    assert copy.parameters[0].default == "../pmanalytics.toml"


def test_an_edited_copy_is_said_to_be_left(run: Run, tmp_path: Path) -> None:
    run("lab", "mine", "--sample", "--copy-only")
    (tmp_path / "mine" / "explore_ownership.ipynb").write_text("{}")
    out = run("lab", "mine", "--sample", "--copy-only")[1]
    assert "mine/explore_ownership.ipynb: edited, and left as it is" in out
    assert out.count(": unchanged") == 3


def test_without_data_or_with_a_wrong_path_nothing_is_copied(run: Run, tmp_path: Path) -> None:
    code, out, err = run("lab", "--copy-only")
    assert (code, out) == (2, "")
    assert "pmanalytics init" in err
    code, out, err = run("lab", "--config", "nowhere.toml", "--copy-only")
    assert (code, out) == (2, "")
    assert "There is no 'nowhere.toml'" in err
    assert list(tmp_path.iterdir()) == []


def test_without_jupyterlab_one_sentence_before_anything_is_copied(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_verb, "find_spec", lambda name: None)
    code, out, err = run("lab", "--sample")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert 'pip install "pmanalytics[lab]"' in err
    assert list(tmp_path.iterdir()) == []


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def private_jupyter(folder: Path) -> dict[str, str]:
    """An environment in which Jupyter keeps nothing outside of a folder, and may run as root."""
    settings = {
        "ServerApp": {"allow_root": True, "ip": "127.0.0.1"},
        "IdentityProvider": {"token": TOKEN},
    }
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(settings))
    places = {
        f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    places |= {"HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    return {**os.environ, **places, "PYTHONPATH": str(Path(cli.__file__).parent.parent.parent)}


def answer(port: int, path: str, *, started: subprocess.Popen[bytes]) -> bytes:
    """What the server says, once it is up."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    for _ in range(240):
        try:
            with urllib.request.urlopen(request) as said:
                return bytes(said.read())
        except urllib.error.URLError as problem:
            if isinstance(problem, urllib.error.HTTPError) or started.poll() is not None:
                raise
            time.sleep(0.5)
    raise TimeoutError(path)


def test_jupyterlab_starts_and_serves_the_copies(tmp_path: Path) -> None:
    if lab_verb.find_spec("jupyterlab") is None:
        missing("JupyterLab")
    port = free_port()
    command = [sys.executable, "-m", "pmanalytics", "lab", "--sample", "--no-browser"]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=tmp_path,
            env=private_jupyter(tmp_path / "jupyter"),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        told = json.loads(answer(port, "/api/contents/explore_completion.ipynb", started=started))
        page = answer(port, "/lab/tree/explore_completion.ipynb", started=started)
        extensions = json.loads(answer(port, "/lab/api/extensions", started=started))
    finally:
        started.terminate()
        started.wait(60)
    assert "Are promises kept?" in json.dumps(told["content"]["cells"][0])
    assert b"JupyterLab" in page
    # It draws plotly's charts, and comes with plotly: nothing is installed into JupyterLab.
    assert "jupyterlab-plotly" in {extension["name"] for extension in extensions}
    assert "lab/explore_completion.ipynb: added" in (tmp_path / "log").read_text()
