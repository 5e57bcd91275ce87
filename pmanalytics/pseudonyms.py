"""Pseudonyms: names that stand for persons, the same in every report of one organisation.

They are worked out with a secret (HMAC-SHA256), so that whoever lacks it cannot try the names of
colleagues until one fits. The secret is taken from the environment and stands in no output.
"""

import hmac
import os
from hashlib import sha256
from typing import Final

from pmanalytics.errors import ConfigurationError
from pmanalytics.names import fold

__all__ = ["SECRET", "mark_of_secret", "pseudonym", "secret"]

SECRET: Final = "PMANALYTICS_SECRET"  # noqa: S105 the name of a variable
LEAST_SECRET: Final = 16  # letters
_DIGITS: Final = 12  # 48 bits: among 10,000 persons two are alike once in 5 million organisations


def secret() -> str:
    """The secret of the organisation, from the environment variable PMANALYTICS_SECRET.

    Raises ConfigurationError when it is missing, or so short that it could be guessed.
    """
    found = os.environ.get(SECRET, "")
    if len(found) < LEAST_SECRET:
        raise ConfigurationError(
            f'Pseudonyms (persons = "pseudonyms") need a secret of at least {LEAST_SECRET} letters '
            f"in the environment variable {SECRET}; set it, the same for every report."
        )
    return found


def pseudonym(person: str, *, key: str) -> str:
    """The pseudonym of a person: the same for every spelling of the name that differs in no letter.

    Examples:
        >>> pseudonym("Ada Byron", key="a secret of sixteen") == pseudonym(
        ...     "ada  byron", key="a secret of sixteen"
        ... )
        True
    """
    return f"person-{_digest(fold(person), key)}"


def mark_of_secret() -> str:
    """What changes with the secret and does not give it away; empty where there is none."""
    found = os.environ.get(SECRET, "")
    return _digest("", found) if found else ""


def _digest(text: str, key: str) -> str:
    made = hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), sha256)
    return made.hexdigest()[:_DIGITS]
