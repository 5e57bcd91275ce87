import pytest

from pmanalytics.errors import ReportError, UsageError
from pmanalytics.reporting.reports import report


def test_a_report_is_a_whole_folder(small):
    assert small.parts[-2:] == ("2026Q3", "small")
    assert sorted(path.name for path in small.iterdir()) == [
        "extra.txt",
        "manifest.json",
        "notebook.ipynb",
        "report.html",
        "summary.md",
    ]


def test_the_same_input_gives_the_same_bytes(small, notebooks, tmp_path):
    again = report(str(notebooks / "small.ipynb"), output=tmp_path)
    for name in ("report.html", "summary.md", "notebook.ipynb", "manifest.json"):
        assert (again / name).read_bytes() == (small / name).read_bytes()


def test_every_figure_of_the_notebook_is_drawn(small, chromium):
    figures = (small / "notebook.ipynb").read_text().count('"application/vnd.plotly.v1+json"')
    seen = chromium(small / "report.html", "--dump-dom")
    assert figures == 2
    assert seen.count('class="main-svg"') == 3 * figures


def test_options_of_its_own_put_a_report_beneath(notebooks, tmp_path):
    seen = []
    folder = report(
        str(notebooks / "small.ipynb"),
        output=tmp_path,
        settings={"items": "5"},
        progress=lambda step, share: seen.append(share),
    )
    assert folder.parent == tmp_path / "2026Q3" / "small"
    assert folder.name.startswith("items-5-")
    assert "3 of 5 promises" in (folder / "summary.md").read_text()
    assert seen == sorted(seen)


def test_a_wrong_option_or_folder_is_known_before_anything_runs(notebooks, tmp_path):
    with pytest.raises(UsageError, match="no option 'itmes'; did you mean 'items'"):
        report(str(notebooks / "small.ipynb"), output=tmp_path, settings={"itmes": 1})
    with pytest.raises(UsageError, match="no option 'as_of'"):
        report(str(notebooks / "small.ipynb"), output=tmp_path, as_of="2026-10-12")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        report(str(notebooks / "small.ipynb"), output=tmp_path / "file")


def test_a_failed_report_leaves_nothing(notebooks, tmp_path):
    with pytest.raises(ReportError, match="The part that breaks"):
        report(str(notebooks / "fails.ipynb"), output=tmp_path / "reports")
    assert list(tmp_path.iterdir()) == []
