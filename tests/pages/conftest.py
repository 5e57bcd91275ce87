"""What every page to publish must hold, whatever the names in an export are."""

import re
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def lines_without_markup() -> Callable[[str], list[str]]:
    """The lines of a page without what is escaped, after a look for markup and for torn tables."""

    def looked_at(page: str) -> list[str]:
        assert not set("\x1b\r\u202e") & set(page)
        lines = [re.sub(r"\\.", "", line) for line in page.splitlines()]
        width = 0
        for line in lines:
            assert "<" not in line
            assert "`" not in line
            assert "](" not in line
            # Every row of a table has the cells of its header.
            width = (width or line.count("|")) if line.startswith("|") else 0
            assert line.count("|") == width
        return lines

    return looked_at
