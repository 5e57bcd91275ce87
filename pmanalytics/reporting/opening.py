"""The first cell of a report: read, take the snapshot, and say what the report stands on."""

from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from inspect import signature
from typing import Any

import pandas as pd

from pmanalytics import metrics, words
from pmanalytics.checks import check
from pmanalytics.datasets import Dataset, read
from pmanalytics.errors import UsageError, nearest
from pmanalytics.metrics.completion import Interval, fitting_interval
from pmanalytics.metrics.grouping import By
from pmanalytics.policy import describe_policy
from pmanalytics.reporting.ahead import opened_ahead, read_ahead
from pmanalytics.reporting.behind.spans import (
    LAST_PERIOD,
    attainment_per_period,
    last_year,
    returns_in_short,
    snapshot_before,
    span_label,
)
from pmanalytics.reporting.doubts import period_remark, unread_files, warning_sentences
from pmanalytics.reporting.shipped import SAMPLE_FOLDER, shipped_folder
from pmanalytics.reporting.showing.grids import bundle_rows
from pmanalytics.reporting.showing.media import ABOUT_TYPE
from pmanalytics.reporting.subjects import CHOSEN, about_subject
from pmanalytics.snapshots import Snapshot, default_as_of, snapshot
from pmanalytics.trials.comparing import compared

__all__ = ["Report", "open_report"]


