"""Paths: no value leads out of the folder of a report, and no text is taken for a template."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pandas as pd
import papermill
import pytest

from pmanalytics.errors import PmanalyticsError, UsageError
from pmanalytics.reporting.folders import slug
from pmanalytics.reporting.reports import report
from pmanalytics.reporting.showing.exhibits import exhibit
from tests.attacks.outlines import Outline
from tests.naughty import TITLES, token

VALUES = ("../../../outside", "/outside", "..", ".", "a/../../b", "a\\..\\b", "~", "-rf", "a\x00b")
FIELDS = ("{team.__class__}", "{0}", "{", "%s", "%(team)s", "$HOME", "{{7*7}}", "{previous}")


@pytest.mark.parametrize(
    "text", ["../../etc", "/etc", "..", ".", "", "a/b", "a\\b", "{x.__class__}", "a\x00b", "\ud800"]
)
def test_no_text_leads_out_of_its_folder(text: str, tmp_path: Path) -> None:
    place = (tmp_path / slug(text)).resolve()
    assert place.parent == tmp_path.resolve()
    assert not slug(text).startswith(".")


@pytest.mark.parametrize("name", ["../x", "a b", "", "1x", "é"])
def test_a_name_that_cannot_be_a_file_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="file name"):
        exhibit(pd.DataFrame(), name=name)


def test_a_value_with_dots_leads_out_of_a_naive_folder(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "2026Q3"
    assert not (folder / VALUES[0]).resolve().is_relative_to(tmp_path / "reports")
    assert (folder / "/outside").resolve() == Path("/outside")


def folders(output: Path) -> set[str]:
    return {path.relative_to(output).as_posix() for path in output.parent.rglob("manifest.json")}


def test_a_report_on_any_value_stays_below_its_output(
    notebooks: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    """Every value as an option of its own, and every team of an export at once with --each."""
    output = tmp_path / "deep" / "reports"
    names = [*VALUES[:-1], *FIELDS]
    rows = "".join(f'a:{number},x,open,"{name}"\n' for number, name in enumerate(names))
    (tmp_path / "items.csv").write_text("item_id,title,state,team\n" + rows)
    (tmp_path / "pmanalytics.toml").write_text(
        '[[source]]\npath = "items.csv"\nobserved_at = 2026-10-12T06:00:00Z\n'
    )
    code, _out, err = run("report", notebooks / "team.ipynb", "--each", "team", "--output", output)
    assert code == 0, err
    made = list(tmp_path.rglob("manifest.json"))
    assert len(made) == len(names)
    for mark in made:
        assert re.fullmatch(
            r"all/team/[A-Za-z0-9._-]+/manifest\.json", mark.relative_to(output).as_posix()
        )
    outside = {path.name for path in tmp_path.iterdir()} - {"deep"}
    assert outside == {"items.csv", "pmanalytics.toml"}


@pytest.mark.parametrize("period", ["../../outside", "/outside", "{0.__class__}", "2026Q3/../x"])
def test_a_period_is_no_path(period: str, notebooks: Path, tmp_path: Path) -> None:
    with pytest.raises(PmanalyticsError):
        report(output=tmp_path / "reports", period=period)
    assert list(tmp_path.iterdir()) == []


def test_braces_run_where_data_are_formatted_naively(tmp_path: Path) -> None:
    team = SimpleNamespace(secret="of-this-machine")
    assert "of-this-machine" in f"{team.secret}"
    assert jinja2.Template("{{7*7}}").render() == "49"
    with pytest.raises(papermill.exceptions.PapermillMissingParameterException):
        papermill.parameterize.parameterize_path("reports/{team}.ipynb", {})


def test_no_data_are_formatted_or_rendered(naughty: Path) -> None:
    """The templates among the titles come out letter by letter."""
    page = Outline((naughty / "report.html").read_text()).text
    for number in (41, 43, 44):
        text = TITLES[number].replace(token(number), "").strip()
        assert " ".join(text.split()) in " ".join(page.split())
    whole = html.unescape((naughty / "summary.md").read_text()) + page
    assert "49 {{" not in whole
    assert "<class" not in whole
    assert "of-this-machine" not in whole
