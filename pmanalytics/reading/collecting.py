"""Collecting: pausing the collector of garbage while millions of values are made.

Values that are decoded refer to nothing that refers back, so the collector finds nothing among
them, and takes half of the time to look.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Iterator[None]:
    """Nothing is collected within; afterwards it is as it was before.

    Examples:
        >>> with without_collector():
        ...     print(gc.isenabled())
        False
        >>> gc.isenabled()
        True
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            # What was made goes to the oldest generation unseen, else it is all looked at now.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
