"""Cortex: entities, and the owners that domains hand down."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pmanalytics.catalogs import read_catalog
from pmanalytics.trackers import FileTables

Rows = Callable[..., list[list[object]]]


def test_domains_hand_owners_down(sample: Callable[[str], FileTables], rows: Rows) -> None:
    read = sample("cortex.yaml")
    # ledger: its own owner and the appended one, no fallback; rates: the fallback, which is a
    # person of the team books. leads keep to the domain.
    assert rows(read.tables["services"], "service", "team", "product", "path", "row") == [
        ["ledger", "books", "payments", "example/money/ledger", 11],
        ["ledger", "platform", "payments", "example/money/ledger", 11],
        ["rates", "books", "rates-domain", "", 19],
    ]
    assert rows(read.tables["teams"], "team", "project") == [["books", ""]]
    assert rows(read.tables["people"], "person", "team") == [["cy@example.com", "books"]]
    assert rows(read.rejects, "row", "rule") == [[34, "no_name"]]
    # 3 services, 1 team, 1 person, 2 domains, 1 reject.
    assert (read.rows, read.filtered, read.warnings) == (8, 2, ())


@pytest.mark.parametrize(
    ("own", "above", "teams"),
    [
        ("", "{type: group, name: up}", [""]),
        ("", "{type: group, name: up, inheritance: NONE}", [""]),
        ("", "{type: group, name: up, inheritance: APPEND}", ["up"]),
        ("", "{type: group, name: up, inheritance: fallback}", ["up"]),
        ("{name: own}", "{type: group, name: up, inheritance: APPEND}", ["own", "up"]),
        ("{name: own}", "{type: group, name: up, inheritance: FALLBACK}", ["own"]),
        ("{name: up}", "{type: group, name: up, inheritance: APPEND}", ["up"]),
        ("", "{type: email, email: a@b.example, inheritance: APPEND}", [""]),
        ("{type: group, name: example/team, provider: GITHUB}", "", ["team"]),
    ],
)
def test_an_owner_says_what_it_hands_down(
    own: str, above: str, teams: list[str], tmp_path: Path, rows: Rows
) -> None:
    """The rules are those of Cortex's page on the inheritance of ownership."""
    file = tmp_path / "c.yaml"
    # The domain stands two levels above, and names its child instead of being named.
    file.write_text(
        f"info: {{x-cortex-tag: s, x-cortex-parents: [{{tag: middle}}], x-cortex-owners: [{own}]}}\n"
        "---\ninfo: {x-cortex-tag: middle, x-cortex-type: domain}\n"
        "---\ninfo: {x-cortex-tag: top, x-cortex-type: domain,\n"
        f"  x-cortex-children: [{{tag: middle}}], x-cortex-owners: [{above}]}}\n",
        "utf-8",
    )
    services = read_catalog(file, name="c.yaml").tables["services"]
    assert rows(services, "team") == [[team] for team in teams]


def test_a_parent_that_no_file_describes_is_said(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("info: {x-cortex-tag: s, x-cortex-parents: [{tag: away}]}\n", "utf-8")
    assert read_catalog(file, name="c.yaml").warnings == (
        "1 service of it named a parent that no file describes, and lack the owners that it hands "
        "down: 's'.",
    )


def test_circles_of_domains_end(tmp_path: Path, rows: Rows) -> None:
    file = tmp_path / "c.yaml"
    owner = "x-cortex-owners: [{name: t, inheritance: APPEND}]"
    file.write_text(
        "info: {x-cortex-tag: s, x-cortex-parents: [{tag: a}]}\n"
        "---\ninfo: {x-cortex-tag: a, x-cortex-type: domain, x-cortex-parents: [{tag: b}]}\n"
        f"---\ninfo: {{x-cortex-tag: b, x-cortex-type: domain, {owner},\n"
        "  x-cortex-parents: [{tag: a}]}\n",
        "utf-8",
    )
    assert rows(read_catalog(file, name="c.yaml").tables["services"], "team") == [["t"]]
