"""How the route of a request is found: by the segments of its path, however many routes there are."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.convertors import StringConvertor
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

# Paths of which each segment is a text or a parameter, and not some of each.
WHOLE_SEGMENTS = re.compile(r"(/([^{}/]*|\{\w+\}))+")
FOUND = "app.routes.found"  # in the scope of a request: what answers it


class Branch:
    """What is behind the first segments of some paths.

    Attributes:
        literals: segment -> what is behind it.
        parameter: what is behind any other segment.
        routes: method -> the route of the paths that end here.
    """

    __slots__ = ("literals", "parameter", "routes")

    def __init__(self) -> None:
        self.literals: dict[str, Branch] = {}
        self.parameter: Branch | None = None
        self.routes: dict[str, RouteContext] = {}

    def add(self, segments: list[str], route: RouteContext) -> None:
        if not segments:
            for method in route.methods or ():
                self.routes.setdefault(method, route)
            return
        first, *others = segments
        if first.startswith("{"):
            self.parameter = branch = self.parameter or Branch()
        else:
            branch = self.literals.setdefault(first, Branch())
        branch.add(others, route)

    def find(self, method: str, segments: list[str], values: list[str]) -> RouteContext | None:
        """The route of a path, whose `values` of parameters are put in front of those that are there."""
        if not segments:
            return self.routes.get(method)
        first, *others = segments
        branch = self.literals.get(first)
        found = branch.find(method, others, values) if branch is not None else None
        if found is None and self.parameter is not None and first:
            found = self.parameter.find(method, others, values)
            if found is not None:
                values.insert(0, first)
        return found


class RouteTable(BaseRoute):
    """The routes of an application, before which it stands.

    FastAPI asks one route after the other whether it is the one, which takes longer than all the rest
    of a request where there are many. It still answers what this table does not find: other methods
    and paths, and routes that are added later or whose segments are more than a text or a parameter.
    """

    def __init__(self, app: FastAPI) -> None:
        self._root = Branch()
        self.path_format: str | None = None
        for route in iter_route_contexts(app.routes):
            if _is_plain(route):
                self._root.add(str(route.path_format).split("/"), route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        values: list[str] = []
        segments = scope["path"].removeprefix(scope.get("root_path", "")).split("/")
        route = self._root.find(scope["method"], segments, values)
        if route is None:
            return Match.NONE, {}
        # FastAPI tells OpenTelemetry by this which route it is, before it lets go of the event loop.
        self.path_format = route.path_format
        own = dict(zip(route.param_convertors, values, strict=True))
        return Match.FULL, {
            "endpoint": route.endpoint,
            "path_params": {**scope.get("path_params", {}), **own},
            "route": route.original_route,
            FOUND: route.app,
        }

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[FOUND](scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Left to the routes themselves."""
        raise NoMatchFound(name, path_params)


def _is_plain(route: RouteContext) -> bool:
    return (
        isinstance(route.original_route, Route)
        and WHOLE_SEGMENTS.fullmatch(str(route.path_format)) is not None
        and all(type(one) is StringConvertor for one in route.param_convertors.values())
    )
