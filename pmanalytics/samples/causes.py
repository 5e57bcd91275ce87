"""Why things broke in the sample company, and what was promised about each cause.

Every cause has titles for incidents and, by kind, the action items that a review meeting writes
down after it. `{service}` stands for the name of the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["CAUSES", "Cause"]


@dataclass(frozen=True)
class Cause:
    """The incident titles and action items that belong to one contributing cause."""

    incidents: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]


def _cause(first: str, second: str, *actions: str) -> Cause:
    pairs = tuple(action.split(": ", 1) for action in actions)
    return Cause((first, second), tuple((kind, text) for kind, text in pairs))


CAUSES: Final[Mapping[str, Cause]] = {
    "certificate-expiry": _cause(
        "Expired certificate stopped {service}",
        "{service} refused connections after an intermediate certificate ran out",
        "prevent: Renew the certificates of {service} automatically, 30 days ahead",
        "detect: Alert 21 days before any certificate of {service} expires",
        "mitigate: Write the runbook for an emergency certificate change in {service}",
        "process: List every certificate that {service} depends on, with a named team",
        "prevent: Remove the pinned intermediate from the clients of {service}",
    ),
    "connection-pool": _cause(
        "{service} ran out of database connections",
        "Timeouts in {service} while the connection pool was exhausted",
        "prevent: Cap the connection pool of {service} per instance",
        "detect: Alert when {service} waits more than 200 ms for a connection",
        "mitigate: Let {service} shed reads when its pool is full",
        "prevent: Close idle transactions of {service} after 30 seconds",
        "process: Review pool sizes of {service} before each seasonal peak",
    ),
    "config-drift": _cause(
        "{service} started with last month's configuration",
        "Two depots saw different behaviour of {service} after a partial rollout",
        "prevent: Read the configuration of {service} from one versioned place",
        "detect: Compare running and committed configuration of {service} hourly",
        "process: Require a second reviewer for configuration of {service}",
        "mitigate: Make a configuration rollback of {service} one command",
        "prevent: Reject unknown keys in the configuration of {service}",
    ),
    "retry-storm": _cause(
        "Retries against {service} turned a slow minute into an outage",
        "{service} overloaded by clients that retried without a pause",
        "prevent: Add a retry budget to every client of {service}",
        "detect: Chart the share of retried requests to {service}",
        "mitigate: Answer 429 from {service} before its queue fills up",
        "prevent: Use jittered backoff in the batch jobs that call {service}",
        "process: Add retry behaviour to the launch checklist of {service}",
    ),
    "cache-stampede": _cause(
        "Cold cache after a restart took {service} down",
        "All cache entries of {service} expired in the same second",
        "prevent: Spread cache lifetimes in {service} by 20 percent",
        "prevent: Warm the cache of {service} before it takes traffic",
        "detect: Alert on a cache hit rate of {service} below 70 percent",
        "mitigate: Serve stale answers from {service} when the store is slow",
        "process: Rehearse a cache flush of {service} in staging",
    ),
    "slow-query": _cause(
        "A missing index made {service} crawl",
        "{service} blocked by one query that scanned the whole parcel table",
        "prevent: Add the missing index to the event table of {service}",
        "detect: Log queries of {service} that take longer than two seconds",
        "prevent: Set a statement timeout for {service}",
        "process: Check query plans of {service} with production-sized data in review",
        "mitigate: Move the reports on {service} to the read replica",
    ),
    "schema-migration": _cause(
        "Schema migration locked the tables of {service}",
        "{service} failed after a column was renamed under it",
        "prevent: Run schema migrations of {service} in expand and contract steps",
        "detect: Alert on locks held longer than ten seconds in {service}",
        "process: Announce schema migrations of {service} to its consumers a week ahead",
        "mitigate: Keep a tested way back for each migration of {service}",
        "prevent: Refuse migrations of {service} that rewrite a large table",
    ),
    "queue-backlog": _cause(
        "{service} fell four hours behind its queue",
        "Backlog in {service} after a poisoned message blocked a partition",
        "prevent: Send messages that {service} cannot read to a dead-letter queue",
        "detect: Alert when the oldest message of {service} is older than ten minutes",
        "mitigate: Document how to skip one message in {service}",
        "prevent: Scale the consumers of {service} with queue age",
        "process: Agree with depots on how late {service} may be",
    ),
    "failed-failover": _cause(
        "{service} did not fail over to the second zone",
        "Failover of {service} left two writers",
        "prevent: Fence the old primary of {service} before a failover",
        "process: Hold a failover drill for {service} every quarter",
        "detect: Alert when the replica of {service} is more than a minute behind",
        "mitigate: Write down when to force a failover of {service} by hand",
        "prevent: Give {service} capacity in both zones for a full day's load",
    ),
    "rate-limit": _cause(
        "{service} hit the rate limit of its provider",
        "A partner's import used up the rate limit of {service}",
        "prevent: Give every partner a rate limit of its own in {service}",
        "detect: Alert at 80 percent of the provider quota used by {service}",
        "mitigate: Queue low-priority calls of {service} when the quota is short",
        "process: Agree on a higher quota for {service} with the provider",
        "prevent: Cache provider answers in {service} for a day",
    ),
    "memory-leak": _cause(
        "{service} was killed again and again for lack of memory",
        "Memory leak in {service} after a library upgrade",
        "prevent: Pin the leaking library of {service} to the repaired version",
        "detect: Alert on steady memory growth of {service} over six hours",
        "mitigate: Restart instances of {service} one by one at 85 percent memory",
        "process: Add a two-hour soak test to the release of {service}",
        "prevent: Limit the size of uploads that {service} keeps in memory",
    ),
    "disk-full": _cause(
        "{service} stopped writing: disk full",
        "Debug logs filled the disk under {service}",
        "prevent: Rotate the logs of {service} by size, not by day",
        "detect: Alert when the disk of {service} will be full within 24 hours",
        "mitigate: Keep a reserve file that frees space for {service}",
        "prevent: Move attachments of {service} to object storage",
        "process: Set retention periods for the data that {service} keeps",
    ),
    "dependency-outage": _cause(
        "{service} went down together with its provider",
        "Outage of an outside provider stopped {service}",
        "prevent: Add a second provider behind {service}",
        "mitigate: Let {service} go on with reduced answers when the provider fails",
        "detect: Probe the provider of {service} from outside every minute",
        "process: Put the provider's support line into the runbook of {service}",
        "prevent: Set a two-second timeout on every outgoing call of {service}",
    ),
    "bad-deploy": _cause(
        "Release of {service} rejected every third request",
        "Broken release of {service} reached all zones at once",
        "prevent: Roll {service} out to five percent of traffic first",
        "detect: Stop the rollout of {service} when its error rate doubles",
        "mitigate: Make a rollback of {service} take less than five minutes",
        "process: No release of {service} after 15:00 on the day before a holiday",
        "prevent: Run the contract tests of {service} against its consumers",
    ),
    "load-peak": _cause(
        "{service} overloaded on the Monday after the sales weekend",
        "Christmas load came two weeks early for {service}",
        "prevent: Load-test {service} at twice last year's peak",
        "detect: Alert when {service} uses more than 75 percent of its capacity",
        "mitigate: Prepare a switch that turns off the costly extras of {service}",
        "process: Ask sales for the campaign calendar before planning {service}",
        "prevent: Let {service} scale out on queue length instead of CPU",
    ),
    "network-change": _cause(
        "Firewall change cut {service} off from the depots",
        "{service} unreachable after a route was withdrawn",
        "prevent: Test firewall changes around {service} in a dry run",
        "detect: Probe {service} from two depots and from outside",
        "process: Name an approver for network changes that touch {service}",
        "mitigate: Keep an out-of-band way into {service}",
        "prevent: Describe the network rules of {service} as code",
    ),
    "clock-skew": _cause(
        "{service} rejected events that came from the future",
        "A clock five minutes off confused {service}",
        "prevent: Let {service} accept five minutes of clock difference",
        "detect: Report hosts whose clock differs from {service} by a minute",
        "mitigate: Provide a tool that corrects event times in {service}",
        "process: Check the clocks around {service} at the start of each shift",
    ),
    "data-quality": _cause(
        "Empty postcodes from a partner broke {service}",
        "{service} kept using the address of a depot that had closed",
        "prevent: Validate partner files before {service} loads them",
        "detect: Count rejected records of {service} per partner and day",
        "mitigate: Provide a way to replay one partner's day in {service}",
        "process: Agree on a file description with the partners of {service}",
        "prevent: Keep closed depots out of {service} by their closing date",
    ),
    "feature-flag": _cause(
        "A forgotten feature flag switched {service} to an old path",
        "A flag meant for one depot was on for everybody in {service}",
        "prevent: Remove flags of {service} that are older than 90 days",
        "detect: Show flag changes of {service} on its dashboards",
        "process: Give each flag of {service} a team and an end date",
        "mitigate: Add a single switch that turns off the new path in {service}",
    ),
    "access-rights": _cause(
        "{service} lost its rights after a role clean-up",
        "Expired service account locked {service} out of storage",
        "prevent: Renew the service account of {service} without hands",
        "detect: Alert on refused requests between {service} and storage",
        "process: Ask the owning team before roles of {service} are removed",
        "mitigate: Write the break-glass procedure for {service}",
    ),
    "batch-overlap": _cause(
        "Two night runs of {service} worked on the same records",
        "Night run of {service} met the morning load",
        "prevent: Take a lock so that {service} never runs twice at once",
        "detect: Alert when the night run of {service} lasts longer than three hours",
        "mitigate: Provide a script that reverses one run of {service}",
        "prevent: Make the night run of {service} safe to repeat",
    ),
    "dns-change": _cause(
        "{service} followed a DNS record that pointed nowhere",
        "Old DNS answer kept clients of {service} on a retired address",
        "prevent: Check DNS changes for {service} against running traffic",
        "detect: Resolve the names of {service} from three networks",
        "mitigate: Lower the lifetime of records of {service} before each move",
        "process: Review the DNS zone of {service} with its owners each half-year",
    ),
    "monitoring-gap": _cause(
        "Customers told us first that {service} was down",
        "{service} failed silently for a morning",
        "detect: Alert on the absence of traffic in {service}, not only on errors",
        "detect: Add a synthetic parcel that passes through {service} each hour",
        "process: Agree on service levels for {service} with product",
        "mitigate: Add {service} to the status page",
        "prevent: Fail the build when {service} drops a metric that an alert needs",
    ),
    "capacity-limit": _cause(
        "{service} reached a quota of the cloud provider",
        "No instances left for {service} during a zone outage",
        "prevent: Reserve capacity for {service} in the second zone",
        "detect: Report used quotas of {service} weekly",
        "process: Ask for quota before each new region of {service}",
        "mitigate: Let {service} start on other instance types",
    ),
}
