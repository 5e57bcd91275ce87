import pandas as pd
import pytest

from pmanalytics.reporting.showing.sentences import findings


def test_attainment_says_k_of_n_per_group():
    table = pd.DataFrame(
        {
            "severity": ["sev1", "sev2"],
            "due": [4, 10],
            "met": [3, 5],
            "attainment": [0.75, 0.5],
            "low": [0.3, 0.24],
            "high": [0.95, 0.76],
        }
    )
    assert findings(table, "attainment_by_severity") == (
        "8 of 14 promises due were kept (57%): Sev-1 3 of 4 (75%, 95% interval 30 to 95%); "
        "Sev-2 5 of 10 (50%, 95% interval 24 to 76%).",
    )


def test_attainment_over_time_compares_the_last_two_periods():
    table = pd.DataFrame(
        {
            "due_period": ["2026Q1", "2026Q2", "2026Q3", None],
            "due": [9, 8, 10, 0],
            "met": [9, 4, 7, 0],
            "attainment": [1.0, 0.5, 0.7, None],
        }
    )
    assert findings(table, "attainment_by_period") == (
        "In 2026Q3, 7 of 10 promises due were kept (70%), after 4 of 8 (50%) in 2026Q2.",
    )


def test_a_withheld_share_is_not_given_in_words():
    missing = pd.array([None], dtype="Float64")
    table = pd.DataFrame({"team": ["web"], "due": [4], "met": [3]})
    table = table.assign(attainment=missing, low=missing, high=missing)
    assert findings(table, "attainment") == ("3 of 4 promises due were kept: web 3 of 4.",)


def test_many_groups_are_left_to_the_table():
    table = pd.DataFrame({"team": list("abcde"), "due": 10, "met": 5, "attainment": 0.5})
    assert findings(table, "attainment_by_team") == ()


def test_speed_says_when_the_median_was_not_reached():
    table = pd.DataFrame(
        {"n": [8], "done_by_15": [0.25], "done_by_30": [0.4], "median_days": [None]}
    )
    assert findings(table, "speed") == (
        "Done by day 15 and by day 30: 25% and 40% of 8 items.",
        "Half of them were done by: not reached.",
    )


def test_flow_speaks_of_the_last_whole_period():
    table = pd.DataFrame(
        {
            "period": ["2026Q2", "2026Q3", "2026Q4"],
            "new": [9, 5, 1],
            "reopened": [0, 1, 0],
            "done": [3, 4, 0],
            "dropped": [0, 2, 0],
            "closing": [6, 6, 7],
        }
    )
    assert findings(table, "flow") == (
        "In 2026Q3: 5 new and 1 reopened; 4 done and 2 dropped; 6 open at the end.",
    )


def test_gaps_name_the_commonest_first():
    table = pd.DataFrame(
        {"item_id": ["a", "a", "b"], "code": ["no_ticket", "no_owner", "no_owner"]}
    )
    assert findings(table, "ownership_gaps") == (
        "The most frequent gaps in ownership: nobody: no person, no team (2); only in a document, "
        "no ticket (1).",
    )


def test_repeats_count_an_incident_once():
    table = pd.DataFrame(
        {
            "incident_id": ["i3", "i3", "i4"],
            "repeat_of": ["i1", "i2", "i1"],
            "open_before": [1, 2, 0],
            "overdue_before": [0, 1, 0],
        }
    )
    assert findings(table, "repeats") == (
        "2 incidents were the return of an earlier one; for 1 of them work from the earlier one "
        "was still open, for 1 it was overdue.",
    )


def test_questions_are_counted_once_and_the_inputs_worth_most_follow():
    table = pd.DataFrame(
        {
            "question": ["a", "a", "b", "c"],
            "answered": [True, True, False, False],
            "gain": [1, 5, 4, 0],
            "sentence": ["Map x: 1.", "Add y: 5.", "Add y: 4.", None],
        }
    )
    assert findings(table, "next_inputs") == (
        "1 of 3 questions can be answered with these data.",
        "Add y: 5.",
        "Map x: 1.",
    )


def test_empty_tables_say_so():
    empty = pd.DataFrame({"item_id": [], "code": [], "due": [], "met": [], "total": []})
    assert findings(empty, "ownership_gaps") == ("No open item has a gap in its ownership.",)
    assert findings(empty, "attainment") == ("No item had its policy date in this period.",)
    assert findings(empty, "standings") == ("There are no action items.",)


def test_unknown_metrics_and_missing_columns_say_nothing():
    assert findings(pd.DataFrame({"x": [1]}), "my_own") == ()
    assert findings(pd.DataFrame({"due": [1]}), "attainment") == ()


