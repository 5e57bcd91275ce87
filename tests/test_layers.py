"""The layers: a module imports only from the layers before its own."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pmanalytics"

# In the order of the design; a module may import from its own row and from the rows above it.
LAYERS = (
    ("statistics", "errors", "writing"),
    ("tables", "periods", "policy", "words", "settings"),
    (
        "names",
        "pseudonyms",
        "reading",
        "trackers",
        "catalogs",
        "registry",
        "labels",
        "mentions",
        "linking",
        "documents",
        "store",
        "inputs",
        "copies",
        "disappearances",
        "outcomes",
        "datasets",
        "ingesting",
        "candidates",
        "document_checks",
        "changes",
        "differences",
        "decisions",
        "decision_checks",
        "twins",
        "unnamed",
        "checks",
    ),
    ("rewinding", "deciding", "judging", "merging", "snapshots", "keeping"),
    ("metrics", "trials", "publication", "exchange", "pages", "appending", "recording", "stories"),
    ("counting",),
    ("prospects", "drafting", "accounts"),
    ("charts", "workbook"),
    ("answers",),
    ("reporting",),
    ("exploring",),
    ("samples", "cli", "__main__"),
)
ROW = {name: row for row, names in enumerate(LAYERS) for name in names}
# The same inside `reporting`, where sub-packages are rooms of one row.
REPORTING = (
    ("beside", "folders", "progress", "shipped", "showing"),
    ("behind",),
    ("manifest", "notebooks", "fingerprints", "planning", "doubts", "subjects", "ahead", "opening"),
    ("contents", "rendering"),
    ("grammars", "shells", "serving", "workers", "kernels"),
    ("saving", "expanding", "reports", "batches"),
)
SHELF = {name: row for row, names in enumerate(REPORTING) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def dotted(path: Path) -> set[str]:
    """Every name that a module imports, in full."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def imported(path: Path, below: Path = PACKAGE) -> set[str]:
    """The first names below a package that a module imports."""
    start = ".".join(below.relative_to(PACKAGE.parent).parts) + "."
    names = {
        name.removeprefix(start).split(".")[0] for name in dotted(path) if name.startswith(start)
    }
    return {name for name in names if (below / name).exists() or (below / f"{name}.py").exists()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_the_layers_before_it(path: Path) -> None:
    own = ROW[layer_of(path)]
    assert {name for name in imported(path) if ROW[name] > own} == set()


# Two runs of one minute or one day give the same bytes even if a clock is in them; so none is read.
CLOCK = re.compile(
    r"\b(?:now|today|utcnow|localtime|gmtime|ctime|time_ns)\(|\btime\.time\b|^(?:import|from) time\b"
    r"|(?:Timestamp|to_datetime)\(.(?:now|today)\b|\bDate\.now\b|new Date\(\)",
    re.MULTILINE,
)
SOURCES = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".j2"))


def test_nothing_asks_what_day_it_is() -> None:
    assert {path.suffix for path in SOURCES} == {".py", ".js", ".j2"}
    found = {path.name: CLOCK.search(path.read_text("utf-8")) for path in SOURCES}
    assert [name for name, clock in found.items() if clock] == []


@pytest.mark.parametrize(
    "text",
    ["datetime.now(UTC)", "date.today()", "import time", 'pd.Timestamp("now")', "Date.now()"],
)
def test_a_clock_is_known_by_its_name(text: str) -> None:
    assert CLOCK.search(text)


def test_every_module_has_a_layer() -> None:
    assert {layer_of(path) for path in MODULES} == set(ROW)


ROOMS = [path for path in MODULES if path.parts[-2:] != ("reporting", "__init__.py")]
ROOMS = [path for path in ROOMS if layer_of(path) == "reporting"]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE / "reporting").with_suffix("").parts[0]


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_reporting_flows_one_way_too(path: Path) -> None:
    own, names = SHELF[room_of(path)], imported(path, PACKAGE / "reporting")
    assert {name for name in names if SHELF[name] > own} == set()


def test_every_room_of_reporting_has_its_row() -> None:
    assert {room_of(path) for path in ROOMS} == set(SHELF)


def test_statistics_know_nothing_of_items() -> None:
    for path in (PACKAGE / "statistics").glob("*.py"):
        assert imported(path) <= {"statistics"}


def test_no_public_function_bears_the_name_of_a_module() -> None:
    import pmanalytics as pma

    modules = {path.stem for path in PACKAGE.rglob("*.py")} | {layer_of(path) for path in MODULES}
    assert set(pma.__all__) & modules == set()


def test_public_names_are_unique() -> None:
    import pmanalytics as pma

    names = list(pma.__all__)
    assert sorted(set(names)) == sorted(names)
