"""The codes of all diagnostics, with severity and the text of the reference.

BK1xx reading · BK2xx structure and spelling · BK3xx tables · BK4xx endpoints · BK5xx types and bodies ·
BK6xx service · BK7xx writing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Attributes:
        severity: `error`, `warning`, `info` or `hint`.
        title: what it is, in a few words; the heading in the reference and the rule's name in SARIF.
        help: one or two sentences: why it is a finding and what to do.
    """

    severity: str
    title: str
    help: str


CODES: dict[str, Code] = {}
