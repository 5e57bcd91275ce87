"""The configuration: `pmanalytics.toml` as frozen dataclasses.

Everything is optional, paths are relative to the file, and a key that nobody knows is an error that
names the nearest one, because a mistyped key would otherwise be a setting silently ignored.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pmanalytics.errors import ConfigurationError, nearest
from pmanalytics.policy import DEFAULT_POLICY, Policy, PolicyVersion, Rule, Waiver
from pmanalytics.tables import TABLES

__all__ = [
    "Calendar",
    "Labels",
    "RegistryFiles",
    "ReportEntry",
    "Settings",
    "Source",
    "holiday_days",
    "load_settings",
]

CONFIGURATION_FILE: Final = "pmanalytics.toml"
State = Literal["open", "done", "dropped"]
ActionKind = Literal["prevent", "detect", "mitigate", "process", "other"]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _said_of_persons(value: object) -> object:
    if value in (True, False, "pseudonyms"):
        return value
    raise ConfigurationError(
        f"'persons' must be true, false or \"pseudonyms\", not {shorten(repr(value), 60)}."
    )


Persons = Annotated[bool | Literal["pseudonyms"], BeforeValidator(_said_of_persons)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Files of one system, and what its words mean."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    path: Texts = ()
    name: str | None = None
    tracker: str | None = None
    table: Literal["items", "incidents"] | None = None
    timezone: str | None = None
    observed_at: datetime | None = None
    date_formats: Texts = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    kinds: Mapping[str, ActionKind] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Labels:
    """How labels tie a ticket to its incident: regular expressions that fit a whole label."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    severity: str = r"sev-?([0-5])"
    date: str = r"(\d{8})"
    kind: str = r"(prevent|detect|mitigate|process)"


@dataclass(frozen=True, kw_only=True)
class RegistryFiles:
    """Where it is written who owns what, and who came to the reviews."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    services: Texts = ()
    teams: Texts = ()
    people: Texts = ()
    attendance: Texts = ()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days that are no business days."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    holidays: tuple[date, ...] = ()
    country: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportEntry:
    """A report that is made when none is named."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    name: str
    period: str | None = None
    each: str | None = None
    set: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that `pmanalytics.toml` can say, with its defaults."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    organisation: str = ""
    timezone: str = "UTC"
    decisions: str | None = None
    store: str | None = None
    persons: Persons = False
    sample: bool = False
    sources: Annotated[tuple[Source, ...], Field(alias="source")] = ()
    labels: Labels = Labels()
    registry: RegistryFiles = RegistryFiles()
    calendar: Calendar = Calendar()
    versions: Annotated[tuple[PolicyVersion, ...], Field(alias="policy")] = DEFAULT_POLICY.versions
    waivers: Annotated[tuple[Waiver, ...], Field(alias="waiver")] = ()
    reports: Annotated[tuple[ReportEntry, ...], Field(alias="report")] = ()
    folder: Annotated[Path, Field(exclude=True)] = Path()

    @property
    def policy(self) -> Policy:
        """The policy: all its versions."""
        return Policy(self.versions)


_KEYS: Final[Mapping[str, type]] = {
    "source": Source,
    "labels": Labels,
    "registry": RegistryFiles,
    "calendar": Calendar,
    "policy": PolicyVersion,
    "rules": Rule,
    "waiver": Waiver,
    "report": ReportEntry,
}
_RULE_EXAMPLE: Final = 'rules = [{severity = "sev1", days = 15}]'
# What must stand there, by the beginning of the name that the validator has for the fault.
_WANTED: Final[Mapping[str, str]] = {
    "int_": "a whole number",
    "float_": "a number",
    "string_": "text in quotes",
    "bool_": "true or false",
    "date_": "a date like 2026-10-12",
    "datetime_": "a moment like 2026-10-12T06:00:00Z",
    "tuple_": "a list in [ ], or tables in [[ ]]",
    "dict_": "a table of names and values",
    "dataclass_": "a table of names and values",
}
_SCALARS: Final = ("str", "int", "float", "bool")
_MOST_SHOWN: Final = 60
_UNKNOWN_KEY: Final = ("unexpected_keyword_argument", "extra_forbidden")
_TOP_KEYS: Final = (
    "organisation", "timezone", "decisions", "store", "persons", "sample", "source", "labels",
    "registry", "calendar", "policy", "waiver", "report",
)  # fmt: skip


def load_settings(path: str | Path) -> Settings:
    """Read a configuration file.

    Raises ConfigurationError when the file is missing, is no TOML, holds an unknown key, or says
    something that cannot be meant: the sentence names the file and the key.
    """
    path = Path(path)
    try:
        settings = _validated(tomllib.loads(path.read_text("utf-8-sig")), path)
    except OSError as problem:
        raise ConfigurationError(
            f"The configuration {path} cannot be read ({problem.strerror}); give another --config, "
            "or draft one from your exports with 'pmanalytics init FILE ...'."
        ) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigurationError(
            f"{path} is not valid TOML: {problem}; mend that line."
        ) from problem
    except RecursionError as problem:
        raise ConfigurationError(
            f"{path} has values within values, far deeper than any setting; mend it."
        ) from problem
    _check(settings, path)
    return replace(settings, folder=path.resolve().parent)


