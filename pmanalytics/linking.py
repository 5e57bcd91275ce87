"""Linking: which incident an item came out of, and which team owns it.

A ticket names its incident in a field or in a link, the incident's document lists it, or its text
or the labels say it that every ticket of a postmortem carries. The rules are tried in that order,
and the one that fired is kept, because a reader who doubts a link has to know where it comes from.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics import registry
from pmanalytics.changes import places
from pmanalytics.labels import (
    days_of,
    severities_of,
    single_value,
)
from pmanalytics.mentions import Directory
from pmanalytics.registry import one_row_per_text
from pmanalytics.settings import Labels
from pmanalytics.tables import TABLES, conform, empty

__all__ = ["link_incidents", "owning_team", "spelled"]

# The rules that find an incident, in the order in which they are believed.
RULES: Final = ("field", "link", "document", "id", "label")
_SEPARATORS: Final = re.compile(r"[;,]")
_TEXTS: Final = pa.list_(pa.string())


def spelled(frame: pd.DataFrame, *, services: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Write the teams and services of items or incidents as the registry does.

    Names that the registry does not know stay as they are.
    """
    return frame.assign(
        team=registry.team_spelling(teams, services).spell(frame["team"]),
        service=registry.service_spelling(services).spell(frame["service"]),
    )


