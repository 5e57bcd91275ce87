"""Pages to publish: the policy, and who owns what, in Markdown and for other programs.

What leaders and teams are asked to go by has to be where they look; these pages are made to be put
there by a scheduled job. Text from an export stays text.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from pmanalytics.datasets import Dataset, decisions_of
from pmanalytics.exchange import SCHEMA, as_csv, cell_text, json_rows
from pmanalytics.metrics.completion import fitting_interval
from pmanalytics.pages import ownermap
from pmanalytics.policy import CLOCK_WORDS, describe_policy
from pmanalytics.publication import publishable
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.trials.policies import parse_tries, try_policy
from pmanalytics.words import DASH, INTERVALS, counted, group_name, percent, plain

__all__ = ["owners_page", "policy_page", "trial_page"]

# Renderers turn addresses and names behind an @ into links by themselves; this parts them unseen.
NO_SPACE: Final = "\N{ZERO WIDTH SPACE}"
_LINKED: Final = re.compile(r"(:(?=//)|www(?=\.)|@)", re.IGNORECASE)
TRIAL: Final = (
    "What could have been kept, not what should be promised: nobody worked towards the days that "
    "are tried."
)


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
    lines = ["# How long action items may take", "", *sample_mark(settings)]
    for version in _versions(settings):
        lines += _version_lines(version)
    if len(waivers):
        lines += ["## Waivers", "", *markdown_table(waivers)]
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


def trial_page(
    data: Dataset, *, as_of: str | date, tries: Iterable[str], form: str = "markdown"
) -> str:
    """The past under another policy, as a page: promises kept, and those that would have been.

    In Markdown or as JSON: the policy in force, the one that is tried, and `try_policy` by
    severity for the last four whole quarters before the as-of date. `tries` are texts for
    `parse_tries`; raises UsageError for one that says no rule.
    """
    policy = data.settings.policy
    tried = parse_tries(tries, policy=policy)
    interval = fitting_interval(snapshot(data, as_of=as_of))
    table = publishable(try_policy(data, as_of=as_of, tries=tried, interval=interval))
    said = {"policy": list(describe_policy(policy)), "tried": list(describe_policy(tried))}
    if form == "json":
        about = {
            "schema": SCHEMA,
            "as_of": str(as_of),
            "label": TRIAL,
            "interval": interval,
            **said,
        }
        return json.dumps({**about, "try_policy": json_rows(table)}, ensure_ascii=False)
    lines = ["# The past under another policy", "", *sample_mark(data.settings)]
    lines += [f"{TRIAL} As of {as_of}. {INTERVALS[interval]}"]
    for title, sentences in (("In force", said["policy"]), ("Tried", said["tried"])):
        lines += ["", f"## {title}", "", *(f"- {markdown_cell(line)}" for line in sentences)]
    nothing = ["Nothing was due in the last four quarters, under either policy."]
    shown = markdown_table(_side_by_side(table)) if len(table) else nothing
    lines += ["", "## Promises kept", "", *shown]
    return "\n".join(lines)


def _side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of a trial as people read them; shares with their limits in one cell."""
    shown = pd.DataFrame(
        {
            "severity": [group_name(value, "severity") for value in table["severity"]],
            "quarter": table["period"],
        }
    )
    for side, words in (("", "in force"), ("tried_", "tried")):
        due, met = table[f"{side}due"], table[f"{side}met"]
        shares = table[[f"{side}attainment", f"{side}low", f"{side}high"]].map(percent)
        shown[f"{words}: kept"] = [f"{k:,} of {n:,}" for k, n in zip(met, due, strict=True)]
        shown[f"{words}: share, 95 % interval"] = [
            share if share == DASH else f"{share}, {low} to {high}"
            for share, low, high in shares.itertuples(index=False)
        ]
    return shown.assign(**{"left out, not due yet": table["not_yet"]})


def owners_page(snapshot: Snapshot, *, form: str = "markdown") -> str:
    """Who owns what, as a page to publish: services without a clear owner on top.

    In Markdown, or as CSV with one row per service, team and role, how many incidents, open and
    overdue items concern the service, and in the column gap what is unclear about its owner:
    service_unowned, unowned_on_purpose, multi_owned, sources_disagree, unknown_team,
    stale_registry. The owner is the one that the most trusted source names. No person is on it.
    """
    table = ownermap.owner_map(snapshot)
    if form == "csv":
        return as_csv(table).rstrip("\n")
    lines = ["# Who owns what", "", *sample_mark(snapshot.settings), *_owners_summary(snapshot)]
    sections = {**_gap_sections(snapshot, table), "Services and their teams": _owned(table)}
    for title, rows in sections.items():
        if len(rows) or title == "Services and their teams":
            lines += ["", f"## {title}", "", *markdown_table(rows)]
    return "\n".join(lines)


