"""Random edit scripts: what a reader may do to a workbook, one thing after the other."""

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from tests.answers import editing as e
from tests.answers.meanwhile import MEANWHILE

__all__ = ["Meanwhile", "answering", "edit_scripts", "near_answers", "scripts_meanwhile"]

ROWS = st.integers(0, 12)
DAYS = st.integers(0, 400).map(lambda days: datetime(2026, 10, 15) + timedelta(days))
# Dates as texts: those that one can only read in one way, those that may be two days, and no dates.
TEXT_DAYS: Final = ("2026-12-01", " 2027-01-31 ", "2026-12-24T00:00:00", "24.12.2026", "12/24/2026")
NO_DAYS: Final = (
    "03/04/2027", "1.2.27", "soon", "2026-13-01", "2026-02-30", "Q4", 7, 3_000_000, True, -1,
    e.Formula("=TODAY()+14"), e.Formula("=DATE(2026,12,1)"),
)  # fmt: skip
PROMISES = st.one_of(DAYS, DAYS, st.sampled_from(TEXT_DAYS), st.sampled_from(NO_DAYS), st.none())
TEAMS = st.sampled_from(
    ["Payments", "Search", "Mail", "payments", " MAIL ", "Billing", 5, e.Formula("=I2"), None]
)
DECISIONS = st.sampled_from(
    [
        *("keep", "drop", "ask for a waiver", "keep", "drop", "ask for a waiver"),
        *("Drop ", "KEEP", " ask  for a Waiver", "waiver", "postpone", "?", 1, None),
        e.Formula('=IF(1=1,"drop","keep")'),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        [
            *("our customers wait", "see the plan", "=1+1", "+49 30 1234", "@team", "-", "NA"),
            *("two\nlines", "  blanks  ", "'quoted", 'a "quote"; and, commas', "0", 12, None),
            *("<script>alert(1)</script>", "Ω ≠ ω", "\u202eright", "x" * 1200),
            e.Formula('=A2&" again"'),
        ]
    ),
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12
    ),
)
VERDICTS = st.sampled_from(["confirm", "deny", "Deny", " CONFIRM", "maybe", 1, None])
COLUMNS = st.sampled_from((*e.FACTS, *e.ANSWERS))
VALUES: Final = {
    e.PROMISED: PROMISES,
    e.TEAM: TEAMS,
    e.DECISION: DECISIONS,
    e.UNTIL: PROMISES,
    e.REASON: TEXTS,
    e.NOTE: TEXTS,
}
SORTED_TOGETHER: Final = (
    e.FACTS,  # all but the answers and the keys
    ("Item", "Title"),
    ("Title",),
    (*e.FACTS, *e.ANSWERS),  # all but the keys
    ("Key",),
    e.ANSWERS,  # which nobody can tell from answers that were typed there
)


def answering() -> st.SearchStrategy[e.Edit]:
    """Answers alone, as a reader gives them who does nothing odd."""
    typed = [
        st.builds(e.Answer, ROWS, st.just(header), values) for header, values in VALUES.items()
    ]
    # A whole decision: the word with what belongs to it.
    return st.one_of(
        *typed,
        st.builds(e.Verdict, ROWS, st.just(e.VERDICT), VERDICTS),
        st.builds(e.Verdict, ROWS, st.just(e.REASON), TEXTS),
    )


def whole_decisions() -> st.SearchStrategy[list[e.Edit]]:
    """A word with its day and its reason, in one row."""

    def cells(row: int, word: str, day: Any, reason: Any) -> list[e.Edit]:
        values = {e.DECISION: word, e.UNTIL: day, e.REASON: reason}
        return [e.Answer(row, header, value) for header, value in values.items()]

    words = st.sampled_from(["keep", "drop", "ask for a waiver"])
    reasons = st.one_of(TEXTS, st.just("our customers wait"))
    return st.builds(cells, ROWS, words, st.one_of(DAYS, st.none()), reasons)


