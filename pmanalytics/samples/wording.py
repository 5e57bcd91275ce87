"""Action items that fit any incident, and titles that are nasty on purpose.

A title is typed by whoever files the ticket, so some of them carry what a page, a workbook or a
shell could mistake for its own language.
"""

from typing import Final

__all__ = [
    "COMMENTS",
    "GENERIC_ACTIONS",
    "NASTY_DOCUMENT_TITLE",
    "NASTY_TITLES",
    "ORDINARY_ISSUES",
    "PULL_REQUESTS",
    "listed",
]

GENERIC_ACTIONS: Final = (
    ("process", "Bring the runbook of {service} up to date"),
    ("process", "Add {service} to the on-call handover checklist"),
    ("process", "Name an owner for the dashboards of {service}"),
    ("process", "Explain the incident around {service} at the engineering all-hands"),
    ("process", "Clarify who decides to stop sorting when {service} is down"),
    ("process", "Write a template for customer messages about {service}"),
    ("process", "Agree on the escalation path between depots and {service}"),
    ("process", "Train the night shift in the manual fallback for {service}"),
    ("process", "Review the on-call load of the team behind {service}"),
    ("process", "Record the dependencies of {service} in the catalogue"),
    ("detect", "Page on the error rate of {service}, not on single errors"),
    ("detect", "Add a dashboard for the 99th percentile of {service}"),
    ("detect", "Trace requests through {service} end to end"),
    ("detect", "Alert the depots directly when {service} is late"),
    ("detect", "Delete the alert of {service} that nobody acts on"),
    ("detect", "Log the parcel number with every error of {service}"),
    ("detect", "Add a health check that exercises the store behind {service}"),
    ("detect", "Measure how long {service} takes from scan to event"),
    ("detect", "Raise the severity of the stuck-job alert for {service}"),
    ("mitigate", "Add a circuit breaker in front of {service}"),
    ("mitigate", "Provide a read-only mode for {service}"),
    ("mitigate", "Make the replay tool of {service} usable by support"),
    ("mitigate", "Let depots print labels offline while {service} is down"),
    ("mitigate", "Add a kill switch for imports into {service}"),
    ("mitigate", "Script the restart order around {service}"),
    ("mitigate", "Keep yesterday's data ready as a fallback for {service}"),
    ("mitigate", "Reduce the time to restore {service} from backup to one hour"),
    ("prevent", "Add an integration test for the failure seen in {service}"),
    ("prevent", "Split the write path of {service} from the read path"),
    ("prevent", "Make calls to {service} idempotent"),
    ("prevent", "Upgrade the client library that {service} still uses"),
    ("prevent", "Limit the blast radius of {service} to one region"),
    ("prevent", "Validate input at the edge of {service}"),
    ("prevent", "Remove the shared database between {service} and reporting"),
    ("prevent", "Bound the queue in front of {service}"),
    ("prevent", "Version the events that {service} publishes"),
    ("prevent", "Retire the old import path of {service}"),
    ("prevent", "Restore a backup of {service} every month as a test"),
)

# The texts that a page, a spreadsheet, Markdown or a chart library could take for commands.
NASTY_TITLES: Final = (
    '=HYPERLINK("https://example.invalid/runbook","Open the runbook")',
    "Accept | pipes | in carrier manifests",
    "Escape <script>alert(1)</script> in depot names on labels",
    'Define what "degraded" means, and who\'s to say so',
    "Show street names from right to left, such as \u202eרחוב הנמל\u202c, in their order",
    "\U0001f525 Take the fire emoji out of alert titles: \u2603 and \U0001f9ca too",
    "Close the link [x](javascript:alert(1)) in the status page template",
    "+49 30 000000: put the depot hotline into the alert text",
    "Fix rounding of refunds between $5 .. $10",
    "@here in alert texts wakes everybody, use the on-call group",
)
NASTY_DOCUMENT_TITLE: Final = "Agree on a fallback for label stock:\nplain paper, then hand-written"

COMMENTS: Final = (
    "Planned for the next sprint.",
    "Blocked: the vendor answers in two weeks; asked again",
    "Works in staging, waiting for the change window.",
    "Half of it is done, the rest needs a decision from product.\nSee the notes of the review.",
    "Moved here from the review document.",
)

ORDINARY_ISSUES: Final = (
    "Dark mode for the driver app",
    "Translate the delivery notice into Danish",
    "Upgrade to the new push library",
    "Show the depot name in the stop list",
    "Crash when the camera permission is withdrawn",
    "Shorten the text of the pickup reminder",
    "Add a setting for quiet hours",
    "Remove the unused onboarding screens",
)
PULL_REQUESTS: Final = (
    "Use jittered backoff in the push client",
    "Bump the message broker client",
    "Add a dead-letter queue for bounced messages",
    "Cache the stop list for offline use",
    "Fix flaky test of the shift import",
    "Log the parcel number on failed deliveries",
    "Rotate logs by size",
    "Remove the feature flag of the old tariff",
    "Document the restart order",
    "Retry uploads of signatures with a pause",
    "Set a timeout on the address lookup",
    "Read the configuration from one place",
)


def listed(names: str) -> list[str]:
    """Names that are written in one line, separated by commas, as headers are."""
    return names.split(",")
