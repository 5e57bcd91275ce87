"""Running a notebook: papermill, with an engine whose cells run in a process of our own.

A kernel would be started anew for every report and talked to through sockets and their messages.
Here a process that has everything loaded forks for each notebook, and its cells run in IPython's
shell; what they show is what a kernel would have sent. It is certain to be this very interpreter,
and neither the user's IPython start-up files nor warnings turned into errors reach it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pmanalytics import errors
from pmanalytics.errors import ReportError
from pmanalytics.reporting.grammars import put_off_grammars
from pmanalytics.reporting.workers import Child, Ended, Worker, asked

__all__ = ["run_notebook", "warm_worker"]

EXECUTION_TIMEOUT: Final = 1800  # seconds for one cell
ENGINE: Final = "pmanalytics"

Progress = Callable[[str, float], None]


@contextmanager
def warm_worker(*, late: bool = False) -> Iterator[Worker]:
    """Give a worker for several notebooks: `run_notebook(..., worker=worker)`.

    Its process is started at once, so that other things can be done meanwhile, or `late`, when it
    is first needed. What it is told to `open_ahead` all notebooks find open, so that they stand on
    one reading of the files. Several threads may run notebooks at the same time.
    """
    worker = Worker(late=late)
    try:
        yield worker
    finally:
        worker.close()


def run_notebook(
    path: Path,
    parameters: Mapping[str, Any],
    *,
    progress: Progress | None = None,
    worker: Worker | None = None,
) -> Any:
    """Execute a notebook and return it as an nbformat notebook, nothing written.

    `progress` is called before each cell with the heading above it and the share of the cells that
    lie before it. A process that dies is started once more. An error of this package raised by a
    cell is raised again as itself; any other one becomes a ReportError that names the heading of
    its cell. Without a `worker`, a process is started for this notebook alone.
    """
    if worker is None:
        with warm_worker() as own:
            return run_notebook(path, parameters, progress=progress, worker=own)
    try:
        return _executed(path, parameters, progress, worker)
    except Ended:
        pass
    try:
        return _executed(path, parameters, progress, worker)
    except Ended as problem:
        raise ReportError(
            f"The Python process that runs {path.name} ended twice before it was done "
            f"({_last_line(worker.said() or str(problem))}); perhaps memory was short."
        ) from problem


def _executed(
    path: Path, parameters: Mapping[str, Any], progress: Progress | None, worker: Worker
) -> Any:
    put_off_grammars()
    import nbformat
    import papermill

    _keep_quiet()
    _register()
    notebook = nbformat.read(path, as_version=4)
    headings = _headings(notebook)
    shown: dict[int, list[Any]] = {}

    def started(cell: Any, number: int) -> None:
        if progress is not None and cell.source in headings:
            progress(headings[cell.source], min(number / len(notebook.cells), 1.0))

    with worker.child() as child:
        try:
            # The notebook goes in as a value: papermill would read braces in a path as fields.
            executed = papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                engine_name=ENGINE,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                child=child,
                started=started,
                shown=shown,
            )
        except papermill.PapermillExecutionError as problem:
            raise _error(problem, headings, path.name) from None
        except TimeoutError as problem:
            raise ReportError(
                f"A cell of {path.name} ran for more than {EXECUTION_TIMEOUT // 60} minutes; "
                "narrow the data."
            ) from problem
    for number, outputs in shown.items():
        executed.cells[number].outputs = outputs
    return executed


def _register() -> None:
    """Make the engine known to papermill, which keeps its engines by name."""
    from papermill.engines import Engine, papermill_engines

    class ChildEngine(Engine):
        """Runs the cells of a notebook in a child of a worker."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,  # noqa: ARG003 there is none
            *,
            child: Child,
            started: Callable[[Any, int], None],
            shown: dict[int, list[Any]],
            **_: Any,
        ) -> None:
            _run_cells(nb_man, child, started, shown)

    papermill_engines.register(ENGINE, ChildEngine)


def _run_cells(
    managed: Any,
    child: Child,
    started: Callable[[Any, int], None],
    shown: dict[int, list[Any]],
) -> None:
    """Run the cells of a notebook up to the first that fails, as papermill's own engine does.

    What they show goes into `shown`, by the number of the cell. Papermill is given it for a cell
    that failed only: at its end it makes a text of the whole notebook, which nobody reads here.
    """
    import nbformat

    for number, cell in enumerate(managed.nb.cells):
        managed.cell_start(cell, number)
        if cell.cell_type == "code" and cell.source.strip():
            started(cell, number)
            told = asked(child, cell.source, seconds=EXECUTION_TIMEOUT)
            shown[number] = [nbformat.from_dict(output) for output in told["outputs"]]
            cell.execution_count = told["execution_count"]
            if told["failed"]:
                cell.outputs = shown[number]
                managed.cell_exception(cell, cell_index=number)
        managed.cell_complete(cell, cell_index=number)
        if cell.metadata.papermill["exception"]:
            break


def _keep_quiet() -> None:
    # What goes wrong is said once, by the error; an unhandled log line would say it twice.
    logger = logging.getLogger("papermill")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


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
