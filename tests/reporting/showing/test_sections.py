"""Text in Markdown among the exhibits of a report."""

import nbformat

import pmanalytics as pma
from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.texts import rendered
from pmanalytics.reporting.showing.story import read_story


def shown(*values, source="# A report"):
    cells = [nbformat.v4.new_markdown_cell(source)]
    for value in values:
        data = value._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data=data)
        cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    return read_story(nbformat.v4.new_notebook(cells=cells), title="x", parameters={})


def test_text_of_a_cell_becomes_text_of_the_page():
    story = shown(pma.prose("# Who owns it?\n\n| a |\n|---|\n| b |"))
    assert story.title == "A report"
    page = page_html(story)
    assert ">Who owns it?</h2>" in page
    assert "<td>b</td>" in page


def test_text_of_a_cell_is_made_harmless():
    page = page_html(shown(pma.prose("<script>alert(1)</script> [x](javascript:alert(1))")))
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_what_was_written_as_an_entity_is_one_character():
    assert "a &lt; b &amp; c" in rendered("a &lt; b &amp; c")
    # What is not escaped twice does not come to life.
    assert "<script>" not in rendered("&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "<script>" not in rendered("&amp;lt;script&amp;gt;")


def test_the_subject_stands_behind_the_heading():
    class About:
        def _repr_mimebundle_(self):
            return {"application/vnd.pmanalytics.about+json": {"subject": "Payments"}}

    assert shown(About()).title == "A report: Payments"
