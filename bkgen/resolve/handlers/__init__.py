"""Endpoints whose code the developer writes (`handler`): their names, bodies and statuses."""

from bkgen.resolve.handlers.routes import handler_route

__all__ = ["handler_route"]
