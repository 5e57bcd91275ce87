"""Chance that falls the same way on every machine and every version of Python.

Only `random.Random.random` is promised to be reproducible, so everything here is made from it.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Dice"]

Option = TypeVar("Option")


class Dice:
    """A seeded source of chance; each part of the sample has one of its own.

    Separate seeds keep a change in one part from moving everything after it.

    Examples:
        >>> Dice("example").between(1, 6) == Dice("example").between(1, 6)
        True
    """

    def __init__(self, seed: str) -> None:
        """Begin with a seed: the name of what is decided."""
        self._random = random.Random(seed).random  # noqa: S311, nothing here is a secret

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in about this share of the throws."""
        return self._random() < share

    def pick(self, options: Sequence[Option]) -> Option:
        """One of the options."""
        return options[self.between(0, len(options) - 1)]

    def shuffled(self, options: Sequence[Option]) -> list[Option]:
        """All options in an order of chance."""
        order = sorted((self._random(), place) for place in range(len(options)))
        return [options[place] for _, place in order]
