"""A store of very many items, written part by part as ingesting writes it, but without any CSV."""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.store.layout import Store
from pmanalytics.store.ledgers import Ledger
from pmanalytics.store.writing import door, keep_export, made_store
from pmanalytics.tables import DTYPES, conform, empty
from pmanalytics.trackers import FileTables
from tests.benchmarks.worlds import SERVICES, TEAMS, incidents

AS_OF: Final = "2026-10-12"
OBSERVED: Final = pd.Timestamp("2024-07-01", tz="UTC")
DAYS: Final = 833  # over which incidents begin and exports are made
ITEMS_PER_INCIDENT: Final = 500
RARE: Final = 4000  # one of so many items is a twin of the one before, and one a duplicate
SEEN_AGAIN: Final = 50  # one of so many items is in the next export as well, and done there
VERBS: Final = ("Add", "Fix", "Remove", "Document", "Rehearse", "Limit", "Alert on", "Test", "Move")
CONFIGURATION: Final = """organisation = "Huge"
store = "store"
decisions = "decisions.csv"
[registry]
services = "services.csv"
teams = "teams.csv"
people = "people.csv"
"""


def write_huge(folder: Path, *, items: int, exports: int, buckets: int) -> Path:
    """A configuration with a store of some items in some exports; returns its path.

    Each export is of one day and holds items of its own, and some of the export before, which are
    done by now. Some items are twins of the one before them, or duplicates of it, most of them in
    other buckets; `left` says how many items are left when they are merged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_registry(folder)
    known = incidents(max(items // ITEMS_PER_INCIDENT, 1))
    each = -(-items // exports)
    with door(folder / "store"):
        store = made_store(folder / "store", buckets=buckets)
        _keep(store, 1, "incidents", known, OBSERVED)
        for number in range(exports):
            first, last = number * each, min((number + 1) * each, items)
            made = _made_on(number, exports)
            own = _items(first, last, known, made)
            frames = [own]
            if number:
                before = _items(first - each, first, known, _made_on(number - 1, exports))
                frames.append(_done(before.iloc[::SEEN_AGAIN], made))
            held = pd.concat(frames, ignore_index=True)
            _keep(store, number + 2, "items", held, made)
    config = folder / "pmanalytics.toml"
    config.write_text(CONFIGURATION, "utf-8")
    return config


def left(items: int) -> int:
    """How many items of such a store are left when twins and duplicates are merged."""
    number = np.arange(items)
    return items - int((_twins(number) | _duplicates(number)).sum())


def _made_on(number: int, exports: int) -> pd.Timestamp:
    # The last export is made on the as-of day, and an item is never older than its export.
    return pd.Timestamp(AS_OF, tz="UTC") - pd.Timedelta(
        DAYS // exports * (exports - 1 - number), "D"
    )


def _twins(number: np.ndarray) -> np.ndarray:
    return number % RARE == 1


def _duplicates(number: np.ndarray) -> np.ndarray:
    return number % RARE == 3


def _items(first: int, last: int, known: pd.DataFrame, made: pd.Timestamp) -> pd.DataFrame:
    """The items of some numbers, as an export says them that was made on some day."""
    rng = np.random.default_rng(first)
    number = np.arange(first, last)
    # A twin is of the incident, team and project of the item before it.
    alike = number - _twins(number)
    begun = max(int((known["resolved_at"] < made).sum()), 1)
    place = (alike * 7919) % begun
    began = known["resolved_at"].to_numpy(dtype="datetime64[us]")[place]
    frame = {
        **_named(number, alike),
        **_lived(began, made.to_datetime64().astype("datetime64[us]"), _duplicates(number), rng),
        **_connected(number, place, known["incident_id"].to_numpy(dtype=object)),
        "observed_at": made,
    }
    return conform(pd.DataFrame(frame), "items")


def _named(number: np.ndarray, alike: np.ndarray) -> dict[str, object]:
    """What items are called, and who has them; `alike` is the number of the item they resemble."""
    keys = pc.binary_join_element_wise("OPS", pa.array(number).cast(pa.string()), "-")
    return {
        "item_id": pd.array(pc.binary_join_element_wise("jira", keys, ":"), dtype="str"),
        "source": "jira",
        "key": pd.array(keys, dtype="str"),
        "url": pd.array(pc.binary_join_element_wise("https://x.example/", keys, ""), dtype="str"),
        "title": pd.array(_titles(alike, alike < number), dtype="str"),
        "kind": np.array(["prevent", "detect", "mitigate", None], dtype=object)[number % 4],
        "owners": _lists(np.array([f"Person {n}" for n in range(500)]), number % 500),
        "team": np.array([*TEAMS, None], dtype=object)[alike % (len(TEAMS) + 1)],
        "project": "OPS",
        "planned": np.array(["Sprint 1", None, None], dtype=object)[number % 3],
        "labels": _lists(np.array(["postmortem", "sev2", "sev1"]), number % 3),
    }


def _lived(
    began: np.ndarray, made: np.datetime64, double: np.ndarray, rng: np.random.Generator
) -> dict[str, object]:
    """States and dates of items whose incidents are over, until an export is made; doubles are dropped."""
    minute = np.timedelta64(60, "s")
    created = began + rng.integers(0, 8000, len(began)) * minute
    created = np.minimum(created, made).astype("datetime64[us]")
    closed = created + rng.lognormal(10.3, 1.0, len(began)).astype(np.int64) * minute
    closed = closed.astype("datetime64[us]")
    shut = double | (closed < made) & (rng.random(len(began)) < 0.85)
    dropped = double | (rng.random(len(began)) < 0.2)
    closed_at = pd.Series(np.minimum(closed, made)).where(shut)
    return {
        "state": np.where(shut, np.where(dropped, "dropped", "done"), "open"),
        "created_at": pd.Series(created).dt.tz_localize("UTC"),
        "closed_at": closed_at.dt.tz_localize("UTC"),
        "updated_at": closed_at.fillna(pd.Series(created)).dt.tz_localize("UTC"),
    }


def _connected(number: np.ndarray, place: np.ndarray, incidents: np.ndarray) -> dict[str, object]:
    """The incidents of items, and the items that they double."""
    linked = number % 20 == 7  # and names its incident in a link instead of a field
    before = pc.binary_join_element_wise("jira:OPS", pa.array(number - 1).cast(pa.string()), "-")
    return {
        "incident_id": np.where(linked, None, incidents[place]),
        "links": _lists(np.append(incidents, None), np.where(linked, place, len(incidents))),
        "duplicate_of": pd.Series(pd.array(before, dtype="str")).where(_duplicates(number)),
    }


def _titles(alike: np.ndarray, twin: np.ndarray) -> pa.Array:
    """Titles of their own, those of twins in capitals and with a full stop."""
    verbs = pa.array(VERBS).take(pa.array(alike % len(VERBS)))
    numbers = pa.array(alike).cast(pa.string())
    plain = pc.binary_join_element_wise(verbs, "the alert of queue", numbers, " ")
    loud = pc.binary_join_element_wise(pc.utf8_upper(plain), ".", "")
    return pc.if_else(pa.array(twin), loud, plain)


def _lists(words: np.ndarray, place: np.ndarray) -> pd.Series:
    """A column of lists with one word each."""
    told = pa.array(words, pa.string()).take(pa.array(place))
    ends = pa.array(np.arange(len(place) + 1), pa.int32())
    lists = pa.ListArray.from_arrays(ends, told)
    return pd.Series(pd.array(lists, dtype=DTYPES["texts"]))


def _done(items: pd.DataFrame, made: pd.Timestamp) -> pd.DataFrame:
    """Items as a later export says them: what was open is done, and put off before."""
    fresh = items["state"].eq("open").to_numpy(dtype=bool)
    day = (made - pd.Timedelta(1, "D")).as_unit("us")
    return items.assign(
        state=items["state"].mask(fresh, "done"),
        closed_at=items["closed_at"].mask(fresh, day),
        updated_at=items["updated_at"].mask(fresh, day),
        promised_on=made.tz_localize(None).normalize().as_unit("us"),
        observed_at=made,
    )


def _write_registry(folder: Path) -> None:
    rng = np.random.default_rng(5)
    owning = {"service": SERVICES, "team": rng.choice(TEAMS, len(SERVICES))}
    persons = [f"Person {number}" for number in range(500)]
    people = {"person": persons, "team": rng.choice(TEAMS, len(persons))}
    teams = {"team": TEAMS, "project": [f"P{number}" for number in range(len(TEAMS))]}
    decided = {"decided_on": "2026-01-01", "subject": [f"OPS-{n}" for n in range(5, 40, 9)]}
    decided |= {"kind": "waiver", "until": "2026-12-01", "reason": "waits for the vendor"}
    for name, table in (
        ("services", owning), ("teams", teams), ("people", people), ("decisions", decided),
    ):  # fmt: skip
        pd.DataFrame(table).to_csv(folder / f"{name}.csv", index=False)


def _keep(store: Store, number: int, table: str, rows: pd.DataFrame, made: pd.Timestamp) -> None:
    name = f"{table}-{number}"
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    frame = rows.assign(row=pd.array(np.arange(2, len(rows) + 2), dtype="Int64"))
    told = {"name": f"{name}.csv", "format": "table", "source": "jira", "sha256": sha256}
    tables = FileTables(
        **told, rows=len(rows), tables={table: frame}, filtered=0, rejects=empty("rejects"),
        warnings=(), observed_at=made,
    )  # fmt: skip
    ledger = Ledger(
        number=number, sha256=sha256, path=f"{name}.csv", reading="0" * 8, format="table",
        system="jira", observed_at=made.isoformat(), rows=len(rows), filtered=0, warnings=(),
        unread=(), source={}, parts={},
    )  # fmt: skip
    keep_export(store, tables, ledger)
