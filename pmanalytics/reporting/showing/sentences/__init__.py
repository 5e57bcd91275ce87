"""What a table says, in sentences: the summary of a report is computed, never typed.

One function per metric; each takes the metric's table, as it is shown, and gives at most a few
sentences. They state counts and shares of work, compare no teams and name no persons. A table
whose metric is not listed here has no sentences.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics.reporting.showing.sentences.digests import DIGESTS
from pmanalytics.reporting.showing.sentences.lengths import LENGTHS
from pmanalytics.reporting.showing.sentences.owning import OWNING
from pmanalytics.reporting.showing.sentences.parts import Said, Sentences
from pmanalytics.reporting.showing.sentences.promises import PROMISES
from pmanalytics.reporting.showing.sentences.records import RECORDS
from pmanalytics.reporting.showing.sentences.returns import RETURNS
from pmanalytics.reporting.showing.sentences.reviews import REVIEWS

__all__ = ["findings", "metric_of"]


def metric_of(name: str, known: Mapping[str, Any] | None = None) -> str:
    """The metric that an exhibit's name stands for: itself, or the longest beginning of it.

    Examples:
        >>> metric_of("attainment_by_severity"), metric_of("my_own")
        ('attainment', '')
    """
    metrics = SENTENCES if known is None else known
    fitting = [metric for metric in metrics if name == metric or name.startswith(f"{metric}_")]
    return max(fitting, key=len, default="")


def findings(table: pd.DataFrame, name: str) -> Sentences:
    """State in sentences what the table of a metric shows.

    Examples:
        >>> table = pd.DataFrame({"severity": ["sev1"], "due": [4], "met": [3], "low": [0.3],
        ...                       "high": [0.95], "attainment": [0.75]})
        >>> findings(table, "attainment")
        ('3 of 4 promises due were kept (75%): Sev-1 3 of 4 (75%, 95% interval 30 to 95%).',)
    """
    build = SENTENCES.get(metric_of(name))
    if build is None:
        return ()
    try:
        return build(table)
    except KeyError:
        # A notebook may show a selection of columns; what cannot be said is not said.
        return ()


SENTENCES: Final[Said] = {
    **PROMISES,
    **LENGTHS,
    **OWNING,
    **RETURNS,
    **REVIEWS,
    **RECORDS,
    **DIGESTS,
}
