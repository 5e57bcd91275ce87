"""Headings: what a part of a postmortem is about, told from its heading or label.

Templates call the same part by many names. A name is compared without case, numbering, punctuation
and pictures, and the first rule that fits decides: a follow-up timeline is a time line.
"""

import re
import unicodedata
from typing import Final

__all__ = ["EXCLUDED_TITLE", "SECTIONS", "TELLING", "fold_heading", "section_of"]

_FIRST: Final = re.compile(r"^(?:(?:part|step|section|appendix)? ?[0-9]+(?: [0-9]+)* |[a-z] )")
_NO_WORD: Final = re.compile(r"[^\w']+")
_MOST: Final = 120

_PLANNED: Final = (
    "corrective|preventi(?:ve|on)|preventative|remedial|remediation|follow ?up|mitigating|"
    "recommended|future|next|planned|long term|short term|medium term|agreed|outstanding|proposed|"
    "improvement|further|open|required|suggested"
)
_WORK: Final = "actions?|measures?|tasks?|steps?|work|items?|improvements?"

# The kinds of parts, in the order in which they are tried.
SECTIONS: Final = {
    "timeline": r"\btime ?lines?\b|\bchronology\b|^(?:key|sequence of) events$|^event log$|^log$",
    "taken": r"\bactions? taken\b|\bsteps taken\b|\btaken actions?\b"
    r"|^immediate (?:actions?|response)|^response$|\balready (?:done|taken)\b",
    "questions": r"\bquestions?\b",
    "actions": r"\baction (?:items?|points?|list|plan)\b|^actions?$"
    r"|\bactions? (?:following|after|from|arising|to take)\b|\breview actions?$"
    rf"|\b(?:{_PLANNED})(?: (?:and|or) (?:{_PLANNED}))? (?:{_WORK})\b"
    r"|^follow ?ups?(?: .*)?$|\bfollow ?ups$|^(?:what s )?next steps?\b|^remediations?(?: items?)?$"
    r"|^corrective and prevent\w+$|^to ?dos?(?: list)?$|^tasks$|^recommendations$|^improvements$",
    "attendees": r"^(?:meeting |review )?(?:att?endees?|attendance|participants?|present)"
    r"(?: list)?$|^in attendance$|^people present$",
    "lucky": r"\bluck(?:y)?\b",
    "went": r"\bwent (?:well|wrong|poorly|badly)\b|\b(?:didn'?t|did not) go (?:so |as )?well\b"
    r"|\bgone better\b|\bgo(?:es)? (?:well|wrong)\b|^could be improved$|\bcould (?:be|have been) "
    r"(?:better|improved)\b",
    "lessons": r"\blessons?\b|\blearn(?:ed|t|ings?)\b",
    "contributing": r"\bcontribut(?:ing|ory)\b",
    "cause": r"\b(?:root|underlying|proximate) causes?\b|^causes?$|\broot cause\b|\bfive whys?\b"
    r"|\b5 whys?\b|^rca$",
    "trigger": r"^triggers?$",
    "detection": r"^detection\b|^how (?:was it|did we) detect\w*$|^discovery$|^identified$",
    "resolution": r"\bresolution\b|^recovery\b|^mitigation\b"
    r"|^time to (?:repair|resolve|recover\w*)$"
    r"|^how (?:was it|did we) (?:fix|resolve)\w*$|^repaired$|^resolved$",
    "impact": r"\bimpacts?\b|^affected users$|^blast radius$",
    "services": r"^(?:affected|impacted) (?:services?|systems?|components?)$"
    r"|^(?:services?|systems?|components?) (?:affected|impacted)$",
    "facts": r"^(?:stats|statistics|metadata|meta|facts|details|at a glance|incident (?:details|"
    r"information|data|facts)|important information|key facts|overview|general(?: information)?)$",
    "summary": r"^(?:executive |incident )?summary$|^tl dr$|^tldr$|^abstract$|^what happened$"
    r"|^description$|^synopsis$",
}
_RULES: Final = tuple((name, re.compile(pattern)) for name, pattern in SECTIONS.items())

# The parts that only a postmortem has; proposals, too, have impacts, time lines and next steps.
TELLING: Final = frozenset(("cause", "contributing", "detection", "trigger", "lucky"))
# Documents about postmortems, and other documents with parts of the same names.
EXCLUDED_TITLE: Final = re.compile(
    r"\b(?:templates?|change ?log|release notes|readme|guide(?:line)?s?|handbook|runbook|playbook|"
    r"policy|how to|sprint|stand ?up|incident (?:reporting|management|response (?:plan|process)))\b"
    r"|\{\{|\bproposal\b|^retro(?:spective)?\b"
)


def fold_heading(title: str) -> str:
    """A heading as it is compared.

    Examples:
        >>> fold_heading("5. **Corrective & Preventive Actions** (CAPA):")
        'corrective and preventive actions'
    """
    plain = unicodedata.normalize("NFKC", title[:_MOST]).replace(
        "\N{RIGHT SINGLE QUOTATION MARK}", "'"
    )
    plain = re.sub(r"\([^)]*\)?", " ", plain).replace("&", " and ").casefold()
    words = _NO_WORD.sub(" ", plain).replace("_", " ").strip()
    return _FIRST.sub("", words)


def section_of(title: str) -> str:
    """What a heading or a label says that its part is about, or nothing.

    Examples:
        >>> [section_of(title) for title in ("Action Items:", "3. Root-cause analysis", "May 12")]
        ['actions', 'cause', '']
    """
    folded = fold_heading(title)
    return next((name for name, rule in _RULES if rule.search(folded)), "")
