"""Copies of the notebooks: added, kept when edited, refreshed when nobody touched them."""

import json
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.errors import UsageError
from pmanalytics.exploring import copying
from pmanalytics.reporting.notebooks import find_notebook

NAME = "explore_ownership.ipynb"


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["cells"]


def change(path: Path, edit) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    edit(notebook)
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    assert set(pma.copy_notebooks(folder).values()) == {"added"}
    return folder


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of the package whose notebooks have one cell more."""
    shipped = tmp_path / "newer"
    shipped.mkdir()
    for path in copying.shipped_folder(copying.FOLDER).glob("*.ipynb"):
        (shipped / path.name).write_bytes(path.read_bytes())
        change(shipped / path.name, lambda notebook: notebook["cells"].append(note("new here")))
    monkeypatch.setattr(copying, "shipped_folder", lambda name: shipped)


def note(text: str) -> dict:
    return {"cell_type": "markdown", "id": "note", "metadata": {}, "source": [text]}


def test_a_copy_is_the_shipped_notebook(lab: Path) -> None:
    shipped = copying.shipped_folder(copying.FOLDER) / NAME
    assert cells(lab / NAME) == cells(shipped)
    assert (lab / NAME).stat().st_mode & 0o777 == 0o644
    assert pma.copy_notebooks(lab)[NAME] == "unchanged"


def test_an_edited_copy_is_kept_to_the_byte(lab: Path, newer: None) -> None:
    change(lab / NAME, lambda notebook: notebook["cells"].append(note("mine")))
    before = (lab / NAME).read_bytes()
    assert pma.copy_notebooks(lab)[NAME] == "edited"
    assert (lab / NAME).read_bytes() == before


def test_a_copy_that_was_only_run_is_brought_up_to_date(lab: Path, newer: None) -> None:
    def run(notebook: dict) -> None:
        notebook["cells"][2] |= {"execution_count": 7, "outputs": [{"output_type": "x"}]}
        notebook["metadata"]["language_info"]["version"] = "3.13.1"

    change(lab / NAME, run)
    became = pma.copy_notebooks(lab)
    assert became[NAME] == "refreshed"
    assert cells(lab / NAME)[-1]["source"] == ["new here"]
    assert set(pma.copy_notebooks(lab).values()) == {"unchanged"}


def test_what_a_run_left_in_a_current_copy_stays(lab: Path) -> None:
    change(lab / NAME, lambda notebook: notebook["cells"][2].update(execution_count=7))
    assert pma.copy_notebooks(lab)[NAME] == "unchanged"
    assert cells(lab / NAME)[2]["execution_count"] == 7


@pytest.mark.parametrize(
    "text", ["not a notebook", "[]", "{}", '{"cells": []}', '{"cells": [], "metadata": {}}']
)
def test_a_file_of_another_kind_is_left_alone(lab: Path, text: str) -> None:
    (lab / NAME).write_text(text)
    assert pma.copy_notebooks(lab)[NAME] == "edited"
    assert (lab / NAME).read_text() == text


def test_a_missing_copy_is_added_again(lab: Path) -> None:
    (lab / NAME).unlink()
    became = pma.copy_notebooks(lab)
    assert became.pop(NAME) == "added"
    assert set(became.values()) == {"unchanged"}


@pytest.mark.parametrize(
    "name",
    [
        "pmanalytics.toml",
        "quo\"te's.toml",
        "back\\slash\\n.toml",
        '"""; import os #.toml',
        "ünï.toml",
    ],
)
def test_the_configuration_is_written_as_a_literal_that_leads_to_it(
    tmp_path: Path, name: str
) -> None:
    config = tmp_path / name
    config.write_text("")
    pma.copy_notebooks(tmp_path / "in" / "lab", config=config)
    copy = find_notebook(str(tmp_path / "in" / "lab" / NAME))
    default = {parameter.name: parameter.default for parameter in copy.parameters}["config"]
    assert (copy.path.parent / default).resolve() == config
    assert not Path(default).is_absolute()
    assert [parameter.name for parameter in copy.parameters] == ["config", "period", "as_of"]


def test_a_configuration_elsewhere_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    config = tmp_path / "there" / "pmanalytics.toml"
    config.write_text("")
    pma.copy_notebooks(tmp_path / "lab", config=config)
    assert find_notebook(str(tmp_path / "lab" / NAME)).parameters[0].default == str(config)


def test_another_configuration_refreshes_what_nobody_edited(lab: Path, tmp_path: Path) -> None:
    assert pma.copy_notebooks(lab, config=tmp_path / "other.toml")[NAME] == "refreshed"
    assert find_notebook(str(lab / NAME)).parameters[0].default == "../other.toml"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written .*; name another one"):
        pma.copy_notebooks(tmp_path / "file")


def test_a_failed_write_leaves_nothing_half(lab: Path, newer: None, monkeypatch) -> None:
    before = (lab / NAME).read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match="no space left"):
        pma.copy_notebooks(lab)
    assert (lab / NAME).read_bytes() == before
    assert [path.name for path in lab.iterdir() if path.name.startswith(".")] == []
