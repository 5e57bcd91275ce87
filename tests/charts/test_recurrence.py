"""The chart of incidents that came back."""

import pmanalytics as pma
from tests.charts.tables import notes, repeats_table


def test_an_incident_that_repeats_two_others_is_drawn_once_at_the_latest() -> None:
    figure = pma.plot_repeats(repeats_table())
    drawn = {trace.name: sorted(trace.x) for trace in figure.data}
    # INC-9 at 30 days after INC-2, of which an item was overdue; INC-7 and INC-8 had none.
    assert drawn == {"an item of the first was overdue": [30], "nothing was overdue": [5, 12]}
    assert list(figure.layout.yaxis.ticktext) == ["ledger", "no service"]
    assert notes(figure) == ["n = 2", "n = 1"]
