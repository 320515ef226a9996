"""Dates and times of rows, in the order in which things happen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Column, Date, DateTime, Time

from app.data.kinds import kind

END = datetime(2026, 1, 1, tzinfo=UTC)  # of what has happened; the same for all who seed
DAYS = 730  # before that, in which rows come to be, one after the other
# What columns end with, or begin with, in the order in which these things happen to a row.
ORDER = (
    "created inserted registered joined added",
    "start starts started begin begins began from opens opened since valid_from",
    "",  # all others
    "end ends ended finish finishes finished until to closes closed due expires expired completed",
    "updated modified changed edited seen",
    "deleted removed archived revoked cancelled",
)
PAST = 4  # the first of those that have not happened to most rows
BIRTHS = frozenset(("birth", "birthday", "birthdate", "born", "dob"))
YEAR = timedelta(days=365.25)


def is_time(column: Column[Any]) -> bool:
    """Whether it has a place in the order."""
    return isinstance(kind(column), Date | DateTime | Time)


def times(
    columns: Sequence[Column[Any]], row_numbers: range, of: int, random: Random
) -> dict[str, list[Any]]:
    """The values of the columns of some of `of` rows, each no earlier than those before it."""
    found: dict[str, list[Any]] = {}
    known = [_began(number, of) for number in row_numbers]
    for place, column in enumerate(sorted(columns, key=_rank)):
        if BIRTHS & set(column.key.split("_")):
            moments = [END - YEAR * random.uniform(18, 80) for _ in known]
        elif isinstance(kind(column), Time):  # of a day: hours that come one after the other
            hour = 24 * place // len(columns)
            moments = [END + timedelta(hours=hour, minutes=15 * random.randrange(4)) for _ in known]
        else:
            known = (
                [moment + timedelta(minutes=random.randrange(1, 20_000)) for moment in known]
                if place
                else known
            )
            moments = known
        lacking = 0.0 if not column.nullable else 0.9 if _rank(column) > PAST else 0.2
        found[column.key] = [
            None if lacking and random.random() < lacking else _as(column, moment)
            for moment in moments
        ]
    return found


def _began(number: int, of: int) -> datetime:
    return END - timedelta(seconds=round((of - number) / of * DAYS * 86_400))


def _rank(column: Column[Any]) -> int:
    words = column.key.split("_")
    ranks = [place for place, listed in enumerate(ORDER) if {*words} & {*listed.split()}]
    return ranks[0] if ranks else ORDER.index("")


def _as(column: Column[Any], moment: datetime) -> Any:
    """The moment as a value of the column."""
    match kind(column):
        case Date():
            return moment.date()
        case Time():
            return moment.time()
        case DateTime(timezone=True):
            return moment
        case _:
            return moment.replace(tzinfo=None)