def _owners_summary(snapshot: Snapshot) -> list[str]:
    """How many services there are, and how many of them have which gap."""
    gaps = ownermap.service_gaps(snapshot)
    counts = ownermap.service_counts(snapshot).reindex(gaps.index, fill_value=0)
    if gaps.empty:
        return [f"As of {snapshot.as_of}. No registry was read that names services."]
    clear = int((~gaps.any(axis=1)).sum())
    rows = [
        {
            "what is unclear": said,
            "services": int(gaps[code].sum()),
            **counts.loc[gaps[code], _shown_counts(snapshot)].sum(),
        }
        for code, said in ownermap.MAP_GAPS.items()
    ]
    organisation = markdown_cell(snapshot.settings.organisation or "")
    work = (
        " Incidents are counted up to this day, action items as they stand on it."
        if ownermap.has_work(snapshot)
        else " No items or incidents were read, so that nothing is counted."
    )
    where = f"{organisation}, as of" if organisation else "As of"
    return [
        f"{where} {snapshot.as_of}. Of {counted(len(gaps), 'service')}, {clear:,} "
        f"{'has' if clear == 1 else 'have'} a clear owner.{work}",
        "",
        "## What is unclear",
        "",
        *markdown_table(pd.DataFrame(rows)),
    ]


def _shown_counts(snapshot: Snapshot) -> list[str]:
    return list(ownermap.COUNTS) if ownermap.has_work(snapshot) else []


def _gap_sections(snapshot: Snapshot, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The services with each gap, those on which most hangs first."""
    counts = _shown_counts(snapshot)
    gap = ";" + table["gap"].fillna("") + ";"
    of_gap = {
        code: table[gap.str.contains(f";{code};", regex=False)].sort_values(
            ["open_items", "incidents", "service"], ascending=[False, False, True], kind="stable"
        )
        for code in ownermap.MAP_GAPS
    }
    listed = of_gap["service_unowned"]["service"].isin(snapshot.services["service"])
    unowned = of_gap["service_unowned"].assign(
        **{"in the registry": listed.map({True: "yes", False: "no"})}
    )
    several = of_gap["multi_owned"]
    disagreeing = of_gap["sources_disagree"].drop_duplicates("service")
    disagreeing = disagreeing.merge(ownermap.conflicts(snapshot), on="service")
    stale = of_gap["stale_registry"].drop_duplicates(["service", "team"])
    return {
        "Services that nobody owns": unowned[["service", "in the registry", "product", *counts]],
        "Services that are unowned on purpose": of_gap["unowned_on_purpose"][
            ["service", "product", *counts]
        ],
        "Services with several owners": _joined(several)[["service", "teams", *counts]],
        "Services on which sources disagree": disagreeing.rename(
            columns={"owners": "owner that counts", "said": "other teams"}
        )[["service", "owner that counts", "other teams", *counts]],
        "Teams that the registry does not know": ownermap.unknown_teams(snapshot),
        "Owners not confirmed for a year": stale[["service", "team", "verified_on", *counts]],
    }


def _joined(owned: pd.DataFrame) -> pd.DataFrame:
    """One row per service, with all its teams in one text."""
    role = (" (" + owned["role"] + ")").fillna("")
    teams = (owned["team"] + role).groupby(owned["service"]).agg(", ".join)
    return owned.drop_duplicates("service").assign(teams=owned["service"].map(teams))


def _owned(table: pd.DataFrame) -> pd.DataFrame:
    """The owners of services, with words for what is left out."""
    owned = table.dropna(subset=["team"])
    owned = owned.assign(
        role=owned["role"].fillna("build and operate"), source=owned["source"].fillna("own list")
    )
    return owned[["service", "team", "role", "product", "source", "verified_on"]]


def sample_mark(settings: Settings) -> list[str]:
    return ["**SAMPLE DATA**: an invented organisation.", ""] if settings.sample else []


def markdown_table(table: pd.DataFrame) -> list[str]:
    if table.empty:
        return ["None."]
    head = [
        f"| {' | '.join(str(name).replace('_', ' ') for name in table)} |",
        "|---" * table.shape[1] + "|",
    ]
    rows = [[markdown_cell(cell_text(value)) for value in row.values()] for row in json_rows(table)]
    return head + [f"| {' | '.join(row)} |" for row in rows]


def markdown_cell(text: str) -> str:
    r"""Text that stays text in a Markdown table: no address becomes a link, and no @ a mention.

    Examples:
        >>> markdown_cell("a | [b](c)")
        'a \\| \\[b\\]\\(c\\)'
        >>> markdown_cell("https://x.example @all").replace(NO_SPACE, ".")
        'https:.//x.example @.all'
    """
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", plain(text))
    escaped = _LINKED.sub(rf"\1{NO_SPACE}", escaped)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