@dataclass(frozen=True, eq=False)
class Report:
    """What a report is made from: the data as read, and the snapshot that its figures come from.

    `subject` is the one team, service, product area or incident that it is about, else empty;
    `found` is what `check` finds in the data, and `before` the whole of the period before, where
    these are known already.
    """

    data: Dataset
    snapshot: Snapshot
    subject: str = ""
    # What `on` was asked for: the kind of the subject, and the name to find it again by.
    asked: tuple[str, str] = ("", "")
    found: pd.DataFrame | None = None
    before: Snapshot | None = None

    @cached_property
    def interval(self) -> Interval:
        """The kind of interval that fits the data, for `attainment` and the workbook."""
        return fitting_interval(self.snapshot)

    def about(self) -> dict[str, Any]:
        """What stands at the head and at the foot of the page, as JSON values."""
        settings, files, rejects = self.data.settings, self.data.files, self.data.rejects
        period = self.snapshot.period
        return {
            "title": "Report on action items",
            "subject": words.plain(self.subject),
            "organisation": words.plain(settings.organisation),
            "sample": settings.sample,
            "period": period.name if period else "",
            "period_label": period.label if period else "",
            "as_of": self.snapshot.as_of.isoformat(),
            "timezone": settings.timezone,
            "policy": list(describe_policy(self.snapshot.policy)),
            "method": [words.INTERVALS[self.interval]],
            "period_remark": period_remark(self.snapshot),
            "warnings": self._warnings,
            "files": _records(files),
            "counts": _counts(self),
            "rejects": _records(rejects),
            "reject_count": int(rejects["row"].notna().sum()),
            "unread_files": unread_files(rejects),
        }

    @cached_property
    def previous(self) -> Snapshot:
        """The period before this one, as it was known as long after its end as this one is.

        Two periods of the same length are compared only when both had as much time to be worked
        on; what was entered later does not count.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12")
            >>> report.previous.period.name, str(report.previous.as_of)
            ('2026Q2', '2026-07-12')
        """
        period = self.snapshot.period
        if period is None:
            raise UsageError("A report without a period has no period before it; name one.")
        taken = self.before or snapshot_before(self.data, period, as_of=self.snapshot.as_of)
        if self.subject:
            return about_subject(taken, *self.asked)[0]
        for column, kept in self.snapshot.narrowed:
            taken = taken.where(**{column: kept})
        return taken

    @property
    def has_previous(self) -> bool:
        """Whether there is a period before this one of which anything was known."""
        try:
            known = self.previous.whole
        except UsageError:
            return False
        return len(known.items) + len(known.incidents) > 0

    def table(
        self, metric: str, *, by: By = None, of: Snapshot | None = None, **options: Any
    ) -> pd.DataFrame:
        """The table of a metric, counted once however often it is asked for.

        `report.table("speed", by="severity")` is `pma.speed(report.snapshot, by="severity")`, with
        the kind of interval that fits the data; `of` is another snapshot, such as
        `report.previous`. Raises UsageError for an unknown metric, and what the metric raises.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12")
            >>> report.table("gap_rates")["population"].tolist()
            ['open', 'cohort']
        """
        if metric not in metrics.__all__:
            raise UsageError(f"There is no metric {metric!r}{nearest(metric, metrics.__all__)}")
        function = getattr(metrics, metric)
        if "interval" in signature(function).parameters:
            options = {"interval": self.interval, **options}
        taken = of or self.snapshot
        groups = (by,) if isinstance(by, str) else tuple(by or ())
        key = (metric, taken, groups, *sorted(options.items()))
        if key not in self._tables:
            self._tables[key] = function(taken, by=by, **options)
        # A reader who adds a column must not change what the next one is given.
        return self._tables[key].copy(deep=False)

    @cached_property
    def _tables(self) -> dict[tuple[object, ...], pd.DataFrame]:
        return {}

    def change(self, metric: str, *, by: By = None, **options: Any) -> pd.DataFrame:
        """The table of a metric beside that of the period before, as then known: `compared`.

        Where nothing was known then, the table of this period alone.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12")
            >>> report.change("attainment")["reading"].tolist()
            ['within chance']
        """
        if not self.has_previous:
            return self.table(metric, by=by, **options)

        def known(taken: Snapshot, *, by: By) -> pd.DataFrame:
            return self.table(metric, by=by, of=taken, **options)

        return compared(known, now=self.snapshot, before=self.previous, by=by)

    @cached_property
    def last_year(self) -> Snapshot:
        """The incidents of the four quarters up to the end of the period, with their items."""
        return last_year(self.snapshot)

    def by_span(self, metric: str, **options: Any) -> pd.DataFrame:
        """A metric for the incidents of the period, and for those of the last four quarters.

        Its table twice, behind the column `span`, which names the periods of the incidents.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12")
            >>> report.by_span("speed")["span"].tolist()
            ['2026Q3', '2025Q4 to 2026Q3']
        """
        period = self.snapshot.period
        spans = {span_label(self.snapshot): self.last_year}
        if period is not None and period.kind == period.grouping:
            spans = {period.name: self._of_period, **spans}
        parts = [
            self.table(metric, of=of, **options).assign(span=name) for name, of in spans.items()
        ]
        table = pd.concat(parts, ignore_index=True).astype({"span": "str"})
        return table[["span", *(name for name in table if name != "span")]]

    @cached_property
    def _of_period(self) -> Snapshot:
        period = self.snapshot.period
        return self.snapshot.where(incident_period=period.name if period else "")

    def narrowed(self, **values: Any) -> "Report":
        """The same report on a part: `report.narrowed(team="payments")`, as `Snapshot.where`."""
        return replace(self, snapshot=self.snapshot.where(**values))

    def on(self, **subject: str) -> "Report":
        """The same report about one subject: `report.on(team="payments")`.

        Takes one of team, service, product and incident, in any spelling that the registry knows;
        the subject stands in the title of the page. An incident brings its items, a product area
        its services, and a team the incidents of its services and items. With an empty name: the
        items without a team, the service to which most incidents came back, all product areas, the
        incident that began last. Raises UsageError for any other subject or name, with the nearest.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12").on(team="payments")
            >>> report.subject, report.snapshot.items["team"].unique().tolist()
            ('Payments', ['Payments'])
        """
        if len(subject) != 1:
            raise UsageError("A report is about one subject; name one team, service or the like.")
        ((kind, name),) = subject.items()
        taken, found = about_subject(self.snapshot, kind, name)
        again = found if kind in CHOSEN else name
        return replace(self, snapshot=taken, subject=found, asked=(kind, again))

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What `check` finds in the data, looked for once."""
        return check(self.data) if self.found is None else self.found

    @cached_property
    def _warnings(self) -> list[str]:
        return warning_sentences(self.data, self.snapshot, self.findings)

    def past_attainment(self, *, last: int = 8) -> pd.DataFrame:
        """Promises kept in each of the last periods, each as `attainment` counts it alone.

        The table of `attainment` by due_period, the latest period last, with this report's kind of
        interval. Periods in which nothing fell due are left out.

        Examples:
            >>> report = open_report(period="2026Q3", as_of="2026-10-12")
            >>> report.past_attainment(last=2)["due_period"].tolist()
            ['2026Q2', '2026Q3']
        """
        return attainment_per_period(self.snapshot, last=last, interval=self.interval)

    def returns_in_short(self, returned: pd.DataFrame) -> str:
        """Say of a table of `repeats` since when it counts, and how many lie in the period."""
        return returns_in_short(self.snapshot, returned)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        about = self.about()
        lines = [
            " · ".join(filter(None, [about["organisation"], about["period_label"]])),
            f"as of {about['as_of']}, days counted in {about['timezone']}",
            ", ".join(f"{count:,} {name}" for name, count in about["counts"].items()),
            *(["SAMPLE DATA"] if about["sample"] else []),
            *(f"{name} could not be read." for name in about["unread_files"]),
            *about["warnings"],
        ]
        shown = [line for line in lines if line]
        return {
            ABOUT_TYPE: about,
            "text/html": "<br>".join(map(escape, shown)),
            "text/plain": "\n".join(shown),
        }


def open_report(config: str = "", *, period: str = "", as_of: str = "") -> Report:
    """Read the data of a report and take its snapshot.

    `config` is a configuration file, a folder or a file of exports; empty is the sample
    organisation. `as_of` is empty for the last day on which every source is known, `period` empty
    for the last whole quarter before it. The reports of one batch are opened once, so that all of
    them stand on the same reading of the files. Raises UsageError when the period begins after the
    as-of date, and what reading and `snapshot` raise.
    """
    if kept := opened_ahead(config, period, as_of):
        return kept
    data = read_ahead(config) or read(config or shipped_folder(SAMPLE_FOLDER))
    day = as_of or default_as_of(data)
    taken = snapshot(data, as_of=day, period=period or LAST_PERIOD)
    if taken.period and taken.period.start > taken.as_of:
        raise UsageError(
            f"The period {taken.period.name} begins after the as-of date {taken.as_of}, so that "
            "nothing is known of it; give an earlier period or a later as-of date."
        )
    return Report(data, taken)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in bundle_rows(table)]


def _counts(report: Report) -> dict[str, int]:
    snapshot = report.snapshot
    return {
        "action items": len(snapshot.items),
        "incidents": len(snapshot.incidents),
        "services": int(snapshot.services["service"].nunique()),
        "teams": int(snapshot.teams["team"].nunique()),
    }
