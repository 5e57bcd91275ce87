"""Reading: files opened safely, as text first, with every row accounted for.

Nothing here knows of trackers: bytes become sheets of text, text becomes dates, and what is
irregular is rejected with its row or refused with a sentence.
"""
