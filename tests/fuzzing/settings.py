"""Configurations made from the types of the settings: nearly right, with something else in places."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pmanalytics.settings import Settings
from pmanalytics.tables import TABLES

__all__ = ["other_settings", "toml"]

# What is right in most places comes first.
TEXTS: Final = (
    "items.csv", "incidents.csv", "teams.csv", "*.csv", "*", "[", "", ".", "jira_csv", "table", "mapped",
    "Europe/Berlin", "UTC", "Mars/Base", "../UTC", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%", "%Q", "%Z%z", "sev1",
    "sev-?([0-5])", "(", "(.*)", ".*", "", "(?P<x>a)|b", "((((a*)*)*)*)b", "open", "team", "key", "title",
    "state", "Payments", "own:PAY-1", "PAY-1", "DE", "XX", "quarterly", "2026Q3", "2026-02-30", "é\u202e", "\\",
    "x" * 200, "\x7f", "pseudonyms", "created_at", "labels", "INC-1",
)  # fmt: skip
# What is meant by a key with text, where most texts would be refused at once.
MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "timezone": ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"),
    "date_formats": ("%Y-%m-%d", "%d.%m.%Y %H:%M", "%", "%Q", "%Z%z", "%s", "%y", "x", "%H:%M"),
    "path": ("items.csv", "incidents.csv", "*.csv", "*"),
    "tracker": ("table", "mapped", "jira_csv", "postmortem_md", "github"),
    "severity": ("sev-?([0-5])", "(.*)", "", "(?P<x>a)|b", "a(b)?", "sev1", "(a)(b)"),
    "date": ("([0-9]{8})", "(.*)", "", "[0-9]+", "(x)?2026", "([0-9]{3})"),
    "kind": ("(prevent|detect)", "(.*)", "", "prevent"),
    "country": ("DE", "US", "XX", ""),
    "decisions": ("decisions.csv", "items.csv", "."),
    "store": ("store", ".", "items.csv"),
    "teams": ("teams.csv", "items.csv"),
    "services": ("teams.csv", "*.csv"),
    "people": ("teams.csv",),
    "attendance": ("incidents.csv",),
    "where": ("open", "done", "", "Payments"),
    "item": ("own:PAY-1", "PAY-2", "x"),
}
NUMBERS: Final = (15, 1, 0, -1, 366, 10**6, 10**9, 2**63, 10**30)
DAYS: Final = (date(2026, 1, 1), date(1, 1, 1), date(9999, 12, 31), date(2026, 7, 2))
COLUMNS: Final = tuple(name for table in ("items", "incidents") for name in TABLES[table].names)


def other_settings(data: bytes, random: Random) -> bytes:
    """The same configuration, some keys of which have other values of their type."""
    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError:
        said = {}
    other = _of_class(Settings, random)
    kept = random.sample(sorted(other), k=min(len(other), random.randint(1, 2)))
    return toml({**said, **{name: other[name] for name in kept}}).encode("utf-8", "replace")


def _of_class(kind: Any, random: Random) -> dict[str, Any]:
    """Some of the keys of a class, those without a default nearly always."""
    hints = get_type_hints(kind, include_extras=True)
    names = [field.name for field in fields(kind) if field.name != "folder"]
    needed = [field.name for field in fields(kind) if field.default is field.default_factory]
    chosen = [name for name in names if random.random() < (0.98 if name in needed else 0.4)]
    said = {_key(hints[name], name): _value(hints[name], random, name) for name in chosen}
    if random.random() < 0.01:
        said[random.choice(TEXTS)] = 1
    return said


def _key(hint: Any, name: str) -> str:
    """How a configuration calls what the settings call otherwise."""
    told = [getattr(more, "alias", None) for more in getattr(hint, "__metadata__", ())]
    return next(filter(None, told), name)


def _value(hint: Any, random: Random, name: str = "") -> Any:
    if random.random() < 0.02:
        return random.choice((*TEXTS, *NUMBERS, *DAYS, True, 1.5, [], {}, [{}], [[]]))
    kind, arguments = get_origin(hint) or hint, get_args(hint)
    if kind in (Annotated, Union, UnionType):
        others = arguments[:1] if kind is Annotated else arguments
        others = [other for other in others if other is not NoneType]
        return _value(random.choice(others), random, name)
    if kind is Literal:
        return random.choice(arguments)
    if kind is tuple:
        return [_value(arguments[0], random, name) for _ in range(random.choice((0, 1, 1, 2)))]
    if isinstance(kind, type) and issubclass(kind, Mapping):
        names = COLUMNS if random.random() < 0.8 else TEXTS
        return {random.choice(names): _value(arguments[1], random, name) for _ in range(2)}
    return _of_class(kind, random) if is_dataclass(kind) else _plain(kind, random, name)


def _plain(kind: Any, random: Random, name: str) -> Any:
    if kind is str and name in MEANT and random.random() < 0.9:
        return random.choice(MEANT[name])
    choices: Mapping[Any, tuple[Any, ...]] = {
        str: TEXTS,
        int: NUMBERS,
        float: (0.0, 1.5, -1.0, float("inf"), float("nan")),
        bool: (True, False),
        date: DAYS,
        datetime: tuple(datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS),
    }
    return random.choice(choices[kind][: random.choice((2, 2, 99))])


def toml(said: Mapping[str, Any]) -> str:
    """A configuration as TOML, its inner tables in one line each."""
    return "".join(f"{json.dumps(name)} = {_written(value)}\n" for name, value in said.items())


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    # A text of TOML is one of JSON, where DEL is escaped as well.
    return repr(value) if isinstance(value, float) else json.dumps(value).replace("\x7f", "\\u007f")
