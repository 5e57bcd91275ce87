"""Nested: values inside records, whatever stands in their place."""

import pytest

from pmanalytics.reading.nested import (
    first_text,
    inner,
    mostly,
    named_values,
    nested,
    object_of,
    objects,
    text_of,
    texts_at,
)


@pytest.mark.parametrize(
    "listed",
    [
        [{"a": 1}, {"a": 2}],
        {"nodes": [{"a": 1}, None, {"a": 2}]},
        {"count": 2, "value": [{"a": 1}, {"a": 2}]},
        {"edges": [{"node": {"a": 1}}, {"node": None}, 5, {"node": {"a": 2}}]},
    ],
)
def test_lists_of_every_wrapping(listed: object) -> None:
    assert nested([{}, {"x": listed}], "x") == ([1, 1], [{"a": 1}, {"a": 2}])


@pytest.mark.parametrize("other", [None, 3, "text", {}, {"nodes": None}, [[], 3], {"edges": 1}])
def test_what_is_no_list_is_nothing(other: object) -> None:
    assert nested([{"x": other}], "x") == ([], [])
    assert named_values({"x": other}, "x", ("value",)) == {}


def test_texts_of_values_of_any_type() -> None:
    records: list[dict[str, object]] = [
        {"x": 5},
        {"x": ["a", "b"]},
        {"x": {"name": "c"}},
        {"x": None},
        {},
    ]
    assert texts_at(records, "x") == ["5", "a;b", "c", "", ""]
    assert texts_at([], "x", "y") == []


def test_exactly_half_is_not_most() -> None:
    assert not mostly([{"a": 1}, {}], lambda record: "a" in record)
    assert not mostly([None], lambda record: "a" in record)


@pytest.mark.parametrize("other", [None, 3, "text", [], [{"a": 1}], {"b": {"a": 1}}])
def test_a_row_of_keys_that_leads_nowhere(other: object) -> None:
    assert inner(other, "a", "b") is None
    assert object_of(other, "a") == {}


@pytest.mark.parametrize("other", [None, 3, "text", {"a": 1}])
def test_what_is_no_list_has_no_objects(other: object) -> None:
    assert objects(other) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, ""),
        (0, "0"),
        (2.0, "2"),
        (2.5, "2.5"),
        ("a\ud800", "a\N{REPLACEMENT CHARACTER}"),  # half of a pair, which nothing can hold
        (["a"], ""),
    ],
)
def test_text_of_any_value(value: object, text: str) -> None:
    assert text_of(value) == text
    assert first_text([None, value]) == (text or None)
