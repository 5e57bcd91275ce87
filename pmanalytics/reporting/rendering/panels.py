"""What the page needs to show the list behind a count, and to say how it was counted."""

from collections.abc import Iterable, Mapping
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


def counting_rules(
    lists: Lists | None, exhibits: Iterable[Mapping[str, Any]]
) -> list[tuple[str, list[Rule]]]:
    """How to count again in the files, by the title of the exhibit.

    What no filter of the files can tell is left out. The order is that of the page.
    """
    found = []
    for shown in exhibits:
        columns = (lists or {}).get("lists", {}).get(shown["name"], {}).get("columns", {})
        rules = [
            Rule(
                f"{shown['name']}:{name}",
                columns[name]["label"] or columns[name]["of"],
                f"tables/{columns[name]['of']}.csv",
                columns[name]["where"] or "every row",
            )
            for name in (column["name"] for column in shown["columns"])
            if "where" in columns.get(name, {})
        ]
        if rules:
            found.append((shown["title"], rules))
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
