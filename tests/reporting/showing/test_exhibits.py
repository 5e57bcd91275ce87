import json

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.reporting.showing.exhibits import exhibit
from pmanalytics.reporting.showing.media import EXHIBIT_TYPE, FIGURE_TYPE


def test_the_bundle_is_json_and_holds_the_table_and_the_figure():
    table = pd.DataFrame({"team": ["core", None], "due": pd.array([3, None], dtype="Int64")})
    figure = go.Figure(go.Bar(x=[3], y=["core"]))
    figure.update_layout(meta={"alt": "One bar."})
    shown = exhibit(table, figure, name="mine", title="Mine", notes="A note.", question="What?")
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {EXHIBIT_TYPE, FIGURE_TYPE, "text/html", "text/plain"}
    json.dumps(bundle, allow_nan=False)
    kept = bundle[EXHIBIT_TYPE]
    assert kept["rows"] == [["core", 3], [None, None]]
    assert kept["columns"][0] == {"name": "team", "label": "team", "kind": "group"}
    assert (kept["alt"], kept["notes"], kept["total_rows"]) == ("One bar.", ["A note."], 2)


def test_without_a_figure_there_is_no_chart():
    bundle = exhibit(pd.DataFrame({"due": [1]}), name="mine")._repr_mimebundle_()
    assert FIGURE_TYPE not in bundle
    assert bundle[EXHIBIT_TYPE]["title"] == "Mine"


def test_a_title_comes_from_the_metric():
    table = pd.DataFrame({"total": [0]})
    assert exhibit(table, name="standings_by_team").title == exhibit(table, name="standings").title
