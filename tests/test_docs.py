"""The documentation: every public name and verb is in the README, and every command in it runs."""

import inspect
import re
import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path

import click
import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.cli import verbs
from pmanalytics.exchange import title_of
from tests import pictures

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PUBLIC = sorted(name for name in pma.__all__)
FUNCTIONS = [name for name in PUBLIC if inspect.isfunction(getattr(pma, name))]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_the_reference_says_what_the_docstrings_say() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", README, flags=re.MULTILINE))
    assert {name: rows.get(name) for name in FUNCTIONS} == {
        name: title_of(getattr(pma, name)) for name in FUNCTIONS
    }
    assert set(rows) <= set(PUBLIC)


def test_the_reference_has_one_row_for_each_name_in_the_order_of_the_modules() -> None:
    reference = README.split("\n## Reference\n")[1]
    listed = re.findall(r"^\| `(\w+)` \|", reference, flags=re.MULTILINE)
    assert listed == [name for name in pma.__all__ if name in listed]


@pytest.mark.parametrize("name", metrics.__all__)
def test_every_metric_answers_a_question_of_the_readme(name: str) -> None:
    numbers = README.split("\n## What the numbers mean\n")[1].split("\n## ")[0]
    assert f"`{name}`" in numbers


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_is_documented_and_typed(name: str) -> None:
    function = getattr(pma, name)
    assert function.__doc__
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty
    loose = [p for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(loose) <= 2


@pytest.mark.parametrize("name", metrics.__all__)
def test_every_metric_has_an_example(name: str) -> None:
    assert ">>>" in (getattr(pma, name).__doc__ or "")


# Every verb by the words that a person types; a group of verbs has none of its own.
TYPED = {
    f"{name} {below}".strip(): command
    for name, verb in verbs.commands.items()
    for below, command in (verb.commands if isinstance(verb, click.Group) else {"": verb}).items()
}


@pytest.mark.parametrize("verb", sorted(TYPED))
def test_every_verb_has_help_and_is_in_the_readme(verb: str) -> None:
    command = TYPED[verb]
    assert command.help
    assert f"pmanalytics {verb}" in README
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"--{parameter.name} of {verb}"
        elif not isinstance(parameter.type, click.Choice):
            assert f"{parameter.human_readable_name} " in command.help.replace("\n", " ")


def test_version_and_changelog_agree() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == pma.__version__
    assert f'version = "{pma.__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_pictures_are_those_that_the_command_makes_with_words_and_small() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(docs/([\w.-]+)\)", README)
    assert [name for _, name in shown] == list(pictures.PICTURES)
    assert all(len(words.split()) > 5 for words, _ in shown)
    assert {path.name for path in pictures.FOLDER.iterdir()} == set(pictures.PICTURES)
    assert all(0 < path.stat().st_size < 150_000 for path in pictures.FOLDER.iterdir())


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", README, flags=re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


COMMANDS = [
    line for block in blocks("sh") for line in block.splitlines() if line.startswith("pmanalytics ")
]


@pytest.fixture(scope="module")
def edited_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of the sample organisation with one answer."""
    path = tmp_path_factory.mktemp("edited") / "edited.xlsx"
    data = pma.sample()
    about = {"organisation": data.settings.organisation, "sample": True, "as_of": "2026-10-12"}
    pma.write_workbook(pma.snapshot(data, as_of="2026-10-12"), path, about=about)
    book = openpyxl.load_workbook(path)
    notes = [cell.column for cell in book["Actions"][1] if str(cell.value).startswith("Note")]
    book["Actions"].cell(2, notes[0]).value = "our customers wait"
    book.save(path)
    return path


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_runs(
    line: str,
    run: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    folder = tmp_path / "work"
    pma.write_sample(folder)
    monkeypatch.chdir(folder)
    words = line.split("#", maxsplit=1)[0].split()[1:]
    if words[0] == "init":
        (folder / "pmanalytics.toml").unlink()
    if words[0] == "workbook":
        (folder / "answers").mkdir()
        shutil.copy(request.getfixturevalue("edited_workbook"), folder / "answers")
    if "--in-parts" in words:
        shutil.copytree(request.getfixturevalue("stored_sample").parent / "store", folder / "store")
    code, _, said = run(*words)
    # `check` finds the faults that were planted in the sample, and says so with 1.
    assert code == (1 if words[0] == "check" else 0), said
    assert "Traceback" not in said


# What needs Spark runs where Spark is, in tests/engines.
PYTHON_BLOCKS = [block for block in blocks("python") if "pyspark" not in block]


@pytest.mark.parametrize("number", range(len(PYTHON_BLOCKS)))
def test_every_python_block_of_the_readme_runs(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pma.write_sample(tmp_path)
    monkeypatch.chdir(tmp_path)
    said: dict[str, object] = {}
    exec(compile(PYTHON_BLOCKS[number], "README", "exec"), said)
    # The snippet reads what the command line reads, so that both give the same numbers.
    data = said["data"]
    assert isinstance(data, pma.Dataset)
    assert data.settings.organisation == "Example Parcels"


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)\b", README)):
        assert f"\n{target}:" in makefile
