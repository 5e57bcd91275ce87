"""Queries and files that run code: nothing that is read or asked for is evaluated."""

import ast
import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
import yaml

import pmanalytics as pma
from pmanalytics.errors import InputError, PmanalyticsError
from pmanalytics.trackers.documents.facts import front_matter

PACKAGE = Path(__file__).parents[2] / "pmanalytics"
CODE = "open('fired', 'w').close()"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which a file appears when an attack succeeds."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fired() -> bool:
    """Whether an attack ran since it was last asked."""
    there = Path("fired").exists()
    Path("fired").unlink(missing_ok=True)
    return there


QUERY = 'x" or @pd.io.common.os.system("touch fired") == "'


def test_a_query_runs_code_where_values_are_put_into_it() -> None:
    table = pd.DataFrame({"team": ["web"]})
    with suppress(Exception):
        table.query(f'team == "{QUERY}"', engine="python")
    assert fired()


@pytest.mark.parametrize("value", [QUERY, "`team`", "@pd", "team == team", "__import__('os')"])
def test_a_value_that_narrows_is_compared_and_not_evaluated(q3: pma.Snapshot, value: str) -> None:
    with suppress(PmanalyticsError):
        assert len(q3.where(team=value).items) == 0
    with suppress(PmanalyticsError):
        q3.where(**{value: "x"})
    with suppress(PmanalyticsError):
        pma.attainment(q3, by=value)
    assert not fired()


@pytest.mark.parametrize("words", [("--by", QUERY), ("--by", "@pd"), ("attainment", "--by", "a;b")])
def test_a_column_that_is_named_is_not_evaluated(
    words: tuple[str, ...], run: Callable[..., tuple[int, str, str]]
) -> None:
    assert run("metrics", "--sample", *words)[0] == 2
    assert not fired()


class Bomb:
    """A pickle that runs code when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (CODE,)


@pytest.mark.parametrize(
    "name", ["items.pkl", "items.csv", "items.json", "items.xlsx", "x.parquet"]
)
def test_a_pickle_is_refused_whatever_its_name(name: str, here: Path) -> None:
    (here / name).write_bytes(pickle.dumps(Bomb()))
    pd.read_pickle(here / name, compression=None)
    assert fired()
    with pytest.raises(InputError):
        pma.read(here / name)
    assert not fired()


YAML = "!!python/object/apply:builtins.exec [\"open('fired', 'w').close()\"]"


def test_yaml_runs_code_where_it_is_loaded_unsafely() -> None:
    yaml.unsafe_load(YAML)
    assert fired()


@pytest.mark.parametrize("name", ["catalog-info.yaml", "cortex.yaml", "opslevel.yml"])
def test_a_catalog_makes_no_objects(name: str, here: Path) -> None:
    (here / name).write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: web\n"
        f"spec:\n  owner: {YAML}\n"
    )
    with suppress(PmanalyticsError):
        pma.read(here / name)
    assert not fired()


def test_the_head_of_a_document_makes_no_objects() -> None:
    front_matter(f"---\ntitle: {YAML}\nseverity: !!python/name:os.system\n---\n# Postmortem\n")
    assert not fired()


EVALUATING = {
    "eval",
    "exec",
    "compile",
    "query",
    "read_pickle",
    "unsafe_load",
    "full_load",
    "system",
}
LOADING = {"pickle": {"loads", "load", "Unpickler"}, "yaml": {"load", "load_all"}}
# The shells that run the cells of notebooks; the pickle of our own fork; YAML with loaders of ours.
ALLOWED = {
    ("reporting/beside.py", "pickle.loads"),
    ("catalogs/documents.py", "yaml.load_all"),
    ("trackers/documents/facts.py", "yaml.load"),
}


def calls(source: str) -> set[str]:
    """The calls in a module that could run what data say."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        module, _, last = name.rpartition(".")
        if (last in EVALUATING and module != "re") or last in LOADING.get(module, ()):
            found.add(name)
    return found


def test_the_search_for_such_calls_finds_them() -> None:
    found = calls("frame.query(x)\neval(y)\npickle.loads(z)\nre.compile(a)\nyaml.load(b)\n")
    assert found == {"frame.query", "eval", "pickle.loads", "yaml.load"}


def test_nothing_in_the_package_evaluates_data() -> None:
    found = {
        (path.relative_to(PACKAGE).as_posix(), call)
        for path in PACKAGE.rglob("*.py")
        for call in calls(path.read_text("utf-8"))
    }
    assert found <= ALLOWED
