"""What the labels of a ticket say of its incident."""

import pandas as pd
import pytest

from pmanalytics.labels import label_values
from pmanalytics.settings import Labels
from pmanalytics.tables import conform

LABELS = Labels()


@pytest.mark.parametrize(
    ("labels", "severity", "day", "kind"),
    [
        (["sev1", "20260312", "detect"], "sev1", "2026-03-12", "detect"),
        (["SEV-2", " 20260312 ", "Prevent"], "sev2", "2026-03-12", "prevent"),
        (["sev1", "SEV1"], "sev1", None, None),
        (["sev1", "sev2"], None, None, None),
        (["20260401", "20260312"], None, "2026-03-12", None),
        (["20260231", "20261301", "00000000"], None, None, None),
        (["sev6", "xsev1", "sev1x", "202603120", "detective"], None, None, None),
        ([], None, None, None),
        (None, None, None, None),
    ],
)
def test_labels_say_severity_date_and_kind(
    labels: list[str] | None, severity: str | None, day: str | None, kind: str | None
) -> None:
    items = conform(pd.DataFrame({"item_id": ["a", "b"], "labels": [labels, ["x"]]}), "items")
    values = label_values(items.set_axis([7, 7]), labels=LABELS)
    assert values.index.tolist() == [7, 7]
    row = values.iloc[0]
    expected = {"severity": severity, "date": day and pd.Timestamp(day), "kind": kind}
    assert {name: None if pd.isna(row[name]) else row[name] for name in expected} == expected
    assert values.iloc[1].isna().all()


def test_configured_patterns_may_capture_otherwise() -> None:
    configured = Labels(
        severity=r"(?:severity|prio):(\d)", date=r"incident-(\d{4}-\d\d-\d\d)", kind="repair|learn"
    )
    labels = ["severity:1", "incident-2026-03-12", "Learn", "sev2", "20260101"]
    values = label_values(conform(pd.DataFrame({"labels": [labels]}), "items"), labels=configured)
    assert values.iloc[0].tolist() == ["sev1", pd.Timestamp("2026-03-12"), "learn"]
