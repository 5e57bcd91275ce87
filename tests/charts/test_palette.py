"""The palette: contrast on both papers, and neighbours that differ for any eye and in grey print.

Contrast is that of WCAG 2.2, success criteria 1.4.3 (text, 4.5 to 1) and 1.4.11 (marks, 3 to 1).
Colour vision is simulated with the matrices of Machado, Oliveira and Fernandes (2009), A
physiologically-based model for simulation of color vision deficiency, IEEE Transactions on
Visualization and Computer Graphics 15(6), for severity 1.0, in linear RGB.
"""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import pmanalytics as pma
from pmanalytics.charts.maps import DARKEST
from pmanalytics.charts.palette import ALERT, BEHIND, CALM, GREY, INK, LINES, MUTED, faint
from pmanalytics.charts.trends import LEVELS
from tests.charts.tables import FIGURES, burn_table, single, standings_table

CSS = Path(pma.__file__).parent / "reporting" / "rendering" / "templates" / "page.css"
LIGHT, DARK = "#fcfbf9", "#16181b"
PALE = str(BEHIND["color"])
MARKS = {"ALERT": ALERT, "CALM": CALM, "GREY": GREY, "MUTED": MUTED} | {
    f"line {place}": color for place, (color, _) in enumerate(LINES)
}
MACHADO = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


def linear(color: str) -> np.ndarray:
    """Linear RGB between 0 and 1, from six hexadecimal digits."""
    parts = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB, for the white of sRGB (D65)."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def apart(one: str, other: str, eye: str) -> float:
    """The distance of two colours for an eye (CIE 1976); 2.3 can just be seen."""
    matrix = MACHADO[eye]
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def lightness(color: str) -> float:
    return float(lab(linear(color))[0])


def blended(color: str, paper: str) -> str:
    """What `rgba(...)` looks like on a paper, as six hexadecimal digits."""
    *parts, opacity = (float(part) for part in re.findall(r"[\d.]+", color))
    under = [int(paper[start : start + 2], 16) for start in (1, 3, 5)]
    mixed = [
        round(over * opacity + base * (1 - opacity))
        for over, base in zip(parts, under, strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def seen(color: str, paper: str) -> str:
    return blended(color, paper) if color.startswith("rgba") else color


def variables() -> list[dict[str, str]]:
    """The colours of the page: light first, then dark."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", CSS.read_text("utf-8"))
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks[:2]]


def test_the_functions_give_published_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # #767676 is the lightest grey that passes 4.5 to 1 on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert lightness("#777777") == pytest.approx(50.0, abs=0.1)
    # Red and green, for an eye that lacks one of the two, are near each other.
    assert apart("#c05000", "#7a7000", "protanopia") < apart("#c05000", "#7a7000", "normal") / 2


def test_the_papers_are_those_of_the_page() -> None:
    assert [block["paper"] for block in variables()] == [LIGHT, DARK]


@pytest.mark.parametrize("name", MARKS)
@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_marks_can_be_seen_on_both_papers(name: str, paper: str) -> None:
    assert contrast(MARKS[name], paper) >= 3


@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_the_pale_bar_has_an_edge_that_can_be_seen(paper: str) -> None:
    assert BEHIND["line"]["color"] == MUTED
    assert contrast(seen(PALE, paper), paper) < 3  # so that it needs one


def test_text_can_be_read_on_the_pale_bar() -> None:
    for block in variables():
        assert contrast(block["ink"], seen(PALE, block["paper"])) >= 4.5


def test_text_can_be_read_on_both_papers() -> None:
    for block in variables():
        for ink in ("ink", "soft"):
            assert contrast(block[ink], block["paper"]) >= 4.5
    # Without the page, in a notebook on white.
    assert contrast(INK, "#ffffff") >= 4.5


@pytest.mark.parametrize("color", [ALERT, GREY])
def test_text_can_be_read_in_the_darkest_cell_of_a_map(color: str) -> None:
    for block in variables():
        cell = blended(faint(color, opacity=DARKEST), block["paper"])
        assert contrast(block["ink"], cell) >= 4.5


# Colours that lie side by side or on each other: in stacks, overlays and marks on lines.
NEIGHBOURS = [
    (CALM, PALE), (ALERT, PALE), (ALERT, CALM), (MUTED, CALM), (GREY, PALE), (ALERT, GREY),
]  # fmt: skip


@pytest.mark.parametrize("paper", [LIGHT, DARK])
@pytest.mark.parametrize("eye", MACHADO)
@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_differ_for_any_eye(one: str, other: str, eye: str, paper: str) -> None:
    assert apart(seen(one, paper), seen(other, paper), eye) > 13


@pytest.mark.parametrize("paper", [LIGHT, DARK])
@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_differ_in_grey_print(one: str, other: str, paper: str) -> None:
    assert abs(lightness(seen(one, paper)) - lightness(seen(other, paper))) > 7


def test_lines_differ_for_any_eye_or_by_their_dashes() -> None:
    dashes = [dash for _, dash in LINES]
    assert len(set(dashes)) == len(dashes)
    for one, other in pairwise(color for color, _ in LINES):
        assert abs(lightness(one) - lightness(other)) > 7
        assert min(apart(one, other, eye) for eye in MACHADO) > 20


def test_no_two_standings_look_alike_in_grey_print() -> None:
    figure = pma.plot_standings(standings_table())
    looks = [
        (round(lightness(seen(trace.marker.color, LIGHT)) / 7), trace.marker.pattern.shape)
        for trace in figure.data
    ]
    assert len(set(looks)) == len(looks)


def test_stacked_neighbours_differ_by_lightness_or_pattern() -> None:
    figure = FIGURES["gap_trend"]()
    fills = [seen(trace.marker.color, LIGHT) for trace in figure.data]
    assert min(abs(lightness(a) - lightness(b)) for a, b in pairwise(fills)) > 7


def test_the_lines_of_one_chart_differ_by_dash_or_width() -> None:
    burn = pma.plot_burn_up(single(burn_table()))
    looks = [(trace.line.dash, trace.line.width) for trace in burn.data]
    assert len(set(looks)) == len(looks)
    widths = [width for _, _, width in LEVELS]
    assert widths[0] == widths[2] != widths[1]  # limits are alike, the usual level is not
