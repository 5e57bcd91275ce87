"""Parameters of notebooks: what is given for a report never becomes code of its own.

papermill writes names into code as they are, and values of unusual types as their unchecked text.
"""

import json
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.translators import PythonTranslator

from pmanalytics.errors import UsageError
from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.notebooks import checked_parameters, find_notebook
from pmanalytics.reporting.reports import report

NAME = "count = 1; fired.append(1); x"
VALUES: tuple[Any, ...] = (
    ('"+str(fired.append(1))+"',),
    b"'\"+str(fired.append(1))+\"'",
)


def ran(parameters: dict[Any, Any]) -> bool:
    """Whether what papermill makes of parameters runs code that stands in them."""
    fired: list[int] = []
    exec(PythonTranslator.codify(parameters), {"fired": fired})
    return bool(fired)


def test_a_name_is_no_code(notebooks: Path) -> None:
    assert ran({NAME: 1})
    with pytest.raises(UsageError, match="has no option"):
        checked_parameters(find_notebook(str(notebooks / "asks.ipynb")), {NAME: 1})


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_no_code(notebooks: Path, value: Any) -> None:
    assert ran({"name": value})
    with pytest.raises(UsageError, match="type str"):
        checked_parameters(find_notebook(str(notebooks / "asks.ipynb")), {"name": value})


TEXTS = (
    '"+str(fired.append(1))+"',
    "'+str(fired.append(1))+'",
    '"""\nfired.append(1)\n"""',
    "\\",
    "x\nfired.append(1)",
    "{fired.append(1)}",
    "\u2028fired.append(1)",
)


def test_a_text_arrives_as_text(notebooks: Path, tmp_path: Path) -> None:
    """The way from the command line into the cells, for every text at once."""
    asks = find_notebook(str(notebooks / "asks.ipynb"))
    for text in TEXTS:
        assert checked_parameters(asks, {"name": text}) == {"name": text}
        assert not ran({"name": text})
    cells = [
        nbformat.v4.new_code_cell("names: list = []", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import json\nprint(json.dumps(names))"),
    ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "P"}
    nbformat.write(made, tmp_path / "lists.ipynb")
    given = checked_parameters(find_notebook(str(tmp_path / "lists.ipynb")), {"names": [*TEXTS]})
    done = run_notebook(tmp_path / "lists.ipynb", given)
    assert json.loads(done.cells[-1].outputs[0]["text"]) == [*TEXTS]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cuont": 1}, "did you mean 'count'"),
        ({"count": "many"}, "type int"),
        ({"count": True}, "type int"),
        ({"strict": "perhaps"}, "type bool"),
        ({"name": ("x",)}, "type str"),
        ({"name": b"x"}, "type str"),
        ({"name; import os": "x"}, "no option"),
    ],
)
def test_what_would_become_wrong_code_is_refused(
    notebooks: Path, given: dict[str, Any], message: str
) -> None:
    asks = find_notebook(str(notebooks / "asks.ipynb"))
    with pytest.raises(UsageError, match=message):
        checked_parameters(asks, given)


SECRETS = ("token", "api_key", "apikey", "password", "jira_token", "client_secret", "GITHUB_TOKEN")


def asking_for(name: str, folder: Path) -> Path:
    """A notebook of somebody's own that takes a secret."""
    cells = [
        nbformat.v4.new_markdown_cell("# Mine", metadata={"tags": []}),
        nbformat.v4.new_code_cell(f'{name}: str = ""', metadata={"tags": ["parameters"]}),
    ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "P"}
    nbformat.write(made, folder / "mine.ipynb")
    return folder / "mine.ipynb"


def test_papermill_keeps_a_token_twice(tmp_path: Path) -> None:
    source = nbformat.read(asking_for("token", tmp_path), as_version=4)
    given = {"token": "s3cret-of-mine"}
    kept = papermill.execute_notebook(source, None, given, prepare_only=True, progress_bar=False)
    assert json.dumps(kept).count("s3cret-of-mine") == 2


@pytest.mark.parametrize("name", SECRETS)
def test_a_token_is_no_parameter(name: str, tmp_path: Path) -> None:
    """Parameters stand in the notebook, in the manifest and on the page."""
    path = asking_for(name, tmp_path)
    for settings in ({name: "s3cret-of-mine"}, {}):
        with pytest.raises(UsageError, match="environment") as refused:
            report(str(path), output=tmp_path / "reports", settings=settings)
        assert "s3cret" not in str(refused.value)
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("name", ["tokens_per_item", "key", "secretary", "service", "pass_rate"])
def test_other_words_are_no_secrets(name: str, tmp_path: Path) -> None:
    notebook = find_notebook(str(asking_for(name, tmp_path)))
    assert checked_parameters(notebook, {name: "x"}) == {name: "x"}


def test_what_a_notebook_takes_from_the_environment_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_TOKEN", "s3cret-of-mine")
    cells = [
        nbformat.v4.new_markdown_cell("# Mine"),
        nbformat.v4.new_code_cell("import os\nprint(len(os.environ['TRACKER_TOKEN']))"),
    ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "P"}
    nbformat.write(made, tmp_path / "mine.ipynb")
    folder = report(str(tmp_path / "mine.ipynb"), output=tmp_path / "reports")
    assert "14" in (folder / "report.html").read_text()
    for path in (tmp_path / "reports").rglob("*"):
        assert path.is_dir() or b"s3cret" not in path.read_bytes()
    kept = nbformat.read(folder / "notebook.ipynb", as_version=4)
    assert "papermill" not in kept.metadata
    assert not [cell for cell in kept.cells if "papermill" in cell.metadata]
