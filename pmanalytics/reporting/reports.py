"""Making a report: run its notebook, make the page and all else from it, publish the folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pmanalytics.errors import ReportError
from pmanalytics.reporting.folders import publish, slug, staging
from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.notebooks import Notebook, checked_parameters, find_notebook
from pmanalytics.reporting.pdf import find_browser, print_page

__all__ = ["report"]

Progress = Callable[[str, float], None]
NO_PERIOD: Final = "all"
NOTEBOOK_SHARE: Final = 0.85  # of the time that a report takes


def report(  # noqa: PLR0913 one for each option of the command line
    name: str = "quarterly",
    *,
    config: str | Path | None = None,
    period: str | None = None,
    as_of: str | None = None,
    output: str | Path = "reports",
    settings: Mapping[str, Any] | None = None,
    pdf: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Make a report and return its folder.

    `name` is a report that ships with the package, or the path of a notebook. `config` is a
    configuration file or a folder of exports; without one, the report is on the sample
    organisation. `period` and `as_of` are as in `open_report`; `settings` are the report's own
    options, and put it into a folder of its own beneath. The folder `OUTPUT/PERIOD/NAME` then holds
    report.html, workbook.xlsx, summary.md, notebook.ipynb, tables/ and manifest.json; it is
    replaced as a whole. With `pdf`, an installed Chromium or Chrome prints the page into report.pdf
    beside it. `progress` is called with a step in words and the share done. Raises UsageError for a
    wrong option, a missing browser or an output folder that cannot be written, ReportError when a
    cell or the browser fails, and what reading raises.
    """
    browser = find_browser() if pdf else ""
    notebook = find_notebook(name)
    given = _given(notebook, config=config, period=period, as_of=as_of)
    given |= checked_parameters(notebook, settings or {})
    tell = progress or (lambda step, share: None)  # noqa: ARG005 a silent progress
    root = Path(output)
    with staging(root, slug(notebook.name)) as written:
        tell("starting", 0.0)
        executed = run_notebook(
            notebook.path,
            _running(notebook, given, written),
            progress=lambda heading, share: tell(heading or "starting", NOTEBOOK_SHARE * share),
        )
        tell("writing the page", NOTEBOOK_SHARE)
        about = _write(executed, notebook, _shown(notebook, given), written, browser=browser)
        folder = root / slug(about.get("period") or NO_PERIOD) / slug(notebook.name)
        publish(written, folder / _subject(settings or {}))
    return folder / _subject(settings or {})


def _given(
    notebook: Notebook, *, config: str | Path | None, period: str | None, as_of: str | None
) -> dict[str, Any]:
    options = {"config": config and str(config), "period": period, "as_of": as_of}
    return checked_parameters(notebook, {name: value for name, value in options.items() if value})


def _running(notebook: Notebook, given: Mapping[str, Any], written: Path) -> dict[str, Any]:
    """The parameters that the notebook runs with: the kernel is told where to write."""
    output = {"output": str(written.resolve())}
    declared = {parameter.name for parameter in notebook.parameters}
    return {**given, **{name: value for name, value in output.items() if name in declared}}


def _shown(notebook: Notebook, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a reader sees: no path of this machine, nor the folder of this run."""
    values = {
        parameter.name: given.get(parameter.name, parameter.default)
        for parameter in notebook.parameters
        if parameter.name != "output"
    }
    if "config" in given:
        values["config"] = _relative(Path(given["config"]))
    return values


def _relative(path: Path) -> str:
    resolved = path.resolve()
    here = Path.cwd()
    return resolved.relative_to(here).as_posix() if resolved.is_relative_to(here) else path.name


def _subject(settings: Mapping[str, Any]) -> str:
    """The folder of a report on one subject: a report with options of its own."""
    named = ", ".join(f"{name}={value}" for name, value in sorted(settings.items()))
    return slug(named) if named else ""


def _write(
    executed: Any,
    notebook: Notebook,
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    browser: str,
) -> Mapping[str, Any]:
    """Write what is made from the executed notebook, the manifest last."""
    from pmanalytics.reporting.manifest import MANIFEST, manifest_json
    from pmanalytics.reporting.page import page_html
    from pmanalytics.reporting.story import kept_notebook, read_story
    from pmanalytics.reporting.summary import summary_text

    story = read_story(executed, title=notebook.title, parameters=parameters)
    texts = {
        "notebook.ipynb": kept_notebook(executed, parameters=parameters),
        "report.html": page_html(story),
        "summary.md": summary_text(story),
    }
    try:
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        if browser:
            _print(story, folder, browser)
        (folder / MANIFEST).write_text(
            manifest_json(story, folder, name=notebook.name), encoding="utf-8", newline="\n"
        )
    except OSError as problem:
        raise ReportError(
            f"The report could not be written ({problem.strerror}); free some space and try again."
        ) from problem
    return story.about


def _print(story: Any, folder: Path, browser: str) -> None:
    charts = sum(block.figure is not None for block in story.blocks)
    day = str(story.about.get("as_of", ""))
    print_page(
        folder / "report.html", folder / "report.pdf", browser=browser, charts=charts, day=day
    )