def _validated(written: dict[str, Any], path: Path) -> Settings:
    if "folder" in written:
        raise _unknown(("folder",), path)
    try:
        return TypeAdapter(Settings).validate_python(written)
    except ValidationError as problem:
        faults = problem.errors(include_url=False)
        # A mistyped key also makes the right one missing; the mistyped one is the cause.
        first = next((fault for fault in faults if fault["type"] in _UNKNOWN_KEY), faults[0])
        location = tuple(part for part in first["loc"] if part != "function-before[_listed()]")
        if first["type"] in _UNKNOWN_KEY:
            raise _unknown(location, path) from problem
        raise ConfigurationError(f"{path}: {_fault(first, location)}.") from problem
    except ConfigurationError as problem:
        raise ConfigurationError(f"{path}: {problem}") from problem


def _fault(fault: ErrorDetails, location: tuple[int | str, ...]) -> str:
    """What is wrong with one value, in our words: the place, and what must stand there."""
    kind, value = fault["type"], fault["input"]
    if kind == "missing" and location[-1] == "rules":
        return f"{_place(location[:-1])} has no rules; add at least one, like {_RULE_EXAMPLE}"
    if kind == "missing":
        return f"{_place(location)} is missing; add it"
    wanted = next((words for prefix, words in _WANTED.items() if kind.startswith(prefix)), "")
    if kind == "literal_error":
        wanted = f"one of {fault['ctx']['expected']}"
    if isinstance(location[-1], str) and location[-1] in _SCALARS and "set" in location:
        location, wanted = location[:-1], "text, a number, true or false"
    if not wanted:
        return f"{_place(location)}: {fault['msg']}"
    shown = str(value) if isinstance(value, (date, int, float)) else repr(value)
    return f"{_place(location)} must be {wanted}, not {shorten(shown, _MOST_SHOWN)}"


def _unknown(location: tuple[int | str, ...], path: Path) -> ConfigurationError:
    containers = [part for part in location[:-1] if isinstance(part, str)]
    known = _TOP_KEYS if not containers else [f.name for f in fields(_KEYS[containers[-1]])]
    hint = nearest(str(location[-1]), list(known))
    return ConfigurationError(f"{path}: unknown key {_place(location)}{hint}")


def _place(location: tuple[int | str, ...]) -> str:
    """The path of a key in words: source number 2, fields, team."""
    words = ""
    for part in location:
        words += (
            f" number {part + 1}" if isinstance(part, int) else f"{', ' if words else ''}{part!r}"
        )
    return words


def _check(settings: Settings, path: Path) -> None:
    """Refuse what has the right type and still cannot be meant."""
    try:
        Policy(settings.versions)
    except ConfigurationError as problem:
        raise ConfigurationError(f"{path}: {problem}") from problem
    zones = [settings.timezone, *(source.timezone for source in settings.sources)]
    for zone in zones:
        if zone is not None:
            _check_zone(zone, path)
    for name in ("severity", "date", "kind"):
        try:
            re.compile(getattr(settings.labels, name))
        except re.error as problem:
            raise ConfigurationError(
                f"{path}: the pattern of 'labels', {name!r} is no regular expression ({problem})."
            ) from problem
    try:
        holiday_days(settings.calendar)
    except ConfigurationError as problem:
        raise ConfigurationError(f"{path}: 'calendar', 'country': {problem}") from problem
    known = {column for table in ("items", "incidents") for column in TABLES[table].names}
    for number, source in enumerate(settings.sources, start=1):
        for column in source.fields:
            if column not in known:
                hint = nearest(column, sorted(known))
                raise ConfigurationError(
                    f"{path}: 'source' number {number}, 'fields' names the column {column!r}, "
                    f"which no table has{hint}"
                )


def _check_zone(zone: str, path: Path) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as problem:
        raise ConfigurationError(
            f"{path}: {zone!r} is no time zone; write one like 'Europe/Berlin' or 'UTC'."
        ) from problem


def holiday_days(calendar: Calendar) -> tuple[date, ...]:
    """List the days that are no business days, those of the configured country included.

    Raises ConfigurationError when a country is configured and the package `holidays` is missing
    or does not know it.

    Examples:
        >>> holiday_days(Calendar(holidays=(date(2026, 1, 1),)))
        (datetime.date(2026, 1, 1),)
    """
    if calendar.country is None:
        return calendar.holidays
    try:
        import holidays
    except ImportError as problem:
        raise ConfigurationError(
            "Holidays of a country need the package 'holidays'; "
            "install pmanalytics[calendars] or list the days under [calendar] holidays."
        ) from problem
    try:
        known = holidays.country_holidays(calendar.country, years=range(2000, 2051))
    except NotImplementedError as problem:
        raise ConfigurationError(
            f"The package 'holidays' knows no country {calendar.country!r}; use a code like 'DE'."
        ) from problem
    return tuple(sorted({*calendar.holidays, *known}))
