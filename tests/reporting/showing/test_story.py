import json

import nbformat

from pmanalytics.reporting.showing.media import FRONT_TYPE
from pmanalytics.reporting.showing.story import kept_notebook, read_story


def test_title_exhibits_and_output_are_found_in_order(executed):
    story = read_story(executed("hostile"), title="none", parameters={})
    assert story.title == "A report full of hostile text"
    assert [block.kind for block in story.blocks] == ["text", "exhibit", "output", "exhibit"]
    assert story.about["period"] == "2026Q3"
    # A chart without a table is shown too.
    assert [shown["name"] for shown in story.exhibits] == ["hostile", ""]


def test_what_is_kept_of_the_notebook_names_no_place_and_no_time(executed):
    text = kept_notebook(executed("small"), parameters={"period": "2026Q3"})
    kept = json.loads(text)
    assert kept["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not any("papermill" in cell["metadata"] for cell in kept["cells"])
    streams = [
        "".join(output["text"])
        for cell in kept["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    assert "a doubtful thing" in streams[0]
    assert "/" not in streams[0]


def test_the_parameters_of_the_run_are_replaced_by_those_a_reader_may_see(small):
    kept = json.loads((small / "notebook.ipynb").read_text())
    given = [
        cell for cell in kept["cells"] if "injected-parameters" in cell["metadata"].get("tags", ())
    ]
    assert "".join(given[0]["source"]) == "period = ''\nitems = 4"


def test_the_front_is_kept_apart_from_the_rest():
    notebook = nbformat.from_dict(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "outputs": [{"data": {FRONT_TYPE: {"answers": []}, "text/plain": "first"}}],
                }
            ]
        }
    )
    story = read_story(notebook, title="A report", parameters={})
    assert story.front == {"answers": []}
    assert story.blocks == ()
