"""Optimistic concurrency (RFC 9110, 13.1.1): a change names the version of the row that it is meant for."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Response
from sqlalchemy import ColumnElement, SQLColumnExpression, true

TAG = re.compile(
    r'"([0-9]{1,9})"'
)  # W/"1" names no version: a weak tag is never equal to another one
VERSIONED: dict[str, Any] = {
    "headers": {
        "ETag": {
            "description": "The version of the row, for `If-Match`.",
            "schema": {"type": "string"},
        }
    }
}

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions that a row may have to be changed; None for any."""

    versions: frozenset[int] | None

    def allows(self, version: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """What holds of a row that has one of them."""
        return true() if self.versions is None else version.in_(sorted(self.versions))


def read_if_match(
    if_match: Annotated[
        str,
        Header(
            alias="If-Match",
            description="The `ETag` of what is to be changed, or `*` for whatever it is by now.",
        ),
    ],
) -> IfMatch:
    """The versions in the header; what is no tag of a version names none."""
    if if_match.strip() == "*":
        return IfMatch(None)
    tags = (TAG.fullmatch(tag.strip()) for tag in if_match.split(","))
    return IfMatch(frozenset(int(tag[1]) for tag in tags if tag is not None))


def tagged(response: Response, found: tuple[Answer, int]) -> Answer:
    """The answer of a query, with the version of its row as `ETag`."""
    answer, version = found
    response.headers["ETag"] = f'"{version}"'
    return answer


IfMatchHeader = Annotated[IfMatch, Depends(read_if_match)]
