import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from pmanalytics.errors import UsageError
from pmanalytics.reporting.folders import heal, publish, slug, staging, tidy


def write_report(output, text, name="quarterly", period="2026Q3"):
    with staging(output, name) as written:
        (written / "report.html").write_text(text)
        (written / "manifest.json").write_text("{}")
        publish(written, output / period / name)


def hidden(folder):
    return sorted(path.name for path in folder.rglob(".*") if not path.name.endswith(".lock"))


def test_a_report_replaces_the_older_one_and_leaves_nothing_behind(tmp_path):
    write_report(tmp_path, "old")
    (tmp_path / "2026Q3" / "quarterly" / "stray.txt").write_text("of the old report")
    write_report(tmp_path, "new")
    folder = tmp_path / "2026Q3" / "quarterly"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "report.html"]
    assert (folder / "report.html").read_text() == "new"
    assert hidden(tmp_path) == []


def test_reports_on_subjects_beneath_are_kept(tmp_path):
    write_report(tmp_path, "old")
    write_report(tmp_path, "of the web team", name="team-web", period="2026Q3/quarterly")
    write_report(tmp_path, "new")
    kept = tmp_path / "2026Q3" / "quarterly" / "team-web" / "report.html"
    assert kept.read_text() == "of the web team"


def test_a_failed_report_leaves_the_older_one_and_no_trace(tmp_path):
    write_report(tmp_path, "old")
    with pytest.raises(ZeroDivisionError), staging(tmp_path, "quarterly") as written:
        (written / "report.html").write_text(str(1 / 0))
    assert (tmp_path / "2026Q3" / "quarterly" / "report.html").read_text() == "old"
    assert hidden(tmp_path) == []


def test_a_failed_first_report_leaves_not_even_its_folders(tmp_path):
    with pytest.raises(ZeroDivisionError), staging(tmp_path / "a" / "b", "quarterly"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys
from pathlib import Path
from pmanalytics.reporting import folders

output = Path(sys.argv[1])
renamed = []
rename = Path.rename

def dying(self, target):
    renamed.append(rename(self, target))
    if len(renamed) == int(sys.argv[2]):
        os._exit(9)
    return renamed[-1]

Path.rename = dying
with folders.staging(output, "quarterly") as written:
    (written / "report.html").write_text("new")
    (written / "manifest.json").write_text("{}")
    if sys.argv[2] == "0":
        os._exit(9)
    folders.publish(written, output / "2026Q3" / "quarterly")
"""


@pytest.mark.parametrize(("renames", "expected"), [(0, "old"), (1, "old"), (2, "new"), (3, "new")])
def test_whatever_the_moment_of_a_kill_the_next_run_heals(tmp_path, renames, expected):
    write_report(tmp_path, "old")
    write_report(tmp_path, "of a team", name="team-web", period="2026Q3/quarterly")
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(renames)]
    assert subprocess.run(command, check=False).returncode == 9
    folder = tmp_path / "2026Q3" / "quarterly"
    heal(folder)
    assert (folder / "report.html").read_text() == expected
    assert (folder / "team-web" / "report.html").read_text() == "of a team"
    write_report(tmp_path, "newest")
    assert (folder / "report.html").read_text() == "newest"
    assert (folder / "team-web" / "report.html").read_text() == "of a team"
    assert hidden(tmp_path) == []


def test_a_run_that_is_alive_is_left_alone(tmp_path):
    with staging(tmp_path, "quarterly") as first:
        (first / "report.html").write_text("first")
        write_report(tmp_path, "second")
        assert (first / "report.html").read_text() == "first"
        publish(first, tmp_path / "2026Q3" / "quarterly")
    assert (tmp_path / "2026Q3" / "quarterly" / "report.html").read_text() == "first"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path, place):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match=r"cannot be written .*; name another one"),
        staging(tmp_path / place, "quarterly"),
    ):
        pytest.fail("no work may begin")


def test_a_file_in_the_place_of_the_period_is_one_sentence(tmp_path):
    (tmp_path / "2026Q3").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_report(tmp_path, "new")


def test_different_texts_have_different_slugs():
    texts = ["a b", "a-b", "a_b", "a/b", "x" * 70, "x" * 71, "é", "e", "日本", "日"]
    assert len({slug(text) for text in texts}) == len(texts)


@pytest.mark.parametrize("subject", ["", "team-web"])
def test_what_a_killed_run_left_is_put_right_without_making_that_report(tmp_path, subject):
    write_report(tmp_path, "of a team", name="team-web", period="2026Q3/quarterly")
    place = tmp_path / "2026Q3" / "quarterly" / subject
    # As if a run had ended between its two renames, and another one before it could write.
    left = place.parent / f".{place.name}.old-abcd_123"
    left.mkdir()
    place.rename(left / "report")
    (tmp_path / ".weekly.new-abcd_123").mkdir()
    tidy(tmp_path)
    kept = tmp_path / "2026Q3" / "quarterly" / "team-web" / "report.html"
    assert kept.read_text() == "of a team"
    assert hidden(tmp_path) == []


def test_hidden_folders_of_others_are_left_alone(tmp_path):
    others = [".web.old-2019/report", ".web.old-abcd_123/work", ".git/x", ".web.new-2019/x"]
    for name in others:
        (tmp_path / "2026Q3" / name).mkdir(parents=True)
        (tmp_path / name).mkdir(parents=True)
    tidy(tmp_path)
    write_report(tmp_path, "new")
    assert all((tmp_path / "2026Q3" / name).is_dir() for name in others)
    assert all((tmp_path / name).is_dir() for name in others)


def test_folders_that_other_runs_clear_away_meanwhile_are_no_obstacle(tmp_path):
    done, folders = Event(), [tmp_path / f".team.new-{number:08d}" for number in range(20)]

    def comes_and_goes():
        while not done.is_set():
            for folder in folders:
                with suppress(FileNotFoundError):  # it was taken for one of a killed run
                    (folder / "tables").mkdir(parents=True, exist_ok=True)
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)

    with ThreadPoolExecutor() as pool:
        going = pool.submit(comes_and_goes)
        try:
            for _ in range(200):
                tidy(tmp_path)
        finally:
            done.set()
        going.result()


def test_nothing_is_put_right_where_there_is_nothing(tmp_path):
    tidy(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
