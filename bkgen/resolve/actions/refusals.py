"""What steps answer with where they cannot go on: `else`."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.actions import Refusal, Which
from bkgen.resolve.nodes import is_integer
from bkgen.resolve.statuses import STEP_STATUSES
from bkgen.source import Map, Node, Scalar

_OTHERWISE = {"load": 404, "update": 409, "delete": 409}


def refusal_of(node: Map, which: Which, held: bool, verb: str, diagnostics: Diagnostics) -> Refusal:
    """What a step answers with where its rows are not there, or not as it needs them.

    `held`: an earlier step has written that very row, so it is there.
    """
    said = node.get("else")
    if held:
        return _of_held(said, which, verb, diagnostics)
    if said is None:
        if not which.one:
            return Refusal(None, None)
        return Refusal(404, _OTHERWISE[verb] if which.others else None)
    if not isinstance(said, Map):
        status = status_of(said, 404, diagnostics)
        return Refusal(status, status if which.others else None)
    missing, otherwise = said.get("missing"), said.entry("otherwise")
    if otherwise is not None and not which.others:
        message = "nothing leads here: all that is asked is whether the row is there"
        diagnostics.add("BK445", otherwise.key_span, message, "remove it, or add a condition to `where`")
    return Refusal(
        status_of(missing, 404, diagnostics),
        status_of(otherwise.value if otherwise else None, _OTHERWISE[verb], diagnostics) if which.others else None,
    )


def _of_held(said: Node | None, which: Which, verb: str, diagnostics: Diagnostics) -> Refusal:
    wrong = said.get("missing") if isinstance(said, Map) else None if which.others else said
    if wrong is not None:
        message = "an earlier step of the same transaction has written this row, so it is there"
        diagnostics.add("BK445", wrong.span, message, "remove it")
    if not which.others:
        return Refusal(None, None)
    otherwise = said.get("otherwise") if isinstance(said, Map) else said
    return Refusal(None, status_of(otherwise, _OTHERWISE[verb], diagnostics))


def status_of(node: Node | None, usual: int, diagnostics: Diagnostics) -> int:
    """The status that `else` gives, or else the `usual` one."""
    if node is None:
        return usual
    value = node.value if isinstance(node, Scalar) else None
    if is_integer(value) and value in STEP_STATUSES:
        return value
    listed = ", ".join(map(str, STEP_STATUSES))
    diagnostics.add("BK445", node.span, "a step cannot answer with this", f"it can with {listed}")
    return usual
