"""Rate limits: `"5 requests per minute"`, `"100/hour"`, `"10 per 15 minutes per user"`, or an object."""

from __future__ import annotations

import re

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Access, RateLimit
from bkgen.resolve.nodes import number, text
from bkgen.resolve.times import MOST_SECONDS, TIME, seconds_of
from bkgen.source import Map, Node, Scalar, plain

_PHRASE = re.compile(
    rf"(?P<requests>\d[\d_,]{{0,20}})\s*(?:requests?|reqs?|calls?|attempts?|times|x)?\s*(?:per|/|every|in|an?|each)\s*{TIME}"
    r"(?:\s*(?:per|/|by|for each)\s*(?P<per>[a-z ]+?))?",
    re.IGNORECASE,
)
_USER = {"user", "account", "person", "token", "session"}
_KEY = {"key", "api key", "apikey"}
_WHOM = _USER | _KEY
_ADDRESS = {"ip", "client", "address", "ip address", "host", "client address"}
EXAMPLES = '"5 requests per minute", "100/hour", "10 per 15 minutes per user"'


def endpoint_limit(node: Map, access: Access, diagnostics: Diagnostics) -> RateLimit | None:
    """The limit of an endpoint; None where it has none, or, with `BK411` or `BK412`, none that can be kept."""
    limit = _limit(node, "rateLimit", diagnostics)
    if limit is not None and limit.per_user and access is not Access.SIGNED_IN:
        message = "a limit per user needs to know the user, but this endpoint is open to anyone"
        diagnostics.add("BK412", limit.span, message, 'add "auth": true, or leave out "per user" to count per address')
        return None
    return limit


def service_limit(limits: Map, diagnostics: Diagnostics) -> RateLimit | None:
    """The limit of all endpoints together, in `service.limits`; None like that of an endpoint."""
    limit = _limit(limits, "rate", diagnostics)
    if limit is not None and limit.per_user:
        message = "requests to the service are counted before it is known who sends them"
        fix = 'leave out "per user" to count per address, or have limits per user at endpoints'
        diagnostics.add("BK412", limit.span, message, fix)
        return None
    return limit


def _limit(holder: Map, key: str, diagnostics: Diagnostics) -> RateLimit | None:
    node = holder.get(key)
    if node is None:
        return None
    phrase = _phrase(node)
    match = _PHRASE.fullmatch(phrase.strip())
    seconds = seconds_of(match) if match else None
    per = (match["per"] or "ip").strip().lower() if match else ""
    if match is None or seconds is None or per not in _WHOM | _ADDRESS:
        window = node.get("window") if isinstance(node, Map) and per in _WHOM | _ADDRESS else None
        if window is not None:
            fix = 'write it like "minute", "15 minutes", or 90 for seconds'
            diagnostics.add("BK411", window.span, f"`{str(plain(window))[:60]}` is no time", fix)
        else:
            diagnostics.add("BK411", node.span, f"`{phrase[:60]}` is no rate limit", f"write it like {EXAMPLES}")
        return None
    requests = int(re.sub(r"\D", "", match["requests"]))
    if not 0 < requests <= 1_000_000 or not 0 < seconds <= MOST_SECONDS:
        message = f"`{phrase[:60]}` is out of range: from 1 to 1,000,000 requests in at most 31 days"
        diagnostics.add("BK411", node.span, message, f"write it like {EXAMPLES}")
        return None
    return RateLimit(requests, seconds, per in _WHOM, phrase, node.span, per_key=per in _KEY)


def _phrase(node: Node) -> str:
    if isinstance(node, Map):
        per = text(node, "per")
        window = text(node, "window") or f"{number(node, 'window') or '?'} seconds"
        return f"{number(node, 'requests')} requests per {window}" + (f" per {per}" if per else "")
    return str(plain(node)) if isinstance(node, Scalar) else "?"
