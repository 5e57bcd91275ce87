"""The PDF: no file of this machine comes into it, and nothing in it acts."""

import base64
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter, LatexExporter

from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.pdf import find_browser, print_page
from pmanalytics.reporting.showing.story import Block, Story
from tests.attacks.outlines import EVERY, words_in
from tests.conftest import missing
from tests.naughty import SECRET

PACKAGE = Path(__file__).parents[2] / "pmanalytics"


def text_of(path: Path) -> str:
    try:
        command = ["pdftotext", str(path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        missing("poppler-utils")
        raise


def test_the_pdf_holds_no_file_of_this_machine_and_no_action(naughty: Path) -> None:
    content = (naughty / "report.pdf").read_bytes()
    text = text_of(naughty / "report.pdf")
    assert len(words_in(text)) > len(EVERY) / 2
    for path in naughty.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
    assert SECRET not in text
    assert not [word for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile") if word in content]
    addresses = re.findall(rb"/URI \((.*?)\)", content)
    assert addresses
    assert all(re.match(rb"https://(tickets\.example|github)\.com/", at) for at in addresses)


def test_a_file_comes_into_the_pdf_of_a_naive_page_and_not_into_ours(
    chromium: Callable[..., str], tmp_path: Path
) -> None:
    """The same element in a page without a policy and, as if it had slipped in, in one of ours."""
    (tmp_path / "secret.txt").write_text(SECRET)
    frame = f'<iframe src="{(tmp_path / "secret.txt").as_uri()}"></iframe>'
    (tmp_path / "naive.html").write_text(f"<!doctype html><html><body>{frame}</body></html>")
    chromium(tmp_path / "naive.html", f"--print-to-pdf={tmp_path / 'naive.pdf'}")
    # Where a line ends, the hyphen is lost.
    assert SECRET[:20] in text_of(tmp_path / "naive.pdf")
    page = page_html(Story("A report", {}, {}, (Block("text", text="## A part"),)))
    (tmp_path / "ours.html").write_text(page.replace("</main>", f"{frame}</main>"))
    assert SECRET not in page
    assert frame in (tmp_path / "ours.html").read_text()
    print_page(
        tmp_path / "ours.html", tmp_path / "ours.pdf", browser=find_browser(), charts=0, day=""
    )
    assert "A part" in text_of(tmp_path / "ours.pdf")
    assert SECRET[:20] not in text_of(tmp_path / "ours.pdf")


def test_markdown_draws_no_file_in_and_no_latex_is_made(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    text = "![x](secret.txt) \\input{secret.txt}"
    naive = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    place = {"metadata": {"path": str(tmp_path)}}
    page, _ = HTMLExporter(embed_images=True).from_notebook_node(naive, resources=place)
    held = base64.b64encode(SECRET.encode()).decode()
    assert held in page
    latex, _ = LatexExporter().from_notebook_node(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_raw_cell("\\input{secret.txt}")])
    )
    assert "\\input{secret.txt}" in latex
    ours = page_html(Story("A report", {}, {}, (Block("text", text=text),)))
    assert held not in ours
    assert "<img" not in ours
    maker = re.compile(r"nbconvert|LatexExporter|pdflatex|xelatex|weasyprint", re.IGNORECASE)
    sources = {path.name: path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    assert [name for name, source in sources.items() if maker.search(source)] == []
