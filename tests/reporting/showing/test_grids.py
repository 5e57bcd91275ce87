import pandas as pd

from pmanalytics.reporting.showing.grids import (
    MAXIMUM_ROWS,
    bundle_columns,
    bundle_rows,
    grid,
    grid_html,
)


def laid(table):
    return grid(bundle_columns(table), bundle_rows(table))


def test_zero_columns_move_into_a_sentence_but_only_when_all_rows_are_zero():
    table = pd.DataFrame({"team": ["a", "b"], "waived": [0, 0], "late": [0, 1], "due": [0, 0]})
    shown = laid(table)
    assert shown.headers == ("team", "done late", "due")
    assert shown.remark == "Zero throughout: waived."


def test_a_withheld_interval_is_a_dash_and_an_open_one_says_so():
    table = pd.DataFrame(
        {
            "low": pd.array([None], dtype="Float64"),
            "high": pd.array([None], dtype="Float64"),
            "median_low": [4.0],
            "median_high": pd.array([None], dtype="Float64"),
        }
    )
    assert [cell.text for cell in laid(table).rows[0]] == ["–", "4 to not reached"]


def test_a_limit_without_the_other_is_no_interval():
    table = pd.DataFrame({"low": [0.0], "high": pd.array([None], dtype="Float64")})
    assert [cell.text for cell in laid(table).rows[0]] == ["–"]


def test_that_there_is_no_signal_is_said_in_words():
    table = pd.DataFrame({"due": [1, 2], "waived": [0, 0], "signal": [None, None]})
    assert laid(table).headers == ("due",)
    assert laid(table).remark == "Zero throughout: waived. No row is a signal."


def test_of_a_turned_table_text_may_be_broken_into_lines():
    figures = pd.DataFrame([["a", *range(13)]]).rename(columns=lambda place: f"c{place}")
    assert laid(figures).styles == ("", "number")
    assert laid(figures.assign(c1="words " * 20)).styles == ("", "")


def test_only_addresses_on_the_web_become_links():
    shown = laid(pd.DataFrame({"url": ["https://example.com/1", "javascript:alert(1)", None]}))
    assert [row[0].url for row in shown.rows] == ["https://example.com/1", "", ""]
    assert [row[0].text for row in shown.rows] == ["open", "javascript:alert(1)", "–"]


def test_rows_are_capped_and_empty_tables_keep_their_headers():
    assert len(bundle_rows(pd.DataFrame({"n": range(MAXIMUM_ROWS + 5)}))) == MAXIMUM_ROWS
    empty = laid(pd.DataFrame({"team": pd.Series(dtype="str"), "late": pd.Series(dtype="Int64")}))
    assert (empty.headers, empty.rows) == (("team", "done late"), ())


def test_html_is_escaped():
    table = pd.DataFrame({"team": ["<script>x</script>"], "<b>": ["&"], "url": ['https://x/"><b>']})
    html = grid_html(laid(table), caption="<i>")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="https://x/&quot;&gt;&lt;b&gt;"' in html


def test_a_ticket_is_a_link_on_its_key():
    table = pd.DataFrame({"item_id": ["jira:PAY-1", "x:1"], "url": ["https://x/1", "data:x"]})
    shown = laid(table)
    assert shown.headers == ("item",)
    assert [(row[0].text, row[0].url) for row in shown.rows] == [
        ("jira:PAY-1", "https://x/1"),
        ("x:1", ""),
    ]


def test_a_few_rows_of_very_many_figures_are_turned():
    table = pd.DataFrame({"team": ["core", "web"]} | {f"c{n}": [n, n + 1] for n in range(13)})
    shown = laid(table)
    assert shown.headers == ("", "core", "web")
    assert [cell.text for cell in shown.rows[2]] == ["c2", "2", "3"]
    assert len(shown.rows) == 13
    assert laid(pd.concat([table] * 3)).headers[0] == "team"


def test_a_single_row_without_a_name_keeps_all_its_figures_when_it_is_turned():
    table = pd.DataFrame({f"c{n}": [n] for n in range(13)})
    shown = laid(table)
    assert shown.headers == ("", "figure")
    assert [[cell.text for cell in row] for row in shown.rows[:2]] == [["c0", "0"], ["c1", "1"]]
    assert len(shown.rows) == 13
    assert laid(pd.concat([table] * 2)).headers[0] == "c0"


def test_limits_of_a_change_are_points_and_those_of_a_ratio_are_none():
    change = pd.DataFrame({"change_low": [-0.4, 0.1], "change_high": [0.29, 0.3]})
    assert [row[0].text for row in laid(change).rows] == ["-40 to +29 points", "+10 to +30 points"]
    ratio = pd.DataFrame({"rate_ratio": [1.5], "low": [0.5], "high": [0.9]})
    assert [cell.text for cell in laid(ratio).rows[0]] == ["1.50", "0.50–0.90"]
