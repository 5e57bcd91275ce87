"""The pictures of the README: the sample report as a browser shows it. Run by `make pictures`."""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from pmanalytics.reporting.rendering.pdf import browser_command, find_browser
from pmanalytics.reporting.reports import report

FOLDER: Final = Path(__file__).parent.parent / "docs"
CHART: Final = "attainment-by-quarter"
# Nothing but one chart, its table, and the mark that says that the organisation is invented.
ONE_CHART: Final = (
    f".sheet {{ padding-top: 1rem; }} main > :not(#{CHART}), .front, .side, .contents, header, "
    f"footer {{ display: none !important; }} #{CHART} {{ margin: 0; }}"
)
PICTURES: Final = {
    "first-screen.webp": ("1280,900", ""),
    "chart.webp": ("900,800", ONE_CHART),
}
MAXIMUM_BYTES: Final = 150_000


def main() -> None:
    """Make the sample's report and the pictures of it."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = report(period="2026Q3", output=Path(made))
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert f'id="{CHART}"' in page, "the chart of the picture is no longer on the page"
        for name, (size, style) in PICTURES.items():
            shown = folder / "shown.html"
            shown.write_text(page.replace("</style>", f"{style}</style>", 1), encoding="utf-8")
            _picture(shown, FOLDER / name, size)


def _picture(page: Path, target: Path, size: str) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            *browser_command(find_browser(), profile),
            "--hide-scrollbars",
            "--blink-settings=preferredColorScheme=1",
            f"--window-size={size}",
            f"--screenshot={target}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert target.stat().st_size < MAXIMUM_BYTES, f"{target.name} is too big for a README"


if __name__ == "__main__":
    main()