def test_participation_is_said_as_an_association():
    row = {"reviews": 12, "both": 5}
    row |= {"attainment_with": 0.8, "low_with": 0.6, "high_with": 0.9}
    row |= {"attainment_without": 0.5, "low_without": 0.3, "high_without": 0.7}
    said = findings(pd.DataFrame([row]), "participation")
    assert said == (
        "The engineering and the product manager of the service were at 5 of 12 reviews.",
        "Promises kept after such reviews: 80%, 95% interval 60 to 90%; after all others: 50%, 95% "
        "interval 30 to 70%. This is an association; it does not show that their presence made the "
        "difference.",
    )
    unknown = pd.DataFrame([row]).assign(both=pd.array([pd.NA], "Int64"))
    assert findings(unknown, "participation") == ()
    assert findings(pd.DataFrame([row | {"low_with": None}]), "participation")[1:] != ()
    assert len(findings(pd.DataFrame([row | {"attainment_with": None}]), "participation")) == 1


def test_one_repeat_is_said_without_counts_of_none():
    table = pd.DataFrame(
        {"incident_id": ["i3"], "repeat_of": ["i1"], "open_before": [0], "overdue_before": [0]}
    )
    told = "1 incident was the return of an earlier one; "
    assert findings(table, "repeats") == (f"{told}no work from the earlier one was open.",)
    opened = findings(table.assign(open_before=2), "repeats")
    assert opened == (f"{told}work from that one was still open, and it was not overdue.",)


def test_one_service_has_a_count_and_no_average():
    table = pd.DataFrame({"day": [64, 790], "at_risk": [1, 1], "mean": [1.0, 11.0]})
    assert findings(table, "mean_cumulative") == ("11 incidents by day 790.",)


def test_one_review_is_said_in_words():
    table = pd.DataFrame({"due": [1], "reviewed_in_time": [0], "not_reviewed": [0]})
    assert findings(table, "review_timeliness") == ("The one review that was due was held late.",)


def test_overdue_items_of_every_kind_are_not_called_preventive():
    table = pd.DataFrame({"severity": ["sev1"], "days_over": [55]})
    assert findings(table, "oldest_overdue") == ("1 Sev-1 preventive item, overdue for 55 days.",)
    every = pd.concat([table, table.assign(severity="sev2", days_over=60)]).assign(kind="detect")
    assert findings(every, "oldest_overdue") == (
        "2 items, 1 of them Sev-1; the longest overdue for 60 days.",
    )
    assert findings(every.head(0), "oldest_overdue") == ("No item is overdue.",)


def test_what_customers_met_in_the_period_is_told_from_what_they_met_in_all():
    counts = {"incidents": [3], "impact_minutes": [90], "minutes_unknown": [1]}
    table = pd.DataFrame({**counts, "repeats": [1], "overdue_items": [1]})
    told = "customers were affected for 90 minutes by 2 incidents; of 1 more it is unknown."
    assert findings(table, "product_threats_period")[0] == f"In this period, {told}"
    assert findings(table, "product_threats")[0] == f"In all, {told}"


def test_reviews_in_time_are_counted_over_all_groups():
    table = pd.DataFrame(
        {
            "severity": ["sev1", "sev2"],
            "due": [4, 6],
            "reviewed_in_time": [3, 2],
            "not_reviewed": [0, 1],
        }
    )
    assert findings(table, "review_timeliness") == (
        "5 of 10 reviews that were due were held in time, 1 was not held.",
    )


@pytest.mark.parametrize(
    ("limit", "signals", "sentences"),
    [
        (0.2, ["provisional"] * 3, ["No month stands out", "The limits are provisional"]),
        (0.2, ["provisional", "provisional_low", None], ["1 month stands out", "The limits are"]),
        (0.2, [None] * 3, ["No month stands out by more than chance would give."]),
        (0.2, ["run_low", "low", None], ["2 months stand out by more than chance would give."]),
        (None, [None] * 3, ["There are too few months"]),
    ],
)
def test_provisional_months_and_months_without_limits_are_no_signal(
    limit: float | None, signals: list[str | None], sentences: list[str]
) -> None:
    table = pd.DataFrame({"attainment": [0.5, 0.6, 0.4], "lower": [limit] * 3, "signal": signals})
    said = findings(table.astype({"lower": "float64", "signal": "str"}), "attainment_trend")
    assert len(said) == len(sentences)
    for text, start in zip(said, sentences, strict=True):
        assert text.startswith(start)
    assert findings(table.iloc[:0], "attainment_trend") == ()


