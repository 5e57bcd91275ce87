"""Running a notebook: papermill, with the kernel that is certain to be this interpreter.

A kernel that the machine happens to call `python3` may be another Python without this package, so
the command is given here instead of being looked up. Talk to the kernel goes through sockets in a
short private folder, not over the network; neither the user's IPython start-up files nor warnings
turned into errors reach it.
"""

import logging
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pmanalytics
from pmanalytics import errors
from pmanalytics.errors import ReportError

__all__ = ["run_notebook"]

EXECUTION_TIMEOUT: Final = 1800  # seconds for one cell
START_TIMEOUT: Final = 120
# A socket's path may have 107 bytes; the folder of the operating system can be much longer.
LONGEST_FOLDER: Final = 60


def run_notebook(
    path: Path,
    parameters: Mapping[str, Any],
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Any:
    """Execute a notebook and return it as an nbformat notebook, nothing written.

    `progress` is called before each cell with the heading above it and the share of the cells that
    lie before it. A kernel that dies is started once more. An error of this package raised by a
    cell is raised again as itself; any other one becomes a ReportError that names the heading of
    its cell.
    """
    from nbclient.exceptions import DeadKernelError

    try:
        return _executed(path, parameters, progress)
    except (DeadKernelError, RuntimeError):
        pass
    try:
        return _executed(path, parameters, progress)
    except (DeadKernelError, RuntimeError) as problem:
        raise ReportError(
            f"The Python process that runs {path.name} ended twice before it was done "
            f"({_last_line(str(problem))}); perhaps memory was short."
        ) from problem


def _executed(
    path: Path, parameters: Mapping[str, Any], progress: Callable[[str, float], None] | None
) -> Any:
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError

    _keep_quiet()
    notebook = nbformat.read(path, as_version=4)
    headings = _headings(notebook)

    def started(*, cell: Any, cell_index: int) -> None:
        if progress is not None and cell.source in headings:
            progress(headings[cell.source], min(cell_index / len(notebook.cells), 1.0))

    with _private_folder() as folder:
        try:
            # The notebook goes in as a value: papermill would read braces in a path as fields.
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=EXECUTION_TIMEOUT,
                start_timeout=START_TIMEOUT,
                record_timing=False,
                shutdown_kernel="immediate",
                kernel_manager_class=_kernel_manager(folder),
                on_cell_start=started,
            )
        except papermill.PapermillExecutionError as problem:
            raise _error(problem, headings, path.name) from None
        except CellTimeoutError as problem:
            raise ReportError(
                f"A cell of {path.name} ran for more than {EXECUTION_TIMEOUT // 60} minutes; "
                "narrow the data."
            ) from problem


def _keep_quiet() -> None:
    # What goes wrong is said once, by the error; an unhandled log line would say it twice.
    logger = logging.getLogger("papermill")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


@contextmanager
def _private_folder() -> Iterator[Path]:
    usual = tempfile.gettempdir()
    root = usual if len(os.fsencode(usual)) <= LONGEST_FOLDER else "/tmp"  # noqa: S108 short
    folder = Path(tempfile.mkdtemp(prefix="pma-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kernel_manager(folder: Path) -> type:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class RunningInterpreter(AsyncKernelManager):
        """Starts a kernel in the interpreter that runs now."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            if os.name == "posix":
                self.transport = "ipc"
            else:
                self.transport_encryption = "auto"
            self.connection_file = str(folder / "kernel.json")
            self._kernel_spec = KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                display_name="Python 3 (ipykernel)",
                language="python",
                metadata={"supported_encryption": ["curve"]},
                env=_environment(folder),
            )

    return RunningInterpreter


def _environment(folder: Path) -> dict[str, str]:
    """What differs from this process: jupyter reads `$NAME` in it, hence the doubled dollar."""
    changed = {
        "PYTHONPATH": os.pathsep.join(_import_paths()),
        "PYTHONWARNINGS": "",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": str(folder / "ipython"),
    }
    return {name: value.replace("$", "$$") for name, value in changed.items()}


def _import_paths() -> list[str]:
    """Where the kernel finds this very package, also when it runs from a checkout.

    The folder of installed packages is left out: it must not come before the standard library.
    """
    package = str(Path(pmanalytics.__file__).resolve().parent.parent)
    installed = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [path for path in (package, *given) if path and path not in installed]


def _error(problem: Any, headings: Mapping[str, str], file: str) -> errors.PmanalyticsError:
    message = _last_line(str(problem.evalue))
    known = getattr(errors, str(problem.ename), None)
    if isinstance(known, type) and issubclass(known, errors.PmanalyticsError):
        return known(message)
    heading = headings.get(problem.source, "")
    place = f"under {heading!r}" if heading else "before the first heading"
    return ReportError(f"{file} failed {place}: {problem.ename}: {message}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"


def _headings(notebook: Any) -> dict[str, str]:
    """The heading above each code cell, by the text of the cell."""
    heading, found = "", {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found[cell.source] = heading
        else:
            lines = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1].lstrip("# ").strip() if lines else heading
    return found
