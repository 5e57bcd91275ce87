"""Pages to publish: the policy, and who owns what, in Markdown and for other programs.

What leaders and teams are asked to go by has to be where they look; these pages are made to be put
there by a scheduled job. Text from an export stays text.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pmanalytics import metrics
from pmanalytics.datasets import decisions_of
from pmanalytics.exchange import SCHEMA, as_csv, cell_text, json_rows
from pmanalytics.metrics.ownership import STALE_DAYS
from pmanalytics.policy import CLOCK_WORDS
from pmanalytics.registry import service_owners
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import plain

__all__ = ["owners_page", "policy_page"]


def policy_page(
    settings: Settings, *, decisions: pd.DataFrame | None = None, form: str = "markdown"
) -> str:
    """The policy as a page to publish, in Markdown or as JSON.

    `decisions` is the table of a dataset or a snapshot, whose waivers are listed; without it,
    they are those of the configuration and of the decisions file that it names.

    Examples:
        >>> print(policy_page(Settings()).splitlines()[0])
        # How long action items may take
    """
    waivers = _waivers(decisions_of(settings) if decisions is None else decisions)
    if form == "json":
        document = {"schema": SCHEMA, "policy": _versions(settings), "waivers": json_rows(waivers)}
        return json.dumps(document, ensure_ascii=False)
    lines = ["# How long action items may take", "", *_sample_mark(settings)]
    for version in _versions(settings):
        lines += _version_lines(version)
    if len(waivers):
        lines += ["## Waivers", "", *_markdown_table(waivers)]
    return "\n".join(lines).rstrip()


def _waivers(decisions: pd.DataFrame) -> pd.DataFrame:
    """The decisions that an item may take longer: item, until, granted, reason."""
    granted = decisions[decisions["kind"].eq("waiver").fillna(value=False).to_numpy(dtype=bool)]
    named = granted.rename(columns={"subject": "item", "decided_on": "granted"})
    return named[["item", "until", "granted", "reason"]]


def _version_lines(version: Mapping[str, Any]) -> list[str]:
    effective = version["effective"]
    return [
        f"## Incidents from {effective} on" if effective else "## All incidents",
        "",
        f"Days are counted from the day on which {version['from']}.",
        "",
        "| applies to | days | counted in |",
        "|---|---|---|",
        *(
            f"| {markdown_cell(rule['applies_to'])} | {rule['days']} | {rule['unit']} days |"
            for rule in version["rules"]
        ),
        "",
        "Everything else has no target.",
        "",
    ]


def _versions(settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "effective": version.effective.isoformat() if version.effective else None,
            "clock": version.clock,
            "from": CLOCK_WORDS[version.clock],
            "rules": [
                {
                    "applies_to": " ".join(rule.conditions.values()) or "every item",
                    **rule.conditions,
                    "days": rule.days,
                    "unit": rule.unit,
                }
                for rule in version.rules
            ],
        }
        for version in settings.policy.versions
    ]


def owners_page(snapshot: Snapshot, *, form: str = "markdown") -> str:
    """Who owns what, as a page to publish: services without a clear owner on top.

    In Markdown, or as CSV with one row per service, team and role, and in the column gap what is
    unclear about the service: service_unowned, multi_owned, stale_registry. No person is on it.
    """
    columns = ["service", "team", "role", "product", "source", "verified_on"]
    table = snapshot.services[columns].sort_values(columns[:3], na_position="first")
    gaps = _service_gaps(snapshot)
    if form == "csv":
        words = [";".join(gaps.columns[row]) or None for row in gaps.to_numpy()]
        named = pd.Series(words, gaps.index, dtype="str")
        table = table.assign(gap=named.reindex(table["service"]).to_numpy())
        return as_csv(table).rstrip("\n")
    of_gap = {
        gap: table[table["service"].isin(gaps.index[gaps[gap]]) & table["team"].notna()]
        for gap in gaps
    }
    sections = {
        "Services that nobody owns": metrics.unowned_services(snapshot),
        "Services with several owners": of_gap["multi_owned"][["service", "role", "team"]],
        "Owners not confirmed for a year": of_gap["stale_registry"][
            ["service", "team", "verified_on"]
        ].drop_duplicates(),
        "Services and their teams": table.dropna(subset=["team"]),
    }
    lines = ["# Who owns what", "", *_sample_mark(snapshot.settings), f"As of {snapshot.as_of}."]
    for title, rows in sections.items():
        lines += ["", f"## {title}", "", *_markdown_table(rows)]
    return "\n".join(lines)


def _service_gaps(snapshot: Snapshot) -> pd.DataFrame:
    """What is unclear about the owners of each service: one column per gap, by service."""
    owners = service_owners(snapshot.services).set_index("service")
    limit = pd.Timestamp(snapshot.as_of) - pd.Timedelta(days=STALE_DAYS)
    return pd.DataFrame(
        {
            "service_unowned": owners["owners"] == 0,
            "multi_owned": owners["multi_owned"],
            "stale_registry": owners["verified_on"] < limit,
        }
    ).astype("bool")


def _sample_mark(settings: Settings) -> list[str]:
    return ["**SAMPLE DATA**: an invented organisation.", ""] if settings.sample else []


def _markdown_table(table: pd.DataFrame) -> list[str]:
    if table.empty:
        return ["None."]
    head = [
        f"| {' | '.join(str(name).replace('_', ' ') for name in table)} |",
        "|---" * table.shape[1] + "|",
    ]
    rows = [[markdown_cell(cell_text(value)) for value in row.values()] for row in json_rows(table)]
    return head + [f"| {' | '.join(row)} |" for row in rows]


def markdown_cell(text: str) -> str:
    r"""Text that stays text in a Markdown table.

    Examples:
        >>> markdown_cell("a | [b](c)")
        'a \\| \\[b\\]\\(c\\)'
    """
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", plain(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
