"""The media types under which a notebook keeps what a report is made from."""

from typing import Final

__all__ = [
    "ABOUT_TYPE",
    "EXHIBIT_TYPE",
    "FIGURE_TYPE",
    "FRONT_TYPE",
    "ITEMS_TYPE",
    "MARKDOWN_TYPE",
]

ABOUT_TYPE: Final = "application/vnd.pmanalytics.about+json"
EXHIBIT_TYPE: Final = "application/vnd.pmanalytics.exhibit+json"
FIGURE_TYPE: Final = "application/vnd.plotly.v1+json"
FRONT_TYPE: Final = "application/vnd.pmanalytics.front+json"
ITEMS_TYPE: Final = "application/vnd.pmanalytics.items+json"
MARKDOWN_TYPE: Final = "text/markdown"