def handling() -> st.SearchStrategy[e.Edit]:
    """What people do to a sheet beside answering on it."""
    some = st.lists(ROWS, min_size=1, max_size=3).map(tuple)
    sheets = st.sampled_from(["Actions", "Repeats"])
    stray = st.sampled_from([(e.NOTE, "and this one?"), (e.DECISION, "drop")])
    facts = st.sampled_from(["Title", "Promised date", "Team", "State", "Item"])
    pasted = st.sampled_from(["something else", "own:PAY-2", None, datetime(2026, 12, 1), 0])
    return st.one_of(
        st.builds(e.Sort, COLUMNS, st.booleans()),
        st.builds(e.Sort, st.just("Incident"), st.booleans(), st.just("Repeats")),
        st.builds(e.PartialSort, COLUMNS, st.sampled_from(SORTED_TOGETHER), st.booleans()),
        st.builds(e.Delete, some, sheets),
        st.builds(e.InsertBlank, ROWS, sheets),
        st.builds(lambda row, cell: e.InsertStray(row, *cell), ROWS, stray),
        st.builds(e.CopyRow, ROWS, ROWS),
        st.builds(e.FillDown, ROWS, st.integers(1, 3), st.sampled_from(FILLED)),
        st.builds(e.PasteFact, ROWS, facts, pasted),
        st.builds(e.ClearKeys, some),
        st.builds(e.RenameSheet, sheets, st.sampled_from(["Actions", "Maßnahmen", "Für Ada", "1"])),
        st.builds(e.ReorderSheets, st.integers(-2, 2)),
        st.builds(e.AddSheet, st.sampled_from(["Mine", "Notes", "Tabelle1"])),
        st.just(e.Backup()),
        st.builds(e.InsertColumn, st.integers(0, 30), st.sampled_from(["Mine", "note to self"])),
        st.builds(e.MoveColumn, COLUMNS),
        st.builds(e.DeleteColumn, st.sampled_from(e.SPARE)),
        st.builds(e.Filter, st.just("Team"), st.sampled_from(["Search", "Mail"])),
        st.builds(e.Hide, some, st.just(("Title", e.NOTE))),
        st.just(e.Resave()),
        st.builds(e.Role, st.sampled_from(["product manager", "head of Mail ", "=1+1"])),
    )


FILLED: Final = ((e.PROMISED,), (e.TEAM,), (e.DECISION, e.UNTIL, e.REASON))


def near_answers() -> st.SearchStrategy[list[e.Edit]]:
    """Answers of a reader in a few places and with few values, so that two readers meet."""
    rows = st.integers(0, 1)
    days = st.sampled_from([datetime(2026, 12, 1), datetime(2027, 1, 31), "2026-12-01"])
    words = st.sampled_from(["drop", "keep", "Drop"])
    reasons = st.sampled_from(["our customers wait", "see the plan"])
    one = st.one_of(
        st.builds(lambda row, day: [e.Answer(row, e.PROMISED, day)], rows, days),
        st.builds(
            lambda row, team: [e.Answer(row, e.TEAM, team)], rows, st.sampled_from(["Mail", "mail "])
        ),
        st.builds(
            lambda row, word, reason: [
                e.Answer(row, e.DECISION, word), e.Answer(row, e.REASON, reason),
                e.Answer(row, e.UNTIL, None),
            ],
            rows, words, reasons,
        ),
        st.builds(lambda row, text: [e.Answer(row, e.NOTE, text)], rows, reasons),
        st.builds(
            lambda row, word: [e.Verdict(row, e.VERDICT, word)],
            rows, st.sampled_from(["confirm", "deny"]),
        ),
        st.just([e.Sort("Title", descending=True)]),
    )  # fmt: skip
    return st.lists(one, min_size=3, max_size=6).map(_in_a_row)


def copied_rows() -> st.SearchStrategy[list[e.Edit]]:
    """Rows that are there twice, and answers on either of them before and after that."""
    notes = st.sampled_from([None, "see the plan", "our customers wait"])
    near, far = st.integers(0, 7), st.integers(0, 7)

    def twice(source: int, target: int, before: Any, after: Any, last: int) -> list[e.Edit]:
        row = target if last % 2 else source
        first, second = e.Answer(source, e.NOTE, before), e.Answer(row, e.NOTE, after)
        copy = e.Backup() if last > 5 else e.CopyRow(source, target)
        return [first, copy, second]

    return st.builds(twice, near, far, notes, notes, near)


def edit_scripts() -> st.SearchStrategy[list[e.Edit]]:
    """Answers, what is done to the sheets then, and more answers."""
    one = st.one_of(answering().map(lambda edit: [edit]), whole_decisions(), copied_rows())
    answers = st.lists(one, min_size=2, max_size=5).map(_in_a_row)
    handled = st.lists(handling(), max_size=3)
    return st.builds(lambda first, then, last: [*first, *then, *last], answers, handled, answers)


Meanwhile = tuple[list[e.Edit], list[tuple[str, str]]]


def scripts_meanwhile() -> st.SearchStrategy[Meanwhile]:
    """A script with what was decided meanwhile, of which it may say the same or something else."""
    places = st.lists(st.sampled_from(sorted(MEANWHILE)), max_size=3, unique=True)
    ways = st.lists(st.sampled_from(["same", "other", "neither"]), min_size=3, max_size=3)

    def together(
        script: list[e.Edit], places: list[tuple[str, str]], ways: list[str], at: int
    ) -> Meanwhile:
        met = [
            list(getattr(MEANWHILE[place], way, ()))
            for place, way in zip(places, ways, strict=False)
        ]
        return script[:at] + _in_a_row(met) + script[at:], places

    return st.builds(together, edit_scripts(), places, ways, st.integers(0, 4))


def _in_a_row(lists: list[list[e.Edit]]) -> list[e.Edit]:
    return [edit for some in lists for edit in some]