def test_decisions_are_counted_by_what_became_of_them() -> None:
    table = pd.DataFrame({"state": ["open", "overdue", "overdue", "kept"]})
    assert findings(table, "commitments") == (
        "Of 4 decisions of leadership: 1 kept; 1 still open; 2 past the day that was set.",
    )
    assert findings(table.iloc[:0], "commitments")[0].startswith("No decision of leadership is on")


def test_signals_are_said_in_full_and_the_rest_by_name() -> None:
    table = pd.DataFrame(
        {
            "question": ["reviews", "teams", "months", "gaps"],
            "found": ["0 of 8 reviews, a fall.", "x", "y", "z"],
            "signal": ["yes", "too few", "no", "no"],
        }
    )
    assert findings(table, "signals") == (
        "0 of 8 reviews, a fall.",
        "No signal: months; gaps.",
        "Too few data to tell: teams.",
        "3 questions could be tested; of twenty in which nothing changed, about one shows a signal "
        "by chance alone.",
    )
    quiet = findings(table.iloc[1:2], "signals")
    assert quiet == ("No test found a signal.", "Too few data to tell: teams.")


def test_restatements_say_how_many_cells_and_why() -> None:
    rows = {"table": ["standings", "standings", "flow"], "reason": ["the policy was changed"] * 3}
    assert findings(pd.DataFrame(rows), "restatements") == (
        "3 cells of 2 tables of the earlier report would be another one today. What is known to "
        "have changed: the policy was changed.",
    )
    none = findings(pd.DataFrame(rows).iloc[:0], "restatements")
    assert none == ("No figure of the earlier report would be another one today.",)
    missing = findings(pd.DataFrame({"table": []}), "restatements")
    assert missing == ("There is no report of the period before to compare with.",)


def test_changes_are_said_with_their_interval() -> None:
    row = {"severity": "sev1", "due": 9, "attainment_change": -0.048}
    row |= {"change_low": -0.403, "change_high": 0.289, "reading": "within chance"}
    assert findings(pd.DataFrame([row]), "compared_by_severity") == (
        "Change of promises kept, with its 95% interval: Sev-1 -5 points (-40 to +29), within "
        "chance.",
    )


def test_weak_services_say_where_most_repeats_are() -> None:
    table = pd.DataFrame(
        {"service": ["pay", "web", "api"], "repeats": [3, 1, 0], "overdue_items": [2, 0, 9]}
    )
    assert findings(table, "weak_services") == (
        "4 repeats in 2 services, 3 of them in pay; 2 overdue items concern these services.",
    )
    assert findings(table.iloc[2:], "weak_services") == ("No service had a repeat.",)


def test_quieter_services_stand_beside_chance() -> None:
    table = pd.DataFrame({"service": ["pay", "web"], "expected": [1.4, 0], "chance": [0.41, 1]})
    assert findings(table, "quieter_services") == (
        "2 services had no repeat for 90 days or more since the preventive items were done; 1 of "
        "them had one before, and the chance to be as quiet is 41% or more.",
    )


def test_signs_have_innocent_reasons() -> None:
    table = pd.DataFrame(
        {"sentinel": ["dropped_after_due", "waived_after_due"], "count": [26, 0], "of": [64, 4]}
    )
    assert findings(table, "sentinels") == (
        "Seen, and each has innocent reasons too: 26 of 64 dropped items were dropped after their "
        "due day.",
    )


def test_items_at_risk_are_counted_and_the_next_day_is_named() -> None:
    days = pd.to_datetime(["2026-10-20", "2026-10-18"])
    table = pd.DataFrame({"due_on": days, "chance": [0.6, 0.4]})
    assert findings(table, "at_risk") == (
        "2 open items will be due, the next on 2026-10-18; for 1 of them, most items like them "
        "missed their day.",
    )


def test_one_item_at_risk_is_not_one_of_them() -> None:
    table = pd.DataFrame({"due_on": pd.to_datetime(["2026-10-18"]), "chance": [0.6]})
    assert findings(table, "at_risk") == (
        "1 open item will be due, on 2026-10-18; most items like it missed their day.",
    )
    assert findings(table.assign(chance=None), "at_risk") == (
        "1 open item will be due, on 2026-10-18.",
    )


def test_one_group_that_can_be_compared_is_no_comparison() -> None:
    table = pd.DataFrame({"attainment": [0.6, None], "lower_998": [0.1, 0], "signal": [None, None]})
    assert findings(table, "funnel_by_team") == (
        "Only one group has enough items due to be compared.",
    )
    both = findings(table.assign(attainment=0.5), "funnel_by_team")
    assert both == ("No group stands out by more than chance would give.",)
