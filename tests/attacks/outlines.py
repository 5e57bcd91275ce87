"""What a browser or a spreadsheet would make of a text, and the words that must come through."""

import re
from html.parser import HTMLParser

from tests.naughty import TITLES, token

__all__ = ["EVERY", "HALVES", "TURNING", "Outline", "words_in"]

EVERY = {token(number) for number in range(len(TITLES))}
# The titles with half a pair of surrogates, which only the list of all items holds.
HALVES = {token(number) for number in (91, 92, 93)}
# Marks that turn a line round, and control characters.
TURNING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


class Outline(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.text = ""
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        self.text += "" if self.inside in ("script", "style") else data


def words_in(text):
    return set(re.findall(r"nty\d\d", text))
