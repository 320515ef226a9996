"""What Schemathesis has to be told, because JSON Schema cannot say it."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import strategies
from schemathesis import GenerationMode

# Addresses of domains that are kept for tests (`.test`, `.invalid`) are refused.
schemathesis.openapi.format("email", strategies.from_regex(r"\A[a-z][a-z0-9]{0,20}@[a-z]{3,10}\.(com|org|example)\Z"))


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """A cursor is what a list gave: no text that is made up is one."""
    if case.query and case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.query.pop("after", None)
