"""Paths: which exist in JSON records, and the columns that they make."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.reading.paths import column_of, found_paths, sampled_paths

RECORDS = [
    {"fields": {"System.Title": "a", "status": {"name": "Open"}}, "a.b": 1},
    {"fields": None, "labels": [[{"name": "x"}], None, "y"], "a": {"b": 2, "c.d": {"e": 3}}},
    {"fields": {"System.Title": "", "status": None}, "labels": []},
]


def test_paths_that_exist() -> None:
    asked = ["a.b", "labels.name", "nothing", "fields.System.Title", "fields.status.name"]
    asked += ["fields.status.id", "a.c.d.e", "labels", "a.c", "fields.System", "a.b.c", "", "."]
    assert found_paths(RECORDS, asked) == [
        "a.b",
        "labels.name",
        "fields.System.Title",
        "fields.status.name",
        "a.c.d.e",
        "labels",
    ]
    assert found_paths([], asked) == []


def test_paths_of_the_first_records() -> None:
    assert sampled_paths(RECORDS, most=1) == [
        "fields",
        "fields.System.Title",
        "fields.status",
        "fields.status.name",
        "a.b",
    ]
    assert "labels.name" in sampled_paths(RECORDS)
    assert sampled_paths([{"a": {"b": {"c": 1}}}], depth=2) == ["a", "a.b"]


def test_a_key_with_dots_goes_before_keys_within_keys() -> None:
    assert column_of(RECORDS, "a.b").to_pylist() == ["1", "2", ""]
    assert column_of([{"a.b": 1, "a": {"b": 2}}], "a.b").to_pylist() == ["1"]
    assert column_of(RECORDS, "a.c.d.e").to_pylist() == ["", "3", ""]
    assert column_of(RECORDS, "fields.System.Title").to_pylist() == ["a", "", ""]


def test_values_as_text() -> None:
    values = [None, True, False, 3, 3.0, 0.5, "x", {"id": 7}, {"login": "l", "id": 7}]
    values += [{"name": "", "title": "t"}, {"name": {"a": 1}}, {}, 12345678901234567, "\ud83d"]
    column = column_of([{"v": value} for value in values], "v")
    assert column.type == pa.large_string()
    assert column.to_pylist() == [
        *("", "true", "false", "3", "3", "0.5", "x", "7", "l"),
        *("t", "", "", "12345678901234567", "\N{REPLACEMENT CHARACTER}"),
    ]


def test_lists_tell_nobody_from_not_said() -> None:
    values = [
        ["a", "", None, 1, [["b"]], {"name": "c"}],
        [],
        None,
        "d",
        "",
        {"key": "e"},
        ["\ud83d"],
    ]
    column = column_of([*({"v": value} for value in values), {}], "v")
    assert column.type == pa.large_list(pa.large_string())
    assert column.to_pylist() == [
        ["a", "1", "b", "c"],
        [],
        None,
        ["d"],
        [],
        ["e"],
        ["\N{REPLACEMENT CHARACTER}"],
        None,
    ]


def test_through_a_list() -> None:
    assert column_of(RECORDS, "labels.name").to_pylist() == [None, ["x"], []]
    records = [{"sections": [{"section": {"name": "s"}}, {"section": None}, {}]}, {}]
    assert column_of(records, "sections.section.name").to_pylist() == [["s"], None]
    assert column_of(records, "sections.section").to_pylist() == [["s"], None]


def test_no_records_and_no_such_path() -> None:
    assert column_of([], "a.b").to_pylist() == []
    assert column_of(RECORDS, "x.y.z").to_pylist() == ["", "", ""]


def test_nesting_beyond_reason() -> None:
    """Deeper than Python may call itself."""
    deep: object = {"name": "x"}
    for _ in range(5_000):
        deep = [deep]
    records = [{"v": deep}]
    assert column_of(records, "v").to_pylist() == [["x"]]
    assert column_of(records, "v.name").to_pylist() == [["x"]]
    assert found_paths(records, ["v.name"]) == sampled_paths(records)[1:] == ["v.name"]


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "name", "a.b"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "a.b"]), VALUE, max_size=3), max_size=5))
def test_sampled_paths_exist_and_make_columns(records: list[dict]) -> None:
    paths = sampled_paths(records)
    assert found_paths(records, paths) == paths
    for path in paths:
        assert len(column_of(records, path)) == len(records)


def test_lists_of_objects_are_the_same_whether_or_not_a_record_has_none() -> None:
    # Where every record has a list of named objects they are looked at together, else one by one.
    records = [{"a": [{"name": "x"}, {"login": "y"}]}, {"a": []}, {"a": [{"name": "z"}]}]
    together = column_of(records, "a")
    one_by_one = column_of([*records, {"a": None}, {"a": [{"color": "red"}]}], "a")
    assert together.to_pylist() == [["x", "y"], [], ["z"]]
    assert one_by_one.to_pylist() == [["x", "y"], [], ["z"], None, []]
    assert together.type == one_by_one.type
