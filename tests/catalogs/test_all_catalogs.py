"""What holds for every kind of catalog, whatever happened to its file."""

import json
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.catalogs import CATALOGS, list_catalogs, open_catalog, read_catalog
from pmanalytics.errors import InputError
from tests.fuzzing.readers import read_registry

SAMPLES = sorted((Path(__file__).parent.parent / "registry_samples").iterdir())
by_name = pytest.mark.parametrize("sample_file", SAMPLES, ids=lambda path: path.name)


def test_every_kind_has_a_sample_and_says_how_it_is_known() -> None:
    opened = [open_catalog(path, name=path.name) for path in SAMPLES]
    assert {each.catalog.name for each in opened if each} == {each.name for each in CATALOGS}
    assert len(list_catalogs()) == len(CATALOGS)
    for catalog in CATALOGS:
        assert catalog.export
        assert catalog.verified
        assert catalog.silent


@by_name
def test_the_kind_is_told_from_the_content(sample_file: Path, tmp_path: Path) -> None:
    opened = open_catalog(sample_file, name="a")
    renamed = tmp_path / ("CODEOWNERS" if not sample_file.suffix else f"x{sample_file.suffix}")
    renamed.write_bytes(sample_file.read_bytes())
    again = open_catalog(renamed, name="a")
    assert opened is not None
    assert again is not None
    assert opened.catalog is again.catalog


@by_name
def test_a_sample_is_read_as_a_dataset(sample_file: Path) -> None:
    data = pma.read(sample_file)
    file = data.files.iloc[0]
    assert file["rows"] == file["filtered"] + file["rejects"]
    assert file["other"] == len(data.services) + len(data.teams) + len(data.people)


@by_name
def test_a_file_that_ends_anywhere_is_no_traceback(sample_file: Path, tmp_path: Path) -> None:
    data = sample_file.read_bytes()
    for end in range(len(data)):
        read_registry(data[:end], tmp_path, name=sample_file.name)


NOTHING = b"null", b"[]", b"{}", b"[null, 1, [[]]]", b"~\n---\n~\n", b"# only a comment\n", b""
DEEP = b"[" * 20_000, b"{a: " * 5_000, b"- " * 5_000, b'{"services": ' * 20_000
BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c, *%c, *%c]\n" % (97 + n, 97 + n, *[96 + n] * 4) for n in range(1, 25)
)
ITSELF = b"apiVersion: &a [*a]\nkind: *a\n", b"info: &i {x-cortex-tag: *i, x-cortex-parents: [*i]}"
MERGED = b"info: &i\n  <<: *i\n  x-cortex-tag: a\n"


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "CODEOWNERS"])
@pytest.mark.parametrize("data", [*NOTHING, *DEEP, BOMB, *ITSELF, MERGED])
def test_what_is_no_catalog_is_one_sentence(data: bytes, name: str, tmp_path: Path) -> None:
    read_registry(data, tmp_path, name=name)


@pytest.mark.parametrize("name", ["a.yaml", "CODEOWNERS"])
def test_a_catalog_has_at_most_ten_megabytes(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"#" * 10_000_001)
    with pytest.raises(InputError, match="larger than any catalog"):
        read_catalog(file, name=name)


def wrongly_typed(value: object) -> list[object]:
    """The value with each of its parts replaced, one after the other, by one of a wrong type."""
    found: list[object] = [None, 1, "x", [], {}, [None], [[]], {"x": {}}]
    if isinstance(value, dict):
        return found + [
            {**value, key: other} for key in value for other in wrongly_typed(value[key])
        ]
    if isinstance(value, list):
        return found + [
            [*value[:n], other, *value[n + 1 :]]
            for n, part in enumerate(value)
            for other in wrongly_typed(part)
        ]
    return found


ENTITY = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Group",
    "metadata": {"name": "a", "annotations": {"jira/project-key": "A"}},
    "spec": {"parent": "b", "children": ["c"], "members": ["d"], "profile": {"email": "e"}},
}
DESCRIPTOR = {
    "info": {
        "x-cortex-tag": "a",
        "x-cortex-owners": [{"type": "group", "name": "b", "inheritance": "APPEND"}],
        "x-cortex-parents": [{"tag": "c"}],
        "x-cortex-git": {"github": {"repository": "d/e", "basepath": "f"}},
        "x-cortex-team": {"members": [{"email": "g"}]},
    }
}
ANSWER = {
    "services": [
        {
            "id": "a",
            "type": "service",
            "name": "b",
            "status": "active",
            "teams": [{"id": "c", "summary": "d"}],
            "escalation_policy": {"teams": [{"id": "e"}]},
        }
    ]
}
SERVICE = {
    "version": 1,
    "service": {"name": "a", "owner": "b", "aliases": ["c"], "repositories": [{"name": "d:e/f"}]},
}


@pytest.mark.parametrize("value", [ENTITY, DESCRIPTOR, ANSWER, SERVICE])
def test_values_of_any_type_are_no_traceback(value: object, tmp_path: Path) -> None:
    # JSON is YAML, so that both forms can be written alike.
    for number, other in enumerate(wrongly_typed(value)):
        suffix = "json" if value is ANSWER or number % 2 else "yaml"
        read_registry(json.dumps(other).encode(), tmp_path, name=f"a.{suffix}")


def test_two_kinds_in_one_file_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"info: {x-cortex-tag: a}\n---\n")
    with file.open("a") as more:
        more.write("version: 1\nservice: {name: b}\n")
    with pytest.raises(InputError, match="cortex and opslevel; split it"):
        read_catalog(file, name="a.yaml")


def test_manifests_of_other_tools_are_no_catalog(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", "utf-8")
    with pytest.raises(InputError, match="holds no entry of a catalog"):
        read_catalog(file, name="deploy.yaml")