def link_incidents(
    items: pd.DataFrame,
    incidents: pd.DataFrame,
    *,
    labels: Labels,
    timezone: str,
    documented: pd.DataFrame | None = None,
    listed: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the incident that each item came out of.

    The rules, in order: `field` (the mapped field; it may hold several ids joined by `;` or `,`),
    `link` (a link or parent that is an incident), `document` (a postmortem document lists the
    ticket among its action items; `documented` has the columns item_id and incident_id), `id` (an
    incident id as a whole label or a whole word of the title), `label` (severity and date labels
    that fit the local start of exactly one incident). Of several incidents that one rule finds, the
    one that started first judges the item; all others that the ticket names are `other_incidents`.
    A field that names an unknown incident keeps its text.

    Returns the items with incident_id, incident_rule and other_incidents filled, and the incidents
    that labels alone made: without any exported incident, a pair of labels makes one, such as
    `20260312-sev1`, which starts and is resolved on that day, local midnight. Where incidents are
    known from documents only (not `listed`), a pair that fits none of them does so as well; there,
    an incident without a severity fits by its day alone.
    """
    directory = Directory.of(incidents)
    items = items.reset_index(drop=True)
    found = {
        "field": _by_field(items, directory),
        "link": _by_texts(items["links"], directory.named),
        "document": _by_documents(items, documented),
        "id": pd.concat(
            [
                _by_texts(items["labels"], directory.whole),
                _named_in(
                    items["title"].where(directory.possible(items["title"])), directory.mentioned
                ),
            ]
        ),
        "label": _by_labels(items, incidents, labels=labels, timezone=timezone, listed=listed),
    }
    derived = empty("incidents")
    if incidents.empty or not listed:
        certain = pd.concat([found[rule] for rule in RULES if rule != "label"])["item"]
        found["label"] = found["label"][~found["label"]["item"].isin(certain)]
        pairs = found["label"]["incident"]
        derived = _derived(pairs[~pairs.isin(incidents["incident_id"])], timezone)
    found["other"] = _by_texts(items["other_incidents"], directory.spelt)
    named = _ordered(found, pd.concat([incidents, derived]) if len(derived) else incidents)
    return _filled(items, named), derived


def _named_in(written: pd.Series, find: Callable[[str], Sequence[str]]) -> pd.DataFrame:
    """The incidents that a column of texts names: one row per item (its position) and incident."""
    codes, distinct = pd.factorize(written)
    # As a list at once: one by one, pandas makes each text anew in ten times the time.
    found = [find(text) for text in distinct.tolist()]
    each = np.array([len(names) for names in found], dtype=np.int64)
    meaning = pd.DataFrame(
        {
            "text": np.repeat(np.arange(len(found)), each),
            "incident": pd.array(list(chain.from_iterable(found)), dtype="str"),
        }
    )
    said = np.flatnonzero((np.append(each, 0) > 0)[codes])
    naming = pd.DataFrame({"item": said, "text": codes[said]})
    return naming.merge(meaning, on="text")[["item", "incident"]]


def _by_texts(texts: pd.Series, find: Callable[[str], Sequence[str]]) -> pd.DataFrame:
    position, written = one_row_per_text(texts)
    named = _named_in(written, find)
    return named.assign(item=position[named["item"].to_numpy()])


def _by_field(items: pd.DataFrame, directory: Directory) -> pd.DataFrame:
    def find(written: str) -> list[str]:
        whole = directory.whole(written)
        if whole:
            return list(whole)
        parts = [part.strip() for part in _SEPARATORS.split(written)]
        return [name for part in parts if part for name in directory.spelt(part)]

    return _named_in(items["incident_id"], find)


def _by_documents(items: pd.DataFrame, documented: pd.DataFrame | None) -> pd.DataFrame:
    """The incidents of the documents that list an item, by the position of the item."""
    if documented is None or documented.empty:
        return pd.DataFrame({"item": pd.array([], "int64"), "incident": pd.array([], "str")})
    places = pd.DataFrame({"item_id": items["item_id"], "item": np.arange(len(items))})
    pairs = places.merge(documented, on="item_id").rename(columns={"incident_id": "incident"})
    return pairs[["item", "incident"]].astype({"item": "int64", "incident": "str"})


def _by_labels(
    items: pd.DataFrame,
    incidents: pd.DataFrame,
    *,
    labels: Labels,
    timezone: str,
    listed: bool,
) -> pd.DataFrame:
    """The incidents that one severity label and a date label fit; the pair itself without any."""
    position, written = one_row_per_text(items["labels"])
    severity = single_value(position, severities_of(written, labels), items.index)
    dated = pd.DataFrame({"item": position, "day": days_of(written, labels)}).dropna()
    dated = dated.assign(severity=severity.to_numpy()[dated["item"]]).dropna().drop_duplicates()
    pairs = pd.DataFrame(
        {"item": dated["item"], "incident": _pair(dated["day"], dated["severity"])}
    )
    if incidents.empty or pairs.empty:
        return pairs
    # Few days are named, and words for the days of all incidents take long.
    began = incidents["started_at"].dt.tz_convert(timezone)
    near = began.dt.tz_localize(None).dt.normalize().isin(dated["day"].unique())
    incidents, began = incidents[near], began[near]
    fitting = _alone(_pair(began, incidents["severity"]), incidents["incident_id"])
    found = pairs["incident"].map(fitting).astype("str")
    if not listed:
        unsaid = incidents["severity"].isna()
        days = _alone(began.dt.strftime("%Y%m%d")[unsaid], incidents["incident_id"][unsaid])
        of_day = pairs["incident"].str.slice(0, 8).map(days).astype("str")
        found = found.fillna(of_day).fillna(pairs["incident"])
    return pairs.assign(incident=found).dropna()


def _alone(keys: pd.Series, incidents: pd.Series) -> pd.Series:
    """The incident of each key that only one incident has."""
    known = pd.DataFrame({"key": keys.astype("str"), "incident": incidents}).dropna()
    return known[~known["key"].duplicated(keep=False)].set_index("key")["incident"]


def _pair(days: pd.Series, severity: pd.Series) -> pd.Series:
    return days.dt.strftime("%Y%m%d").astype("str") + "-" + severity.astype("str")


def _derived(pairs: pd.Series, timezone: str) -> pd.DataFrame:
    """Incidents made from pairs of labels."""
    names = pd.Series(pairs.unique(), dtype="str").sort_values(ignore_index=True)
    parts = names.str.split("-", n=1)
    midnight = pd.to_datetime(parts.str[0], format="%Y%m%d").dt.tz_localize(
        timezone, ambiguous=np.ones(len(names), dtype=bool), nonexistent="shift_forward"
    )
    moment = midnight.dt.tz_convert("UTC")
    made = {"severity": parts.str[1], "started_at": moment, "resolved_at": moment, "derived": True}
    return conform(pd.DataFrame({"incident_id": names, **made}), "incidents")


def _ordered(found: dict[str, pd.DataFrame], incidents: pd.DataFrame) -> pd.DataFrame:
    """Every incident that an item names, once, the one that judges it first."""
    named = pd.concat(
        [frame.assign(rule=number) for number, frame in enumerate(found.values())],
        ignore_index=True,
    )
    known = incidents.drop_duplicates("incident_id", ignore_index=True)
    place = places(named["incident"], known["incident_id"])
    named["unknown"] = place < 0
    named["started_at"] = known["started_at"].reindex(place).set_axis(named.index)
    order = ["item", "rule", "unknown", "started_at", "incident"]
    ordered = named.sort_values(order, na_position="last", ignore_index=True)
    return ordered.drop_duplicates(["item", "incident"], ignore_index=True)


def _filled(items: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    # What an earlier reading kept as a further incident never judges.
    judging = (named["rule"] < len(RULES)) & ~named["item"].duplicated()
    judge = named[judging].set_index("item")
    rule = judge["rule"].map(dict(enumerate(RULES)))
    others = named[~judging]
    each = np.bincount(others["item"].to_numpy(dtype=np.int64), minlength=len(items))
    lists = pa.ListArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum(each)]), type=pa.int32()),
        pa.array(others["incident"].to_numpy(dtype=object), type=pa.string()),
    )
    incident = judge["incident"].reindex(items.index).astype("str")
    # A table that was read before says by which rule; reading it again must not call that a field.
    told = items["incident_rule"].where(items["incident_id"] == incident)
    return items.assign(
        incident_id=incident,
        incident_rule=told.fillna(rule.reindex(items.index)).astype("str"),
        other_incidents=pd.Series(pd.array(lists, dtype=pd.ArrowDtype(_TEXTS)), index=items.index),
    )[TABLES["items"].names]


def owning_team(
    items: pd.DataFrame, *, services: pd.DataFrame, teams: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Find the team that owns each item, by the first rule that gives one.

    Takes items and the registry of one day. Returns team and team_rule with the index of the items.
    The rules (method, section 7): `item` (its own team, known or not), `project` (the one team
    that works in its project), `service` (the owner of its service), `owner` (the one team of all
    persons assigned), else missing.
    """
    owner = registry.service_owners(services).set_index("service")["team"]
    service = registry.service_spelling(services).spell(items["service"])
    rules = {
        "item": registry.team_spelling(teams, services).spell(items["team"]),
        "project": items["project"].map(registry.project_teams(teams)),
        "service": service.map(owner),
        "owner": _team_of_owners(items["owners"], people),
    }
    team = pd.Series(pd.NA, index=items.index, dtype="str")
    fired = team.copy()
    for rule, found in rules.items():
        fired = fired.mask(team.isna() & found.notna(), rule)
        team = team.fillna(found.astype("str"))
    return pd.DataFrame({"team": team, "team_rule": fired})


def _team_of_owners(owners: pd.Series, people: pd.DataFrame) -> pd.Series:
    """The team of the persons assigned to each item, where they are all in the same one."""
    position, written = one_row_per_text(owners)
    person = registry.people_spelling(people).find(written)
    assigned = pd.DataFrame({"position": position, "person": person}).dropna()
    joined = assigned.merge(registry.person_teams(people), on="person")
    return single_value(joined["position"].to_numpy(), joined["team"], owners.index)
