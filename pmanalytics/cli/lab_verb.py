"""The verb that opens the exploration notebooks in JupyterLab."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from pmanalytics.cli.opening import find_configuration
from pmanalytics.cli.options import config_option, sample_option
from pmanalytics.errors import UsageError

__all__ = ["lab"]

WORDS = {
    "added": "added",
    "refreshed": "refreshed; nobody had edited the older one",
    "unchanged": "unchanged",
    "edited": "edited, and left as it is; rename it to get the one of this version beside it",
}


@click.command(short_help="Explore the data in JupyterLab.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("lab"))
@config_option
@sample_option
@click.option("--copy-only", is_flag=True, help="Copy the notebooks, and start nothing.")
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without a browser.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of JupyterLab.")
def lab(
    folder: Path,
    config: Path | None,
    sample: bool,  # noqa: FBT001
    copy_only: bool,  # noqa: FBT001
    no_browser: bool,  # noqa: FBT001
    port: int | None,
) -> None:
    """Open JupyterLab on notebooks that explore promises, ownership, repeats and the data.

    FOLDER is where your copies of them are, ./lab if you name none. They open the data of the
    configuration. A copy that you edited is never overwritten; one that nobody edited is brought up
    to date. Needs JupyterLab: install pmanalytics[lab].
    """
    if not copy_only:
        _demand_jupyterlab()
    from pmanalytics import exploring

    configured = None if sample else find_configuration(config)
    if configured and not configured.exists():
        raise UsageError(f"There is no {str(configured)!r}; check the path after --config.")
    for name, became in exploring.copy_notebooks(folder, config=configured).items():
        click.echo(f"{folder / name}: {WORDS[became]}")
    if copy_only:
        return
    click.echo("JupyterLab starts now; end it with Ctrl+C.")
    sys.stdout.flush()
    # JupyterLab takes the place of this process, so that Ctrl+C and signals reach it alone.
    os.execv(sys.executable, _command(folder, no_browser=no_browser, port=port))  # noqa: S606


def _demand_jupyterlab() -> None:
    if find_spec("jupyterlab") is None:
        raise UsageError(
            "JupyterLab is not installed; install it with 'pip install \"pmanalytics[lab]\"', or "
            "copy the notebooks for a Jupyter elsewhere with --copy-only."
        )


def _command(folder: Path, *, no_browser: bool, port: int | None) -> list[str]:
    """The command line of JupyterLab, run by the Python that runs now."""
    options = ["--no-browser"] if no_browser else []
    if port:
        options += [f"--ServerApp.port={port}"]
    return [sys.executable, "-m", "jupyterlab", *options, str(folder.resolve())]
