import io

from pmanalytics.reporting.progress import bar


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_a_terminal_sees_one_line_that_fills():
    stream = Terminal()
    with bar("quarterly", stream=stream) as advance:
        advance("half", 0.5)
    assert stream.getvalue() == (
        f"\rquarterly [{'=' * 12}{' ' * 12}] half\x1b[K\rquarterly [{'=' * 24}] done\x1b[K\n"
    )


def test_elsewhere_there_are_plain_lines():
    stream = io.StringIO()
    with bar("quarterly", stream=stream) as advance:
        advance("half", 0.5)
        advance("half", 0.6)
    assert stream.getvalue() == "quarterly: half\nquarterly: done\n"
