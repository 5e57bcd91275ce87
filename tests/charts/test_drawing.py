"""Charts as Chromium draws them: no label is cut, and none lies on another one."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import plotly.io
import pytest

from tests.charts.tables import FIGURES


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found and os.environ.get("CI"):
        pytest.fail("Chromium is missing, and continuous integration must not skip.")
    return found or pytest.skip("Chromium is missing here.")


LOOK = """
window.addEventListener('load', () => setTimeout(() => {
  const cut = [], over = [];
  for (const box of document.querySelectorAll('.sheet')) {
    const edge = box.getBoundingClientRect();
    const seen = [];
    for (const text of box.querySelectorAll('svg text')) {
      const place = text.getBoundingClientRect();
      if (!text.textContent.trim() || !place.width) continue;
      if (place.left < edge.left - 2 || place.right > edge.right + 2)
        cut.push(box.id + ': ' + text.textContent);
      for (const other of seen) {
        const wide = Math.min(place.right, other.place.right) - Math.max(place.left, other.place.left);
        const high = Math.min(place.bottom, other.place.bottom) - Math.max(place.top, other.place.top);
        if (wide > 2 && high > 5) over.push(box.id + ': ' + text.textContent + ' on ' + other.said);
      }
      seen.push({ place, said: text.textContent });
    }
  }
  document.body.dataset.cut = cut.join(' | ');
  document.body.dataset.over = over.join(' | ');
  document.body.dataset.drawn = document.querySelectorAll('.main-svg').length;
}, 300));
"""


@pytest.mark.parametrize("width", [358, 760])
def test_no_label_is_cut_or_lies_on_another(chromium: str, tmp_path: Path, width: int) -> None:
    pieces = []
    for number, (name, build) in enumerate(FIGURES.items()):
        drawn = plotly.io.to_html(
            build(),
            full_html=False,
            include_plotlyjs=number == 0,
            div_id=f"fig-{number}",
            config={"displayModeBar": False},
            validate=False,
        )
        pieces.append(f'<div class="sheet" id="{name}" style="width:{width}px">{drawn}</div>')
    page = tmp_path / "page.html"
    page.write_text(f"<meta charset=utf-8><body>{''.join(pieces)}<script>{LOOK}</script>", "utf-8")
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=20000", "--dump-dom",
    ]  # fmt: skip
    finished = subprocess.run(
        [chromium, *flags, page.as_uri()], capture_output=True, check=True, timeout=120
    )
    dom = finished.stdout.decode("utf-8")
    found = re.search(r'<body[^>]* data-cut="([^"]*)" data-over="([^"]*)" data-drawn="(\d+)"', dom)
    assert found, "the page was not drawn"
    assert html.unescape(found[1]) == ""
    assert html.unescape(found[2]) == ""
    # Two or three layers per figure, none of them missing.
    assert int(found[3]) >= 2 * len(FIGURES)
