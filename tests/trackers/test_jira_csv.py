"""Jira: which of the columns that may disagree tells the state, and what the cells mean."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from pmanalytics.trackers.jira_words import LANGUAGES
from pmanalytics.trackers.vocabulary import fold_word, known_state
from tests.trackers.samples import read_path, read_sample, sample_text, states


@pytest.fixture
def sample(read: Callable[..., FileTables]) -> pd.DataFrame:
    return read_sample("jira_csv").tables["items"].set_index("key")


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("PAY-1", "done"),
        ("PAY-2", "open"),
        ("PAY-3", "dropped"),  # Closed, but Won't Do
        ("PAY-4", "dropped"),  # a duplicate
        ("PAY-5", "open"),  # Reopened outranks the resolution that Jira keeps
        ("PAY-6", "done"),  # no resolution, but the category says Done
    ],
)
def test_states_of_the_sample(sample: pd.DataFrame, key: str, state: str) -> None:
    assert sample.loc[key, "state"] == state


def test_closing_dates_of_the_sample(sample: pd.DataFrame) -> None:
    closed = sample["closed_at"].dt.strftime("%m-%d %H:%M").fillna("").to_dict()
    assert closed == {
        "PAY-1": "01-14 09:00", "PAY-2": "", "PAY-3": "01-15 20:30", "PAY-4": "01-16 13:00",
        "PAY-5": "", "PAY-6": "01-18 12:30",
    }  # fmt: skip


def test_all_columns_of_a_row(sample: pd.DataFrame) -> None:
    row = sample.loc["PAY-1"]
    assert row["title"] == "Alert on a full queue, not on a late one"
    assert row["labels"] == ["postmortem", "sev1", "20260110"]
    assert row["links"] == ["PAY-9", "INC-7", "INC-8", "PAY-100"]
    assert row["owners"] == ["Ada Example"]
    assert (row["planned"], row["project"], row["severity"]) == ("PAY Sprint 2", "PAY", "sev1")
    assert (row["item_id"], row["source"], row["status"]) == ("jira:PAY-1", "jira", "Done")
    assert row["promised_on"] == pd.Timestamp("2026-01-20")
    assert pd.isna(row["url"])


def test_noon_and_midnight(sample: pd.DataFrame) -> None:
    assert sample.loc["PAY-2", "created_at"].hour == 12
    assert sample.loc["PAY-3", "created_at"].hour == 0


def test_nobody_is_an_empty_list(sample: pd.DataFrame) -> None:
    assert sample.loc[["PAY-2", "PAY-3"], "owners"].list.len().tolist() == [0, 0]


def test_a_view_without_assignee_does_not_say(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1,a,Done\n")
    assert found.tables["items"]["owners"].isna().all()


def test_duplicates_name_their_ticket(sample: pd.DataFrame) -> None:
    assert sample.loc["PAY-4", "duplicate_of"] == "jira:PAY-1"
    assert sample["duplicate_of"].notna().sum() == 1


def test_severities_are_in_one_form_and_others_reported() -> None:
    found = read_sample("jira_csv")
    assert found.tables["items"]["severity"].dropna().tolist() == ["sev1", "sev2", "Major"]
    assert any("severity 'Major' (1 row)" in s and '"Major" = "sev2"' in s for s in found.warnings)
    mapped = read_sample("jira_csv", severities={"MAJOR ": "sev3"})
    assert mapped.tables["items"]["severity"].dropna().tolist() == ["sev1", "sev2", "sev3"]


WORDS = [
    # status, resolution, category, resolved, state
    ("Done", "Fixed", "Done", "", "done"),
    ("Closed", "Won\u2019t Fix", "Done", "", "dropped"),
    ("Closed", "Cannot Reproduce", "", "", "dropped"),
    ("In Progress", "Fixed", "In Progress", "", "done"),
    ("Reopened", "Fixed", "To Do", "", "open"),
    ("Closed", "Unresolved", "", "", "done"),
    ("Fertig", "", "Done", "", "done"),
    ("Cancelled", "", "Done", "", "dropped"),
    ("Done", "", "In Progress", "", "open"),
    ("Won't Do", "", "", "", "dropped"),
    ("Verified - UAT", "", "", "", "open"),
    ("Verified - UAT", "", "", "14/Jan/26 9:00 AM", "done"),
    ("Backlog", "", "", "", "open"),
    ("", "", "", "", None),
]


@pytest.mark.parametrize(("status", "resolution", "category", "resolved", "state"), WORDS)
def test_what_words_mean_together(
    status: str,
    resolution: str,
    category: str,
    resolved: str,
    state: str | None,
    read: Callable[..., FileTables],
) -> None:
    found = read(
        "Issue key,Summary,Status,Resolution,Status Category,Resolved\n"
        f"A-1,a,{status},{resolution},{category},{resolved}\n"
    )
    answer = found.tables["items"]["state"].iloc[0]
    assert (None if pd.isna(answer) else answer) == state


def test_the_configuration_outranks_everything(read: Callable[..., FileTables]) -> None:
    text = "Issue key,Summary,Status,Resolution,Status Category\nA-1,a,Released ,Done,Done\n"
    assert states(read(text, states={"released": "open"})) == ["open"]
    assert states(read(text, states={"done": "dropped"})) == ["dropped"]


def test_an_unknown_status_is_named_with_its_line(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1,a,Odd\nA-2,b,Odd\nA-3,c,Done\n")
    assert found.warnings[:1] == (
        "Unknown status 'Odd' (2 rows) counts as open; say what is meant under [source.states], "
        'for example "Odd" = "done".',
    )


def test_neither_status_nor_resolution_is_no_state(read: Callable[..., FileTables]) -> None:
    assert read("Issue key,Summary\nA-1,a\n").tables["items"]["state"].isna().all()


def test_a_resolution_alone_tells_the_state(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Resolution\nA-1,a,\nA-2,b,Fixed\nA-3,c,Declined\n")
    assert states(found) == ["open", "done", "dropped"]


def test_keys_that_are_none_are_rejects(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1 ,a,Done\n,b,Done\nsee below,c,Done\n")
    assert found.tables["items"]["key"].tolist() == ["A-1"]
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [3, "no_key", "Issue key is empty"],
        [4, "no_key", "Issue key: 'see below'"],
    ]


def test_a_date_that_fits_no_format_is_a_reject(read: Callable[..., FileTables]) -> None:
    found = read(
        "Issue key,Summary,Status,Created\nA-1,a,Done,31/Feb/26 10:00 AM\nA-2,b,Done,1/Mar/26 10:00 AM\n"
    )
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [2, "bad_date", "Created: '31/Feb/26 10:00 AM'"]
    ]


def test_times_are_in_the_zone_of_the_source_and_days_stay(read: Callable[..., FileTables]) -> None:
    """New York is five hours behind in January; a day that was promised is not converted."""
    text = "Issue key,Summary,Status,Created,Due date\nA-1,a,Open,12/Jan/26 11:19 PM,20/Jan/26 12:00 AM\n"
    row = read(text, at_home="Europe/Berlin", timezone="America/New_York").tables["items"].iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-13 04:19", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-20")
    row = read(text, at_home="Europe/Berlin").tables["items"].iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-12 22:19", tz="UTC")


def test_tickets_can_be_incidents(read: Callable[..., FileTables]) -> None:
    found = read(
        sample_text("jira_csv"),
        table="incidents",
        fields={"service": "Custom field (Owning team)", "causes": "Labels"},
    )
    row = found.tables["incidents"].set_index("incident_id").loc["PAY-1"]
    assert row["started_at"] == pd.Timestamp("2026-01-12 11:19", tz="UTC")
    assert row["resolved_at"] == pd.Timestamp("2026-01-14 09:00", tz="UTC")
    assert (row["severity"], row["service"]) == ("sev1", "Payments")
    assert row["causes"] == ["postmortem", "sev1", "20260110"]


def test_a_round_number_of_rows_is_suspicious(read: Callable[..., FileTables]) -> None:
    def warned(rows: int) -> bool:
        text = "Issue key,Summary,Status\n" + "".join(f"A-{n},a,Done\n" for n in range(rows))
        return any("cuts off" in sentence for sentence in read(text).warnings)

    assert [warned(rows) for rows in (999, 1000, 1001)] == [False, True, False]


def test_no_word_of_any_language_means_two_things() -> None:
    meanings: dict[str, set[str]] = {}
    for language in LANGUAGES:
        to_do, in_progress, done = language.categories
        groups = {
            "open": (*to_do, *in_progress, *language.open),
            "done": (*done, *language.done),
            "dropped": language.dropped,
        }
        for state, words in groups.items():
            for word in words:
                meanings.setdefault(fold_word(word), {known_state(word) or state}).add(state)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_no_header_of_any_language_is_two_columns() -> None:
    columns: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for ours, names in language.columns.items():
            for name in names:
                columns.setdefault(fold_word(name), set()).add(ours)
    assert {name: found for name, found in columns.items() if len(found) > 1} == {}


SPANISH = (
    "Resumen,Clave de incidencia,ID de la incidencia,Tipo de Incidencia,Estado,Prioridad,"
    "Resolución,Persona asignada,Creada,Actualizada,Resuelta,Fecha de vencimiento,"
    "Enlace a la incidencia interna (Blocks),Enlace de incidencia saliente (Duplicate),"
    "Campo personalizado (Severity),Sprint,Categoría de estado,Categoría de estado cambiada,"
    "Clave principal,Parent summary\n"
    "Uno,TI-1,1,Tarea,Finalizada,Medium,Listo,Ada,01/ene/26 10:50 PM,06/abr/26 7:00 PM,"
    "02/ago/26 1:00 AM,31/dic/26 12:00 AM,TI-7,,2,S 1,Listo,02/ago/26 1:00 AM,TI-9,x\n"
    "Dos,TI-2,2,Tarea,ACABADO,Medium,,,01/ene/26 10:50 PM,06/abr/26 7:00 PM,,,,,,,Listo,"
    "03/feb/26 1:00 PM,,\n"
    "Tres,TI-3,3,Tarea,Fabricación,Medium,,,01/ene/26 10:50 PM,06/abr/26 7:00 PM,,,,,,,En curso,"
    "03/feb/26 1:00 PM,,\n"
    "Cuatro,TI-4,4,Tarea,Finalizada,Medium,Duplicada,,01/ene/26 10:50 PM,06/abr/26 7:00 PM,"
    "05/mar/26 1:00 PM,,,TI-1,,,Listo,05/mar/26 1:00 PM,,\n"
    "Cinco,TI-5,5,Tarea,Reabierta,Medium,Listo,,01/ene/26 10:50 PM,06/abr/26 7:00 PM,,,,,,,"
    "Por hacer,05/mar/26 1:00 PM,,\n"
)


def test_an_export_in_spanish(read: Callable[..., FileTables]) -> None:
    found = read(SPANISH)
    items = found.tables["items"].set_index("key")
    # The category decides where nobody knows the status: ACABADO and Fabricación are no defaults.
    assert items["state"].to_dict() == {
        "TI-1": "done", "TI-2": "done", "TI-3": "open", "TI-4": "dropped", "TI-5": "open",
    }  # fmt: skip
    assert items["closed_at"].dt.strftime("%m-%d %H").fillna("").tolist() == [
        "08-02 01", "02-03 13", "", "03-05 13", "",
    ]  # fmt: skip
    assert items.loc["TI-1", "created_at"] == pd.Timestamp("2026-01-01 22:50", tz="UTC")
    assert items.loc["TI-1", "promised_on"] == pd.Timestamp("2026-12-31")
    assert items.loc["TI-1", "links"] == ["TI-7", "TI-9"]
    assert (items.loc["TI-1", "severity"], items.loc["TI-1", "planned"]) == ("sev2", "S 1")
    assert items.loc["TI-4", "duplicate_of"] == "jira:TI-1"
    assert items["owners"].list.len().tolist() == [1, 0, 0, 0, 0]
    # Only the reopened one contradicts its resolution.
    assert [s.partition(" about")[0] for s in found.warnings] == ["1 row contradicts itself"]


VIEWS = [
    (
        "Vorgangstyp,Vorgangsschlüssel,Vorgangs-ID,Zusammenfassung,Zugewiesene Person,Priorität,"
        "Status,Lösung,Erstellt,Aktualisiert,Fälligkeitsdatum,Ausgehender Vorgang (Blocks)",
        "Aufgabe,A-1,1,x,Nicht zugewiesen,Medium,Fertig,,12/Mär/26 1:00 PM,12/Mai/26 1:00 PM,,A-9",
    ),
    (
        "Type de ticket,Clé de ticket,ID de ticket,Résumé,Personne assignée,Priorité,État,"
        "Résolution,Création,Mise à jour,Date d\u2019échéance,Lien de ticket sortant (Blocks)",
        "Tâche,A-1,1,x,,Medium,Terminé(e),,12/mars/26 13:00,12/mai/26 13:00,,A-9",
    ),
    (
        "Tipo de item,Chave da item,ID da item,Resumo,Responsável,Prioridade,Status,Resolução,"
        "Criado,Atualizado(a),Data limite,Link externo de item (Blocks)",
        "Tarefa,A-1,1,x,,Medium,Concluído,,12/mar/26 1:00 PM,12/mai/26 1:00 PM,,A-9",
    ),
    (
        "Vorgangstyp,Schlüssel,Zusammenfassung,Status,Priorität,Bearbeiter,Erstellt,Aktualisiert,"
        "Verknüpfte Vorgänge",
        'Aufgabe,A-1,x,Erledigt,Medium,Nicht zugewiesen,12/Mär/26 13:00,12/Mai/26 13:00,"A-9, B-1"',
    ),
]


@pytest.mark.parametrize(("header", "row"), VIEWS)
def test_views_in_other_languages(header: str, row: str, read: Callable[..., FileTables]) -> None:
    found = read(f"{header}\n{row}\n")
    item = found.tables["items"].iloc[0]
    assert (found.format, item["key"], item["title"], item["state"]) == (
        "jira_csv", "A-1", "x", "done",
    )  # fmt: skip
    assert item["created_at"] == pd.Timestamp("2026-03-12 13:00", tz="UTC")
    assert item["updated_at"] == pd.Timestamp("2026-05-12 13:00", tz="UTC")
    assert (item["links"][0], item["owners"]) == ("A-9", [])
    assert pd.isna(item["promised_on"])


def test_headers_of_other_tools_are_not_taken_for_a_view(read: Callable[..., FileTables]) -> None:
    for header in ("Clave,Nombre,Estado", "Schlüssel,Status,Team", "key,Status,Created,Priority"):
        with pytest.raises(InputError):
            read(f"{header}\nA-1,x,y,z\n")


PAGE = """<html><head><meta charset="utf-8"><title>Filter</title></head><body>
<table><tr><td colspan="5"><a href="https://jira.example/">Example Jira</a> (Filter)</td></tr>
<tr><th>Key</th><th>Summary</th><th>Issue Type</th><th>Status</th><th>Resolution</th>
<th>Assignee</th><th>Created</th></tr>
<tr><td><a href="/browse/HM-895">HM-895</a> </td><td>Delete &amp; sync</td><td>Task</td>
<td>Closed</td><td>Fixed</td><td>Unassigned</td><td>22/Mar/14 07:59</td></tr>
<tr><td>HM-896</td><td>Wait</td><td>Task</td><td>Open</td><td>Unresolved</td><td>Ada</td>
<td>23/Mar/14 17:59</td></tr>
<tr><td colspan="7">Generated at Sat Mar 22 10:53:30 UTC 2014 by Ada using JIRA 6.2#6252-sha1:aa.
</td></tr></table></body></html>
"""


def test_the_workbook_of_an_old_server_is_a_web_page(read: Callable[..., FileTables]) -> None:
    found = read(PAGE)
    items = found.tables["items"]
    assert (found.format, found.rows) == ("jira_csv", 3)
    assert items["key"].tolist() == ["HM-895", "HM-896"]
    assert items["title"].tolist() == ["Delete & sync", "Wait"]
    assert items["state"].tolist() == ["done", "open"]
    assert items["owners"].list.len().tolist() == [0, 1]
    assert items["created_at"].dt.strftime("%d %H:%M").tolist() == ["22 07:59", "23 17:59"]
    assert found.rejects["rule"].tolist() == ["footer"]


def test_a_workbook_with_real_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Example Jira"])
    sheet.append(["Issue Type", "Issue key", "Summary", "Status", "Created", "Due date"])
    sheet.append(["Task", "A-1", "x", "Done", datetime(2026, 1, 12, 11, 19), date(2026, 1, 20)])
    sheet.append(["Task", "A-2", "y", "To Do", "13/Jan/26 11:19 AM", None])
    book.save(tmp_path / "x.xlsx")
    found = read_path(tmp_path / "x.xlsx")
    items = found.tables["items"]
    assert (found.format, items["state"].tolist()) == ("jira_csv", ["done", "open"])
    assert items["created_at"].dt.strftime("%d %H:%M").tolist() == ["12 11:19", "13 11:19"]
    assert items["promised_on"].dt.day.tolist()[0] == 20
    assert found.rejects.empty


@pytest.mark.parametrize("limit", [100, 1000, 5000])
def test_the_numbers_of_rows_at_which_jira_stops_are_suspicious(
    limit: int, read: Callable[..., FileTables]
) -> None:
    lines = [f"A-{n},x,Done\n" for n in range(limit)]
    whole, shorter = (
        read("Issue key,Summary,Status\n" + "".join(rows)) for rows in (lines, lines[1:])
    )
    assert any(f"exactly {limit:,} rows" in sentence for sentence in whole.warnings)
    assert not any("exactly" in sentence for sentence in shorter.warnings)


@pytest.mark.parametrize("header", ["Issue key\nA-1\n", "Issue key,Custom field (X)\nA-1,x\n"])
def test_a_view_of_keys(header: str, read: Callable[..., FileTables]) -> None:
    """And perhaps of a field of the site's own."""
    assert read(header).tables["items"]["item_id"].tolist() == ["jira:A-1"]


def test_what_scripts_write_of_jira(read: Callable[..., FileTables]) -> None:
    """Nothing but the date says what is done."""
    found = read(
        "Issue,Title,Type,Activity Type,Resolved Date,Project\n"
        "SHOP-1,Retry,Bug,Quality,2026-01-12,Shop\nSHOP-2,Wait,Bug,Quality,,Shop\n"
    )
    items = found.tables["items"]
    assert items["key"].tolist() == ["SHOP-1", "SHOP-2"]
    assert items["title"].tolist() == ["Retry", "Wait"]
    assert items["state"].tolist() == ["done", "open"]
    assert items["closed_at"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2026-01-12", ""]
