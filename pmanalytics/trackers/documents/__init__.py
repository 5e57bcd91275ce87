"""Postmortem documents: from the text of a Markdown file to records of its incident and items.

Where the document contradicts itself, this is how it is:
- **The day of the incident**: the front matter, a line or a table of facts decides. Else the title
  does, unless only the name of the file agrees with the first day of the time line. Else the name
  of the file, else the time line. A disagreement of title, name and facts is a doubt.
- **A time of day** is taken from facts and the title, with its zone. A date without one is the
  local day. Of the time line only days are taken, because its zone is written in too many ways,
  but for lines that say nothing else than when the incident began or ended, such as `First detected
  2021-11-05 15:12`; its last day is that of the end where no fact says it.
- **The incident's id** is the one written in facts, title or name of the file, such as `INC-12`,
  else the name of the file, or that of its folder when the file is called `README` or `postmortem`.
- **State of an item**: a check box outranks words, and a column outranks both; `(done)`, `DONE`,
  check marks, a note that begins with done and a struck line mean done; with no mark at all, the
  document does not say.
- **Ids of items** are the incident's and the first words of the title, so that they stay when other
  items are added; the second of two equal ones gets a number.
"""

from pmanalytics.trackers.documents.records import document_records

__all__ = ["document_records"]
