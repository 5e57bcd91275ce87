"""Words: what they mean whatever their case, and sentences about those that nobody knows."""

import pandas as pd
import pytest

from pmanalytics.trackers.vocabulary import (
    distinct,
    fold_word,
    known_state,
    severity_of,
    unknown_words,
)


@pytest.mark.parametrize(
    ("word", "ours"),
    [("SEV-2", "sev2"), ("sev 2", "sev2"), ("Sev2", "sev2"), ("severity::2", "sev2"), ("2", "sev2"), ("sev0", "sev0"),
     ("Major", None), ("sev12", None), ("2 - High", None), ("", None)],
)  # fmt: skip
def test_severities(word: str, ours: str | None) -> None:
    assert severity_of(word) == ours


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("DONE", "done"),
        (" to  do ", "open"),
        ("Won\u2019t Do", "dropped"),
        ("Cancelled", "dropped"),
        ("Fertig", None),
    ],
)
def test_states(word: str, state: str | None) -> None:
    assert known_state(word) == state


def test_folding_is_not_that_of_one_country() -> None:
    assert fold_word("STRASSE \u2019x") == fold_word("straße 'X")


def test_distinct_counts_combinations() -> None:
    first = pd.Series(["a", None, "a", "a"], dtype="str")
    second = pd.Series(["x", "x", "y", "x"], dtype="str")
    words = distinct(first, second)
    assert dict(zip(words.words, words.counts.tolist(), strict=True)) == {
        ("a", "x"): 2,
        ("", "x"): 1,
        ("a", "y"): 1,
    }
    joined = words.spread(["".join(word) for word in words.words])
    assert joined.tolist() == ["ax", "x", "ay", "ax"]


def test_distinct_of_nothing() -> None:
    words = distinct(pd.Series([], dtype="str"))
    assert (list(words.words), words.spread([]).tolist()) == ([], [])


def test_a_sentence_names_five_words_at_most() -> None:
    sentence = unknown_words(
        {f'w"{n}': n for n in range(1, 9)},
        what="status",
        effect="counts as open",
        section="states",
        example="done",
    )
    assert "'w\"8' (8 rows)" in sentence
    assert "and 3 more" in sentence
    assert '"w\\"8" = "done"' in sentence
