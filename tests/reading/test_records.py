"""JSON: the records of a file, however its pages were put together."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import InputError
from pmanalytics.reading.records import looks_like_json, read_documents, records_of

FORMS = {
    "an array": '[{"n": 1}, {"n": 2}]',
    "pages": '[{"n": 1}]\n[{"n": 2}]',
    "pages with a comma": '[{"n": 1}],\n[{"n": 2}]',
    "lines": '{"n": 1}\n{"n": 2}\n',
    "an object": '{"total": 2, "issues": [{"n": 1}, {"n": 2}]}',
}


def records_in(content: bytes, *, name: str) -> list:
    return records_of(read_documents(content, name=name))


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    content = FORMS[form].encode()
    assert looks_like_json(content)
    assert records_in(content, name="x") == [{"n": 1}, {"n": 2}]


def test_what_is_no_object_keeps_its_place() -> None:
    assert records_in(b'[null, {"n": NaN}, 3, "a", []]', name="x") == [
        None,
        {"n": None},
        None,
        None,
        None,
    ]


BROKEN = {
    "cut in a text": ('[{"n": "abc', "ends too early, in line 1"),
    "cut after a comma": ('[{"n": 1},\n', "ends too early, in line"),
    "cut in a word": ('[{"n": tru', "line 1"),
    "a bracket too much": ('[{"n": 1}]]', "not valid JSON in line 1, column 11"),
    "a bomb": ("[" * 200_000, "nested too deeply"),
    "a bomb of objects": ('{"a":' * 200_000, "nested too deeply"),
    "a number without end": ('[{"n": ' + "9" * 10_000 + "}]", "a number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_one_sentence(case: str) -> None:
    text, said = BROKEN[case]
    with pytest.raises(InputError, match=f"^x .*{said}"):
        records_in(text.encode(), name="x")


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=5))),
    st.integers(0),
)
def test_cut_anywhere_it_is_read_or_refused(records: list[dict[str, object]], place: int) -> None:
    text = json.dumps(records)
    assert records_in(text.encode(), name="x") == records
    try:
        records_in(text[: place % (len(text) + 1)].encode(), name="x")
    except InputError as problem:
        sentence = str(problem)
        assert sentence.startswith("x ")


def test_pull_requests_beside_the_issues_are_records_too() -> None:
    content = b'{"labels": [{"name": "x"}], "issues": [{"number": 1}], "pulls": [{"number": 2}]}'
    assert records_in(content, name="x") == [{"number": 1}, {"number": 2, "pull_request": {}}]
