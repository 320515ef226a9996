"""What steps answer with where they cannot go on: `else`."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.actions import Refusal, Which
from bkgen.resolve.actions.there import Sure
from bkgen.resolve.nodes import is_integer
from bkgen.resolve.statuses import STEP_STATUSES
from bkgen.source import Map, Node, Scalar

_OTHERWISE = {"load": 404, "update": 409, "delete": 409}


def refusal_of(
    node: Map, which: Which, sure: Sure | None, verb: str, restricted: bool, diagnostics: Diagnostics
) -> Refusal:
    """What a step answers with where its rows are not there, not for who asks, or not as it needs them.

    `restricted`: policies or a transition say with which rows the step may do what it does.
    """
    said = node.get("else")
    restricted = restricted and which.named
    needs = which.named and which.others  # a first row is one that is as it has to be, or there is none
    if said is None and not which.one:
        return Refusal()
    if said is not None and not isinstance(said, Map):
        if sure and not needs and not restricted:
            diagnostics.add("BK445", said.span, sure, "remove it")
            return Refusal()
        status = status_of(said, 404, diagnostics)
        missing_, gone = (None if sure else status), sure is Sure.OWN
        return Refusal(missing_, status if needs else None, status if restricted else None, gone)
    missing = said.entry("missing") if isinstance(said, Map) else None
    otherwise = said.entry("otherwise") if isinstance(said, Map) else None
    if sure and missing is not None:
        diagnostics.add("BK445", missing.value.span, sure, "remove it")
    if otherwise is not None and not needs:
        message = "nothing leads here: all that is asked is whether the row is there"
        diagnostics.add("BK445", otherwise.key_span, message, "remove it, or add a condition to `where`")
    forbidden = _forbidden(said, restricted, diagnostics)
    usual = _OTHERWISE[verb]
    return Refusal(
        None if sure else status_of(missing.value if missing else None, 404, diagnostics),
        status_of(otherwise.value if otherwise else None, usual, diagnostics) if needs else None,
        forbidden,
        gone=sure is Sure.OWN,
    )


def refusal_of_insert(node: Map, restricted: bool, diagnostics: Diagnostics) -> Refusal:
    """What an insert answers with where the policy of its table does not allow the row."""
    said = node.get("else")
    for entry in said if isinstance(said, Map) else ():
        if entry.key != "forbidden":
            message = "an insert looks for no row"
            diagnostics.add("BK445", entry.key_span, message, "remove it: an insert can only be `forbidden`")
    if said is not None and not isinstance(said, Map):
        if not restricted:
            _report_unrestricted(said, diagnostics)
        return Refusal(forbidden=status_of(said, 403, diagnostics) if restricted else None)
    return Refusal(forbidden=_forbidden(said, restricted, diagnostics))


def _forbidden(said: Node | None, restricted: bool, diagnostics: Diagnostics) -> int | None:
    written = said.get("forbidden") if isinstance(said, Map) else None
    if written is not None and not restricted:
        _report_unrestricted(written, diagnostics)
    return status_of(written, 403, diagnostics) if restricted else None


def _report_unrestricted(node: Node, diagnostics: Diagnostics) -> None:
    message = "nothing leads here: neither a policy nor a transition says with which rows this may be done"
    diagnostics.add("BK445", node.span, message, "remove it")


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
