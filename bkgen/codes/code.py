"""What a finding is: its severity and the text of the reference."""

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
