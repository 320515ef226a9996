"""Actions: endpoints whose contract lists what they do, step by step (`do`)."""

from bkgen.resolve.actions.endpoint import resolve_action
from bkgen.resolve.actions.routes import action_route

__all__ = ["action_route", "resolve_action"]
