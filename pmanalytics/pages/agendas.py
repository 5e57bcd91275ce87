"""Agendas: what the review meeting of an incident has to settle about owners, and who is needed.

Ownership is settled in the review, by the teams that may own the work, and not in a report. The
page asks about work; a person is named on it only when that is asked for.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.errors import UsageError, nearest
from pmanalytics.metrics.nominations import MOST_SHOWN, asking, nominated, worth_asking
from pmanalytics.metrics.ownership import ownership_gaps
from pmanalytics.names import fold
from pmanalytics.pages.ownermap import MAP_GAPS, service_gaps
from pmanalytics.pages.publishing import markdown_cell, markdown_table, sample_mark
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import DASH, counted, group_name, percent, plain

__all__ = ["agenda_page"]

MANAGERS: Final = {
    "engineering_manager": "engineering manager",
    "product_manager": "product manager",
}
REPRESENTATIVE: Final = "a representative"
UNOWNED: Final = ("no_owner", "person_only")
MOST_NAMED: Final = 5


def agenda_page(snapshot: Snapshot, incident: str, *, identify: bool = False) -> str:
    """The ownership questions for the review of one incident, and whom to invite.

    In Markdown: the incident; whom to invite, as roles, with who is on record as present; its
    services without one clear owner; each open item whose owner is missing or contested, with what
    shows it and up to three candidate teams (see `candidate_teams`); then other gaps, and items
    with a clear owner. An item of several incidents is on the agenda of each; one whose owner was
    decided is not asked about again.

    Invited are the engineering and the product manager of the teams that own the affected service,
    and a representative of each team whose score is at least half of the best one of an item.
    Managers are named only with `identify`. Raises UsageError for an unknown incident.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> print(pma.agenda_page(q3, "INC-1117").splitlines()[0])
        # Who owns the action items of INC-1117?
    """
    name = incident_named(snapshot, incident)
    own = snapshot.where(items_of_incident(snapshot.items, name))
    open_items = own.items["state"].eq("open").fillna(value=False).to_numpy(dtype=bool)
    asked = open_items & asking(own)
    found = nominated(own, np.flatnonzero(asked))
    found = found.assign(item_id=own.items["item_id"].iloc[found["item"]].array)
    gaps = ownership_gaps(own)
    gaps = gaps.assign(asked=gaps["item_id"].isin(own.items.loc[asked, "item_id"]))
    lines = [
        f"# Who owns the action items of {markdown_cell(name)}?",
        "",
        *sample_mark(snapshot.settings),
        *_summary(own, name, gaps),
        *_invitations(own, name, found, identify=identify),
        *_unclear_services(own, name),
        *_questions(own, name, gaps, found),
        *_section("Other questions", _titled(own, _other(gaps), "what_is_unclear")),
        *_section("Items with a clear owner", _clear(own, gaps)),
    ]
    return "\n".join(lines).rstrip()


def incident_named(snapshot: Snapshot, incident: str) -> str:
    """The incident's id as the data write it, whatever its case and dashes."""
    named = pd.concat([snapshot.incidents["incident_id"], snapshot.items["incident_id"]])
    known = named.dropna().unique().tolist()
    if incident in known:
        return incident
    same = [name for name in known if fold(name) == fold(incident)]
    if len(same) == 1:
        return same[0]
    hint = nearest(incident, known)
    if not hint.startswith("; did you mean"):
        hint = "; 'pmanalytics read --output DIR' writes the ones that are known."
    raise UsageError(f"There is no incident {plain(incident)!r}{hint}")


def items_of_incident(items: pd.DataFrame, name: str) -> pd.Series:
    """Which items came out of an incident, those that another one judges included."""
    position, other = registry.one_row_per_text(items["other_incidents"])
    also = np.zeros(len(items), dtype=bool)
    also[position[other.eq(name).to_numpy(dtype=bool)]] = True
    return items["incident_id"].eq(name).fillna(value=False).astype(bool) | also


