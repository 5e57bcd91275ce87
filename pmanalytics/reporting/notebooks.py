"""Where reports come from: notebooks, their titles and their declared parameters.

Adding a report is adding one notebook: its file stem is its name, the cell tagged `parameters` its
options. Parameters are checked here, before anything runs, because papermill writes names and
values into code without looking at them.
"""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pmanalytics.errors import ReportError, UsageError, nearest
from pmanalytics.reporting.shipped import shipped_folder

__all__ = [
    "Notebook",
    "Parameter",
    "checked_parameters",
    "find_notebook",
    "list_notebooks",
    "opening_of",
]

PARAMETERS_TAG: Final = "parameters"
OPENING: Final = ("config", "period", "as_of")  # the parameters that `open_report` takes
# What nobody should read: options stand in the notebook, in the manifest and on the page.
_SECRET: Final = re.compile(
    r"(?:^|_)(?:token|pass(?:word|wd|phrase)|secret|api_?key|credentials?)$", re.IGNORECASE
)
_COMMENT: Final = re.compile(r"#\s*(.*)$")
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}


@dataclass(frozen=True)
class Parameter:
    """One option of a report, as its notebook declares it."""

    name: str
    type: str
    default: Any
    help: str


@dataclass(frozen=True)
class Notebook:
    """One report that can be made: its name, its title and its options."""

    name: str
    path: Path
    title: str
    parameters: tuple[Parameter, ...]


def list_notebooks(folder: Path | None = None) -> tuple[Notebook, ...]:
    """List the reports: the notebooks of a folder, by default those that ship with the package.

    Examples:
        >>> "quarterly" in [notebook.name for notebook in list_notebooks()]
        True
    """
    place = folder or shipped_folder("notebooks")
    return tuple(_describe(path) for path in sorted(place.glob("*.ipynb")))


def find_notebook(name: str, folder: Path | None = None) -> Notebook:
    """Find a report by its name, or a notebook by its path.

    Raises UsageError that names the nearest report when there is none of that name.
    """
    if name.endswith(".ipynb"):
        if not Path(name).is_file():
            raise UsageError(f"There is no notebook {name!r}; check the path.")
        return _describe(Path(name))
    place = folder or shipped_folder("notebooks")
    known = {path.stem: path for path in place.glob("*.ipynb")}
    if name not in known:
        raise UsageError(f"There is no report {name!r}{nearest(name, list(known))}")
    return _describe(known[name])


def _describe(path: Path) -> Notebook:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [(cell, "".join(cell.get("source", ""))) for cell in cells]
        declared = [
            source
            for cell, source in sources
            if PARAMETERS_TAG in cell.get("metadata", {}).get("tags", ())
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ReportError(f"{path.name} is not a notebook: {str(problem)[:120]}.") from problem
    headings = [
        found[1].strip()
        for cell, source in sources
        if cell.get("cell_type") == "markdown"
        for found in re.finditer(r"^#\s+(.+)$", source, re.MULTILINE)
    ]
    return Notebook(
        name=path.stem,
        path=path,
        title=headings[0] if headings else path.stem.replace("_", " ").capitalize(),
        parameters=_declared("\n".join(declared), path.name),
    )


def _declared(source: str, file: str) -> tuple[Parameter, ...]:
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        said = problem.msg if isinstance(problem, SyntaxError) else str(problem)
        raise ReportError(f"The parameters cell of {file} is not Python: {said}.") from problem
    lines = source.splitlines()
    return tuple(
        parameter
        for statement in statements
        for parameter in _parameter(statement, lines[(statement.end_lineno or 1) - 1], file)
    )


def _parameter(statement: ast.stmt, line: str, file: str) -> list[Parameter]:
    if isinstance(statement, ast.AnnAssign):
        target: ast.expr = statement.target
        annotation = ast.unparse(statement.annotation)
    elif isinstance(statement, ast.Assign):
        target, annotation = statement.targets[0], ""
    else:
        return []
    if not isinstance(target, ast.Name) or statement.value is None:
        return []
    try:
        default = ast.literal_eval(statement.value)
    except (ValueError, TypeError, RecursionError, MemoryError) as problem:
        raise ReportError(
            f"The parameter {target.id!r} of {file} must have a literal as its default."
        ) from problem
    # The value may hold a `#` itself, so the comment is looked for behind it.
    comment = _COMMENT.search(line[statement.end_col_offset or 0 :])
    kind = annotation or type(default).__name__
    return [Parameter(target.id, kind, default, comment[1] if comment else "")]


def opening_of(notebook: Notebook, given: Mapping[str, Any]) -> dict[str, str] | None:
    """The options with which a notebook opens its report, or nothing if it opens none.

    Examples:
        >>> opening_of(find_notebook("quarterly"), {"period": "2026Q3"})
        {'config': '', 'period': '2026Q3', 'as_of': ''}
    """
    values = {p.name: given.get(p.name, p.default) for p in notebook.parameters}
    options = {name: values[name] for name in OPENING if isinstance(values.get(name), str)}
    opens = "open_report(" in notebook.path.read_text(encoding="utf-8")
    return options if opens and len(options) == len(OPENING) else None


def checked_parameters(notebook: Notebook, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check values against what the notebook declares, and convert text to the declared type.

    Only declared names pass, and only text, numbers, truth values and lists of them, because
    they become code. Raises UsageError that names the parameter, and for a notebook that declares
    a token or a password as one, because whoever reads the report would read it.

    Examples:
        >>> quarterly = find_notebook("quarterly")
        >>> checked_parameters(quarterly, {"period": "2026Q3"})
        {'period': '2026Q3'}
    """
    declared = {parameter.name: parameter for parameter in notebook.parameters}
    for secret in filter(_SECRET.search, declared):
        raise UsageError(
            f"The report {notebook.name!r} has the option {secret!r}, and everybody who reads a "
            "report reads its options; let the notebook take it from the environment."
        )
    for name in given:
        if name not in declared:
            hint = nearest(str(name), list(declared))
            raise UsageError(f"The report {notebook.name!r} has no option {str(name)!r}{hint}")
    return {name: _checked(declared[name], value) for name, value in given.items()}


def _checked(parameter: Parameter, value: Any) -> Any:
    expected = _TYPES.get(parameter.type)
    if expected is None:
        if _is_json(value):
            return value
    elif type(value) in expected:
        return value
    elif isinstance(value, str):
        converted = _converted(value, parameter.type)
        if converted is not None:
            return converted
    raise UsageError(
        f"The option {parameter.name!r} takes a value of type {parameter.type}, "
        f"and {str(value)[:60]!r} is none."
    )


def _converted(value: str, kind: str) -> Any:
    if kind == "bool":
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
    try:
        return {"int": int, "float": float}[kind](value)
    except (KeyError, ValueError):
        return None


def _is_json(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(type(key) is str and _is_json(part) for key, part in value.items())
    return value is None or type(value) in (str, int, float, bool)
