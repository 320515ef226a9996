"""What generated code calls that which expressions of the document speak of."""

from __future__ import annotations

from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.vocabulary import ACTOR

ACCOUNT = "account"
"""The account that sends a request."""

VARIABLES = {ACTOR: ACCOUNT, NOW: "utc_now()"}
"""name in expressions -> the code that stands for it."""
