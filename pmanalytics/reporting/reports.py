"""Making a report: run its notebook, make the page and all else from it, publish the folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pmanalytics.errors import ReportError
from pmanalytics.reporting.folders import publish, slug, staging
from pmanalytics.reporting.planning import Plan
from pmanalytics.reporting.rendering.pdf import print_page

__all__ = ["Progress", "Run", "made", "report"]

Progress = Callable[[str, float], None]
# Whatever executes a notebook: called as `run_notebook` is, it gives the notebook executed.
Run = Callable[..., Any]
NOTEBOOK_SHARE: Final = 0.85  # of the time that a report takes


def report(  # noqa: PLR0913 each is an option of the command
    name: str = "quarterly",
    *,
    config: str | Path | None = None,
    period: str | None = None,
    as_of: str | None = None,
    output: str | Path = "reports",
    settings: Mapping[str, Any] | None = None,
    pdf: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Make a report and return its folder.

    `name` is a report that ships with the package, or the path of a notebook. `config` is a
    configuration file or a folder of exports; without one, the report is on the sample
    organisation. `period` and `as_of` are as in `open_report`; `settings` are the report's own
    options, and put it into a folder of its own beneath. The folder `OUTPUT/PERIOD/NAME` then holds
    report.html, workbook.xlsx, summary.md, notebook.ipynb, tables/ and manifest.json; it is
    replaced as a whole, and stays as it is when it would be made of the same things again, unless
    `force` is true. With `pdf`, an installed Chromium or Chrome prints the page into report.pdf
    beside it. `OUTPUT/index.html` leads to all reports. `progress` is called with a step in words
    and the share done. Raises UsageError for a wrong option, a missing browser or an output folder
    that cannot be written, ReportError when a cell or the browser fails, and what reading raises.
    """
    from pmanalytics.reporting.batches import Job, make_reports

    batch = make_reports(
        Job(name, settings=settings or {}, period=period),
        config=config,
        as_of=as_of,
        output=output,
        pdf=pdf,
        force=force,
        progress=progress,
    )
    for _, problem in batch.failed:
        raise problem
    return (batch.made + batch.unchanged)[0]


def made(planned: Plan, *, run: Run, progress: Progress) -> Path:
    """Make a planned report with what executes its notebook, and return its folder."""
    from pmanalytics.reporting.rendering.page import prepare_page

    notebook = planned.notebook
    with staging(planned.output, slug(notebook.name)) as written:
        progress("starting", 0.0)
        # What it is made from is looked at before it is read: what changes later is not in it.
        planned.inputs.find()
        prepare_page()  # while the notebook's process starts
        executed = run(
            notebook.path,
            planned.running(written),
            progress=lambda heading, share: progress(heading or "starting", NOTEBOOK_SHARE * share),
        )
        progress("writing the page", NOTEBOOK_SHARE)
        folder = planned.folder(_write(executed, planned, written))
        publish(written, folder)
    return folder


def _write(executed: Any, planned: Plan, folder: Path) -> str | None:
    """Write what is made from the executed notebook, the manifest last; returns the period."""
    from pmanalytics.reporting.manifest import MANIFEST, manifest_json
    from pmanalytics.reporting.rendering.page import page_html
    from pmanalytics.reporting.rendering.summary import summary_text
    from pmanalytics.reporting.showing.story import kept_notebook, read_story

    shown = planned.shown
    story = read_story(executed, title=planned.notebook.title, parameters=shown)
    texts = {
        "notebook.ipynb": kept_notebook(executed, parameters=shown),
        "report.html": page_html(story),
        "summary.md": summary_text(story),
    }
    # A file that changed while it was read makes a report that no later look can vouch for.
    period = story.about.get("period")
    sound = planned.inputs.hold(story.about.get("files", ()))
    try:
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        if planned.browser:
            _print(story, folder, planned.browser)
        described = manifest_json(
            story,
            folder,
            name=planned.notebook.name,
            options=planned.subject,
            fingerprint=planned.fingerprint(period) if sound else "",
        )
        (folder / MANIFEST).write_text(described, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise ReportError(
            f"The report could not be written ({problem.strerror}); free some space and try again."
        ) from problem
    return period


def _print(story: Any, folder: Path, browser: str) -> None:
    charts = sum(block.figure is not None for block in story.blocks)
    day = str(story.about.get("as_of", ""))
    print_page(
        folder / "report.html", folder / "report.pdf", browser=browser, charts=charts, day=day
    )
