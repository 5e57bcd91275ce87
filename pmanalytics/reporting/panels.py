"""What the page needs to show the list behind a count, and to say how it was counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Rule", "counted_cells", "counting_rules", "panel_data"]

Lists = Mapping[str, Any]
# What the page's own HTML says already, so that the data need not hold it a second time.
SAID: Final = frozenset({"where"})


@dataclass(frozen=True)
class Rule:
    """How one column of an exhibit can be counted again from the files beside the page."""

    key: str
    label: str
    file: str
    where: str


def counted_cells(lists: Lists | None, name: str) -> dict[str, frozenset[str]]:
    """The columns of an exhibit whose counts lead to a list, each with the rows that do.

    Examples:
        >>> lists = {"lists": {"backlog": {"columns": {"overdue": {"cells": {"0": [3, [0]]}}}}}}
        >>> counted_cells(lists, "backlog")
        {'overdue': frozenset({'0'})}
    """
    if not lists or not name:
        return {}
    columns = lists["lists"].get(name, {}).get("columns", {})
    return {column: frozenset(listed["cells"]) for column, listed in columns.items()}


def counting_rules(lists: Lists | None, titles: Mapping[str, str]) -> list[tuple[str, list[Rule]]]:
    """How to count again in the files, by the title of the exhibit.

    What no filter of the files can tell is left out. `titles` are those of the exhibits, by name,
    in the order of the page.
    """
    found = []
    for name, title in titles.items():
        columns = (lists or {}).get("lists", {}).get(name, {}).get("columns", {})
        rules = [
            Rule(
                f"{name}:{column}",
                listed["label"] or listed["of"],
                f"tables/{listed['of']}.csv",
                listed["where"] or "every row",
            )
            for column, listed in columns.items()
            if "where" in listed
        ]
        if rules:
            found.append((title, rules))
    return found


def panel_data(lists: Lists) -> dict[str, Any]:
    """What the script of the page reads: the lists, and the items and incidents in them."""
    tables = {
        name: {
            **table,
            "columns": {
                column: {key: value for key, value in listed.items() if key not in SAID}
                for column, listed in table["columns"].items()
            },
        }
        for name, table in lists["lists"].items()
    }
    return {"items": lists["items"], "incidents": lists["incidents"], "lists": tables}
