"""Every error that pmanalytics raises on purpose.

A message is one sentence that says what is wrong, where, and what to do, because it is printed as
it is on a command line whose user never asked for a traceback.
"""

__all__ = [
    "ConfigurationError",
    "InputError",
    "PmanalyticsError",
    "ReportError",
    "UsageError",
    "nearest",
]


class PmanalyticsError(Exception):
    """The root of all errors of this package; `exit_code` is what the command line returns."""

    exit_code = 2


class InputError(PmanalyticsError):
    """A file cannot be read as what it claims to be."""


class ConfigurationError(PmanalyticsError):
    """The configuration says something that cannot be meant."""


class UsageError(PmanalyticsError):
    """A function or a command was called with an argument that does not fit."""


class ReportError(PmanalyticsError):
    """A report could not be made."""

    exit_code = 3


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Name the known word that a mistyped one probably meant, as the end of an error sentence.

    Examples:
        >>> nearest("serverity", ["severity", "service"])
        "; did you mean 'severity'?"
        >>> nearest("xyz", ["severity", "service"])
        '; known are: service, severity.'
    """
    # Only an error path needs the matcher, and the command line must start fast.
    from difflib import get_close_matches

    matches = get_close_matches(word, known, n=1)
    if matches:
        return f"; did you mean {matches[0]!r}?"
    return f"; known are: {', '.join(sorted(known))}."
