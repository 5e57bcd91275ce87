import pytest

from pmanalytics.errors import ReportError, UsageError
from pmanalytics.reporting.notebooks import checked_parameters, find_notebook, list_notebooks


def test_declared_parameters_are_found_with_type_default_and_help(notebooks):
    asks = find_notebook(str(notebooks / "asks.ipynb"))
    assert asks.title == "What the kernel is"
    assert [(p.name, p.type, p.default, p.help) for p in asks.parameters] == [
        ("name", "str", "it", "a name"),
        ("count", "int", 3, ""),
        ("strict", "bool", False, "whether # matters"),
        ("share", "float", 0.5, ""),
    ]


def test_text_is_converted_to_the_declared_type(notebooks):
    asks = find_notebook(str(notebooks / "asks.ipynb"))
    given = {"name": "007", "count": "12", "strict": "yes", "share": "0.25"}
    assert checked_parameters(asks, given) == {
        "name": "007",
        "count": 12,
        "strict": True,
        "share": 0.25,
    }


def test_an_unknown_report_names_the_nearest(notebooks):
    with pytest.raises(UsageError, match="did you mean 'hostile'"):
        find_notebook("hostle", notebooks)
    with pytest.raises(UsageError, match="There is no notebook"):
        find_notebook("nowhere.ipynb")


def test_all_notebooks_of_a_folder_are_listed(notebooks):
    names = [notebook.name for notebook in list_notebooks(notebooks)]
    assert names == sorted(path.stem for path in notebooks.glob("*.ipynb"))


def test_a_file_that_is_no_notebook_is_one_sentence(tmp_path):
    (tmp_path / "broken.ipynb").write_text("<html>")
    with pytest.raises(ReportError, match=r"broken\.ipynb is not a notebook"):
        find_notebook(str(tmp_path / "broken.ipynb"))
