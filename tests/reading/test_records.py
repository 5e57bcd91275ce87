"""JSON: the records of a file, however its pages were put together."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import InputError
from pmanalytics.reading.records import looks_like_json, read_documents, records_of


def read_records(content: bytes, *, name: str) -> list:
    return records_of(read_documents(content, name=name))


FORMS = {
    "an array": '[{"n": 1}, {"n": 2}]',
    "pages": '[{"n": 1}]\n[{"n": 2}]',
    "pages with a comma": '[{"n": 1}],\n[{"n": 2}]',
    "lines": '{"n": 1}\n{"n": 2}\n',
    "an object": '{"total": 2, "issues": [{"n": 1}, {"n": 2}]}',
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    content = FORMS[form].encode()
    assert looks_like_json(content)
    assert read_records(content, name="x") == [{"n": 1}, {"n": 2}]


def test_what_is_no_object_keeps_its_place() -> None:
    assert read_records(b'[null, {"n": NaN}, 3, "a", []]', name="x") == [
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
        read_records(text.encode(), name="x")


# Beyond 64 bits a number of JSON is not exact, as in the trackers themselves, which are JavaScript.
NUMBERS = st.integers(-(2**63), 2**64 - 1)


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.none() | NUMBERS | st.text(max_size=5))),
    st.integers(0),
)
def test_cut_anywhere_it_is_read_or_refused(records: list[dict[str, object]], place: int) -> None:
    text = json.dumps(records)
    assert read_records(text.encode(), name="x") == records
    try:
        read_records(text[: place % (len(text) + 1)].encode(), name="x")
    except InputError as problem:
        sentence = str(problem)
        assert sentence.startswith("x ")


def test_pull_requests_beside_the_issues_are_records_too() -> None:
    content = b'{"labels": [{"name": "x"}], "issues": [{"number": 1}], "pulls": [{"number": 2}]}'
    assert read_records(content, name="x") == [{"number": 1}, {"number": 2, "pull_request": {}}]


WRAPPED = {
    "follow_ups": '{"follow_ups": [{"n": 1}], "pagination_meta": {}}',
    "incidents": '{"incidents": [{"n": 1}], "more": false}',
    "bugs": '{"bugs": [{"n": 1}]}',
    "maniphest.search": '{"result": {"data": [{"n": 1}], "cursor": {}}, "error_code": null}',
    "nodes": '{"data": {"repository": {"issues": {"nodes": [{"n": 1}], "pageInfo": {}}}}}',
    "edges": '{"data": {"repository": {"issues": {"edges": [{"cursor": "x", "node": {"n": 1}}]}}}}',
    "connection": '{"data": {"issues": {"nodes": [{"n": 1}]}}}',
    "answers in a list": '[{"data": {"issues": {"nodes": [{"n": 1}]}}}]',
    "pages in a list": '[[{"n": 1}], []]',
    "two keys of data": '{"data": {"issues": [{"n": 1}]}}',
}


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_records_are_found_where_trackers_put_them(wrapper: str) -> None:
    documents = read_documents(WRAPPED[wrapper].encode(), name="x")
    assert records_of(documents) == [{"n": 1}]


@pytest.mark.parametrize("name", ["issue", "bug"])
def test_the_only_record_of_an_answer(name: str) -> None:
    assert records_of([{name: {"id": 1}}]) == [{"id": 1}]
    assert records_of([{"data": {name: {"id": 1}}}]) == [{"id": 1}]
    # What has more to say is a record, and what has no id is not known to be one.
    for other in ({name: {"id": 1}, "event": "closed"}, {name: "valid"}, {name: 7}, {name: {}}):
        assert records_of([other]) == [other]


def test_an_envelope_of_perceval_is_opened() -> None:
    envelope = {"backend_name": "GitHub", "category": "pull_request", "data": {"n": 1}}
    own = {"backend_name": "Jira", "category": "issue", "data": {"n": 2, "category": "x"}}
    expected = [{"n": 1, "category": "pull_request"}, {"n": 2, "category": "x"}]
    assert records_of([[envelope, own]]) == expected
    assert records_of([envelope, own]) == expected


def test_records_with_lists_of_their_own_stay_whole() -> None:
    """An incident with its follow-ups, JSON:API, a board, and an empty page."""
    incident = {"id": "1", "follow_ups": [{"id": "2"}]}
    resource = {"id": "1", "type": "incidents", "attributes": {"data": {"nodes": []}}}
    board = {"id": "b", "cards": [], "lists": []}
    assert records_of([incident, resource, board]) == [incident, resource, board]
    assert records_of([{"data": [resource]}]) == [resource]
    assert records_of([{"data": {"issues": {"nodes": []}}}, [], {"issues": []}]) == []


def test_pull_requests_of_graphql_are_marked() -> None:
    answer = {
        "repository": {"issues": {"nodes": [{"n": 1}]}, "pullRequests": {"nodes": [{"n": 2}]}}
    }
    assert records_of([{"data": answer}]) == [{"n": 1}, {"n": 2, "pull_request": {}}]


def test_documents_one_after_the_other() -> None:
    assert read_documents(b'{"n": 1}\r\n\r\n[2]\n', name="x") == [{"n": 1}, [2]]
    assert read_documents(b'[1],\n[2]{"a":\n3}', name="x") == [[1], [2], {"a": 3}]
    assert read_documents(b"", name="x") == []


def test_what_the_quick_decoder_refuses_is_read_carefully() -> None:
    text = b'[{"n": NaN, "half": "\\ud83d"}]\n'
    assert read_documents(text, name="x") == [[{"n": None, "half": "\ud83d"}]]
    assert read_documents(text + b"[1]", name="x") == [[{"n": None, "half": "\ud83d"}], [1]]


def test_records_under_their_numbers() -> None:
    """And null under those that were not given."""
    assert records_of([{"7": {"number": 7}, "8": None}]) == [{"number": 7}, None]