def _facts(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """What is known of the incident, missing values left out."""
    rows = snapshot.incidents[snapshot.incidents["incident_id"].eq(name)]
    return rows.iloc[0].drop("causes").dropna().to_dict() if len(rows) else {}


def _summary(snapshot: Snapshot, name: str, gaps: pd.DataFrame) -> list[str]:
    facts = _facts(snapshot, name)
    said = [
        group_name(facts.get("severity"), "severity"),
        f"service {facts['service']}" if "service" in facts else "no service is named",
        f"began on {facts['started_on']:%Y-%m-%d}" if "started_on" in facts else "of unknown date",
    ]
    about = ", ".join(said) + (f": {facts['title']}" if "title" in facts else "")
    return [
        markdown_cell(f"{about}."),
        "",
        f"As of {snapshot.as_of}, {_counts(snapshot.items['state'], gaps)}.",
    ]


def _counts(state: pd.Series, gaps: pd.DataFrame) -> str:
    """How many items of the incident are open, and how many of them ask for an owner."""
    if state.empty:
        return "no action items of it are known"
    still = int(state.eq("open").sum())
    if not still:
        return f"none of its action items is open ({len(state):,} in all): no owner is to be found"
    asked = gaps.loc[gaps["asked"], "item_id"].nunique()
    unowned = gaps.loc[gaps["code"].isin(UNOWNED), "item_id"].nunique()
    said = f"{unowned} without an owning team, {asked - unowned} of contested ownership"
    opened = f"{still} of its {counted(len(state), 'action item')} {'is' if still == 1 else 'are'}"
    return f"{opened} open: {said if asked else 'none of them asks for an owner'}"


def _affected(snapshot: Snapshot, name: str) -> list[str]:
    """The service of the incident, else those of its items."""
    facts = _facts(snapshot, name)
    if "service" in facts:
        return [facts["service"]]
    return sorted(snapshot.items["service"].dropna().unique())


def _invitations(
    snapshot: Snapshot, name: str, found: pd.DataFrame, *, identify: bool
) -> list[str]:
    """Whom to invite, and who is on record as having come."""
    came = _came(snapshot, name)
    rows = [*_managers(snapshot, name), *_representatives(found)]
    for row in rows:
        role, team = row.pop("role"), row["team"]
        if identify:
            row["name"] = _person(snapshot, role, team)
        if len(came):
            here = came["team"].eq(team) | (came["team"].isna() & bool(role))
            here &= came["role"].eq(role) if role else True
            row["on record as present"] = "yes" if here.any() else "no"
    lines = ["", "## Whom to invite", ""]
    lines += markdown_table(pd.DataFrame(rows)) if rows else ["Nothing points to a team."]
    affected = _affected(snapshot, name)
    for service in sorted(set(affected) - {row["service"] for row in _owners(snapshot, name)}):
        lines += ["", f"Nobody owns service {markdown_cell(service)}: no managers to invite."]
    if not affected:
        lines += ["", "No service is named, which would say whose managers to invite."]
    return lines if len(came) else [*lines, "", "Who came to the review is not on record."]


def _came(snapshot: Snapshot, name: str) -> pd.DataFrame:
    """The roles and teams that came to the review."""
    came = snapshot.whole.attendance
    came = came[came["incident_id"].eq(name).fillna(value=False).to_numpy(dtype=bool)]
    spelling = registry.team_spelling(snapshot.whole.teams, snapshot.whole.services)
    role = came["role"].map(lambda word: fold(word).replace("-", "_"), na_action="ignore")
    return came.assign(team=spelling.spell(came["team"]), role=role)


def _owners(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    """The teams that own the affected services, each with a service."""
    claims = registry.service_claims(snapshot.whole.services)
    claims = claims[claims["service"].isin(_affected(snapshot, name))]
    return claims[["team", "service"]].drop_duplicates("team").to_dict("records")


def _managers(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    return [
        {
            "role": role,
            "whom": word,
            "team": owner["team"],
            "why": f"the team owns service {owner['service']}",
        }
        for owner in sorted(_owners(snapshot, name), key=lambda owner: owner["team"])
        for role, word in MANAGERS.items()
    ]


def _representatives(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Somebody of each team that may own an item."""
    return [
        {"role": None, "whom": REPRESENTATIVE, "team": team, "why": f"may own {_some(items)}"}
        for team, items in worth_asking(found).groupby("team")["item_id"]
    ]


def _some(names: pd.Series) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names.head(MOST_NAMED)) + more


def _person(snapshot: Snapshot, role: str | None, team: str) -> str:
    """The manager of a team by name; a representative is for the team to choose."""
    if role is None:
        return "for the team to say"
    teams = snapshot.whole.teams
    names = teams.loc[teams["team"].eq(team).fillna(value=False), role].dropna().unique()
    return ", ".join(sorted(names)) or "not in the registry"


def _unclear_services(snapshot: Snapshot, name: str) -> list[str]:
    """The services of the incident and its open items that lack one clear owner, and what is so."""
    still = snapshot.items["state"].eq("open").fillna(value=False)
    named = {*_affected(snapshot, name), *snapshot.items.loc[still, "service"].dropna()}
    gaps = service_gaps(snapshot.whole)
    gaps = gaps[gaps.index.isin(named) & gaps.any(axis=1)]
    rows = [
        {"service": service, "what_is_unclear": "; ".join(MAP_GAPS[code] for code in codes)}
        for service, codes in ((name, row[row].index) for name, row in gaps.sort_index().iterrows())
    ]
    return _section("Services without one clear owner", pd.DataFrame(rows))


def _questions(snapshot: Snapshot, name: str, gaps: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Each item whose owner is missing or contested: what shows it, and who may own it."""
    asked = gaps[gaps["asked"]]
    unowned = asked.loc[asked["code"].isin(UNOWNED), "item_id"]
    # Those without an owner come first.
    order = pd.concat([unowned, asked["item_id"]]).drop_duplicates()
    items = snapshot.items.set_index("item_id")
    lines: list[str] = ["", "## Items to settle"] if len(order) else []
    for item_id in order:
        item = items.loc[item_id]
        title = f": {markdown_cell(item['title'])}" if pd.notna(item["title"]) else ""
        lines += ["", f"### {markdown_cell(item_id)}{title}", "", *_known(item, name)]
        unclear = gaps.loc[gaps["item_id"].eq(item_id), "evidence"]
        lines += [f"Unclear: {markdown_cell('; '.join(unclear))}.", ""]
        lines += _candidates(found[found["item_id"].eq(item_id)])
    return lines


def _known(item: pd.Series, name: str) -> list[str]:
    """What the reader has to know of an item besides its title."""
    told = []
    if pd.notna(item["team"]):
        told.append(f"Today it counts for team {markdown_cell(item['team'])}.")
    also = item["other_incidents"]
    named = {item["incident_id"], *(also if isinstance(also, list) else [])} - {name}
    others = sorted(other for other in named if isinstance(other, str))
    if others:
        told.append(f"It also came out of {markdown_cell(', '.join(others))}.")
    return [" ".join(told), ""] if told else []


def _candidates(found: pd.DataFrame) -> list[str]:
    shown = found[found["rank"] <= MOST_SHOWN]
    if shown.empty:
        return ["Nothing points to a team."]
    first = "proposed" if shown["proposed"].any() else "too close to call"
    verdict = np.where(shown["rank"].eq(1), first, DASH)
    table = pd.DataFrame(
        {
            "may own it": shown["team"],
            "score": shown["score"].map(percent),
            "verdict": verdict,
            "why": shown["evidence"],
        }
    )
    return markdown_table(table)


def _other(gaps: pd.DataFrame) -> pd.DataFrame:
    """The gaps of items whose owner is not asked for."""
    rest = gaps[~gaps["asked"]]
    said = rest.groupby("item_id", sort=False)["evidence"].agg("; ".join)
    return said.rename("what_is_unclear").reset_index()


def _titled(snapshot: Snapshot, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    named = rows.merge(snapshot.items[["item_id", "title", "team"]], on="item_id")
    return named.rename(columns={"item_id": "item"})[["item", "title", "team", column]]


def _clear(snapshot: Snapshot, gaps: pd.DataFrame) -> pd.DataFrame:
    items = snapshot.items[~snapshot.items["item_id"].isin(gaps["item_id"])]
    clear = items[items["state"].eq("open").fillna(value=False)]
    return clear[["item_id", "title", "team"]].rename(columns={"item_id": "item"})


def _section(title: str, rows: pd.DataFrame) -> list[str]:
    return ["", f"## {title}", "", *markdown_table(rows)] if len(rows) else []
