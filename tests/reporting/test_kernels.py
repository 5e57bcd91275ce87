import json
import sys

import pytest

from pmanalytics.errors import InputError, ReportError
from pmanalytics.reporting.kernels import run_notebook


def test_the_kernel_is_this_interpreter_whatever_the_machine_calls_python3(
    notebooks, tmp_path, monkeypatch
):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    shadow = {"argv": ["/bin/false"], "display_name": "Shadow", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(shadow))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    seen = []
    done = run_notebook(
        notebooks / "asks.ipynb",
        {"count": 4},
        progress=lambda heading, share: seen.append((heading, share)),
    )
    printed = "".join(output.text for output in done.cells[-1].outputs)
    # The variable PYTHONWARNINGS is empty in the kernel, hence the two blanks.
    assert printed == f"{sys.executable}  it 4 False 0.5\n"
    assert {heading for heading, _ in seen} == {"What the kernel is"}
    assert [share for _, share in seen] == sorted(share for _, share in seen)


def test_a_long_temporary_folder_does_not_matter(notebooks, tmp_path, monkeypatch):
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert run_notebook(notebooks / "asks.ipynb", {}).cells[-1].outputs


def test_a_failing_cell_is_one_sentence_with_its_heading(notebooks):
    with pytest.raises(ReportError) as caught:
        run_notebook(notebooks / "fails.ipynb", {"kind": "division"})
    assert str(caught.value) == (
        "fails.ipynb failed under 'The part that breaks': ZeroDivisionError: division by zero"
    )


def test_an_error_of_the_package_stays_what_it_is(notebooks):
    with pytest.raises(InputError, match=r"^row 7 is cut off; export again\.$"):
        run_notebook(notebooks / "fails.ipynb", {"kind": "bad_input"})


def test_a_kernel_that_dies_twice_is_one_sentence(notebooks):
    with pytest.raises(ReportError, match="ended twice"):
        run_notebook(notebooks / "fails.ipynb", {"kind": "death"})
