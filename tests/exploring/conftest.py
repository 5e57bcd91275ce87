"""Run the cells of a notebook here, without a kernel, and keep what they show."""

import ast
import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.reporting.conftest import chromium

__all__ = ["chromium", "run_here"]


def shown(value: Any) -> str:
    """What a notebook would keep of the last value of a cell."""
    if value is None:
        return ""
    if hasattr(value, "to_plotly_json"):
        return str(value.to_json())
    if hasattr(value, "_repr_mimebundle_"):
        return json.dumps(value._repr_mimebundle_(), ensure_ascii=False)
    return repr(value)


def run_cell(source: str, names: dict[str, Any]) -> str:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return printed.getvalue() + shown(value)


@pytest.fixture(scope="session")
def run_here() -> Callable[..., list[str]]:
    """Run a notebook with parameters; what each cell of code showed, in order."""

    def run(path: Path, **parameters: str) -> list[str]:
        names: dict[str, Any] = {}
        outputs = []
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            outputs.append(run_cell("".join(cell["source"]), names))
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= parameters
        return outputs

    return run
