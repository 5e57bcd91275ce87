"""Tables in a notebook: words above them, nothing alive in them, and a sort that is by value."""

import html
import re
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.exploring import browsing

HOSTILE = "<img src=x onerror=document.title='pwned'>"


def page_of(table: object, **options: str) -> str:
    return pma.browse(table, **options)._repr_mimebundle_()["text/html"]  # type: ignore[arg-type]


def test_columns_have_words_and_tell_what_they_mean() -> None:
    page = page_of(pd.DataFrame({"due_on": [pd.Timestamp("2026-09-30")], "mine": [1]}))
    meanings = pma.columns()
    meaning = meanings.loc[meanings["column"] == "due_on", "meaning"].iloc[-1]
    assert f'title="due_on: {html.escape(meaning)}">due</th>' in page
    assert '<th title="mine">mine</th>' in page
    assert 'data-order="2026-09-30">2026-09-30</td>' in page


def test_the_level_of_a_finding_is_not_that_of_a_repeat(sample: pma.Dataset) -> None:
    assert ">level</th>" in page_of(pma.check(sample))
    assert ">found by</th>" in page_of(pd.DataFrame({"repeat_of": ["INC-1"], "level": ["L1"]}))


def test_figures_are_written_for_readers_and_sorted_by_value() -> None:
    table = pd.DataFrame({"due": [9, 1200], "attainment": [0.6666, None]})
    cells = re.findall(r'data-order="([^"]*)">([^<]*)</td>', page_of(table))
    assert cells == [("9", "9"), ("0.6666", "67%"), ("1200", "1,200"), ("", "–")]


def test_text_from_exports_is_dead_everywhere() -> None:
    table = pd.DataFrame(
        {
            "item_id": [f"jira:{HOSTILE}"],
            "title": [HOSTILE],
            "url": ["javascript:alert(1)"],
            HOSTILE: [[HOSTILE, "$x$"]],
        }
    )
    page = page_of(table, caption=HOSTILE)
    assert "<img" not in page
    assert "href" not in page
    # MathJax leaves alone what bears this class, so that "$5 .. $10" stays money.
    assert 'class="pma-browse mathjax_ignore' in page


def test_a_web_address_is_behind_the_name_of_the_item() -> None:
    page = page_of(pd.DataFrame({"item_id": ["jira:A-1"], "url": ['https://t.example/"A-1']}))
    assert (
        '<a href="https://t.example/&quot;A-1" target="_blank" rel="noopener">jira:A-1</a>' in page
    )
    assert page.count("<th") == page.count("<td") + page.count("<thead") == 2


def test_persons_are_left_out_and_counts_of_them_stay() -> None:
    named = pd.DataFrame({"team": ["a"], "owners": [["Ada"]], "engineering_manager": ["Bo"]})
    assert pma.browse(named).table.columns.tolist() == ["team"]
    assert "Ada" not in str(pma.browse(named)._repr_mimebundle_())
    counted = pd.DataFrame({"reviews": [4], "engineering_manager": [3]})
    assert pma.browse(counted).table.columns.tolist() == ["reviews", "engineering_manager"]


def test_a_series_and_an_index_with_names_become_columns() -> None:
    counts = pd.DataFrame({"rule": ["b", "a", "b"]}).value_counts("rule")
    assert pma.browse(counts).table.to_dict("list") == {"rule": ["b", "a"], "count": [2, 1]}


def test_long_tables_are_cut_and_say_so() -> None:
    page = page_of(pd.DataFrame({"n": range(1001)}))
    assert page.count("<tr><td") == 1000
    assert "The first 1,000 of 1,001 rows; narrow the table" in page
    assert "The first" not in page_of(pd.DataFrame({"n": range(1000)}))


def test_an_empty_table_keeps_its_columns(q3: pma.Snapshot) -> None:
    page = page_of(pma.repeats(q3).head(0))
    assert "<tbody></tbody>" in page
    assert page.count("<th ") == len(pma.repeats(q3).columns)


def test_without_itables_tables_are_plain_and_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(browsing, "find_spec", lambda name: None)
    shown = pma.interactive_tables()._repr_mimebundle_()
    assert "<script" not in shown["text/html"]
    assert "Install pmanalytics[lab]" in shown["text/plain"]


def test_the_loader_is_the_same_each_time_and_asks_for_nothing(monkeypatch) -> None:
    pytest.importorskip("itables")
    one, other = pma.interactive_tables(), pma.interactive_tables()
    assert one == other
    page = one._repr_mimebundle_()["text/html"]
    assert "://" not in page
    assert len(page) < 400_000


PAGE = """<!doctype html><title>calm</title><body>{tables}{loader}<script>
setTimeout(() => {{
  const table = document.querySelector("table.dataTable");
  table.querySelectorAll("th")[1].click();
  setTimeout(() => document.body.setAttribute("data-first", table.tBodies[0].rows[0].cells[0].innerText), 500);
}}, 2000);</script>"""


def test_in_a_browser_tables_sort_by_value_and_run_no_script_of_a_title(
    tmp_path: Path, chromium
) -> None:
    """As text "+9 points" comes after "+67 points"; by value it is first. The network is denied."""
    pytest.importorskip("itables")
    table = pd.DataFrame({"team": ["web", HOSTILE, "core"], "attainment_change": [0.67, 0.3, 0.09]})
    page = PAGE.format(
        tables=page_of(table) + page_of(pd.DataFrame({"title": [HOSTILE] * 12})),
        loader=pma.interactive_tables()._repr_mimebundle_()["text/html"],
    )
    (tmp_path / "page.html").write_text(page, "utf-8")
    seen = chromium(tmp_path / "page.html", "--dump-dom", "--host-resolver-rules=MAP * ~NOTFOUND")
    assert seen.count("dataTable") >= 2
    assert "<title>calm</title>" in seen
    assert 'data-first="core"' in seen
