"""Labels that fit and are safe, and labels that are moved apart."""

import pytest

from pmanalytics.charts.style import label, spread


def test_label_keeps_short_text_and_cuts_long_text_with_a_mark() -> None:
    assert label("payments") == "payments"
    assert label("a b\u202ec\nd") == "a bc d"
    assert label("word " * 40).endswith("…")
    assert label(None) == ""


def test_labels_are_moved_apart_in_their_order() -> None:
    assert spread([0.2, 0.9, 0.21], gap=0.1) == pytest.approx([0.2, 0.9, 0.3])
