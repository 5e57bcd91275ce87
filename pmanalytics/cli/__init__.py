"""The command line: each verb is one public function of the package, and no more.

pandas and the rest of the package are imported inside the verbs, so that the help answers at once.
"""

import os
import sys
from contextlib import suppress

import click

from pmanalytics.cli.data_verbs import check, init, read, sample
from pmanalytics.cli.lab_verb import lab
from pmanalytics.cli.metric_verbs import list_, metrics
from pmanalytics.cli.options import WIDTH
from pmanalytics.cli.page_verbs import agenda, owners, policy
from pmanalytics.cli.report_verbs import report
from pmanalytics.cli.store_verbs import history, ingest
from pmanalytics.cli.streams import sound_streams
from pmanalytics.cli.workbook_verbs import workbook
from pmanalytics.errors import PmanalyticsError

__all__ = ["main", "verbs"]

CONTEXT = {"help_option_names": ["-h", "--help"], "terminal_width": WIDTH}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="pmanalytics")
def verbs() -> None:
    """Are the action items of postmortems done in time, and who owns them?"""


_VERBS = (
    init, report, read, check, metrics, policy, owners, agenda, workbook, ingest, history, lab,
    sample, list_,
)  # fmt: skip
for verb in _VERBS:
    verbs.add_command(verb)


def main() -> None:
    """Run the command line; an error is one sentence and its exit code."""
    # It takes most of a second to load, for a check of addresses in JSON that nothing here makes.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    sound_streams()
    output = sys.stdout
    try:
        verbs.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        _stop(problem.format_message(), problem.exit_code)
    except PmanalyticsError as problem:
        _stop(str(problem), problem.exit_code)
    except SystemExit:
        # Where the reader went away, click puts another output here; its code is that of a check.
        if sys.stdout is not output:
            _discard_output()
            sys.exit(2)
        raise
    except BrokenPipeError:
        _discard_output()
        sys.exit(2)
    except OSError as problem:
        _discard_output()
        place = problem.filename or "The output"
        _stop(f"{place} cannot be used ({problem.strerror}); make room or name another place.", 2)


def _stop(sentence: str, code: int) -> None:
    click.echo(f"pmanalytics: {' '.join(sentence.split())}", err=True)
    sys.exit(code)


def _discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process is quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
