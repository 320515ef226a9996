"""Several values where a column holds one: lists in a text, and numbered columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from bkgen.lint.declared import declared_columns, declared_tables, is_plain_text, words_of
from bkgen.model.service import Service
from bkgen.model.tables import Column
from bkgen.resolve import names
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import listed, phrase, singular

_MANY = listed(
    "attachments attendees authors categories codes colors colours countries emails files genres hobbies ids images "
    "interests keywords labels languages links members participants permissions phones photos recipients roles scopes "
    "skills subscribers tags topics urls"
)
_LISTED = listed("csv list")
_DESCRIBED = re.compile(r"\b(comma|semicolon|pipe|space|tab|newline)s?[- ](separated|delimited)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(.*?[^\W\d_])_?(\d{1,3})")
_ONE_THING = listed("line address md sha crc base utf ipv x y z")
"""Before a number: lines of one address, coordinates, and what has the number in its own name."""


def lists_in_text(service: Service) -> Iterator[Risk]:
    """`BK953`"""
    tables = {names.words(table.plural) for table in declared_tables(service)}
    for table, column in declared_columns(service):
        if not is_plain_text(column):
            continue
        words = words_of(column)
        many = bool(words) and (words[-1] in _MANY | _LISTED or (len(words) > 1 and words in tables))
        if many or _DESCRIBED.search(column.description):
            message = f"`{column.name}` of `{table.name}` is called like a list, and is one text"
            if not many:
                message = f"`{column.name}` of `{table.name}` is described as a list, and is one text"
            one = singular(names.snake(column.name).removesuffix("_csv").removesuffix("_list"))
            fix = f"make a table `{table.singular}_{one}` of them, with a row for each; or a column of JSON"
            yield Risk("BK953", column.span, message, fix, (table.span,))


def repeated_columns(service: Service) -> Iterator[Risk]:
    """`BK954`, told of the last column of each group."""
    for table in declared_tables(service):
        groups: defaultdict[str, dict[int, Column]] = defaultdict(dict)
        for column in table.columns:
            stem, number = _numbered(column.name)
            if stem not in _ONE_THING and stem.rpartition("_")[2] not in _ONE_THING:
                groups[stem].setdefault(number, column)
        for stem, group in groups.items():
            if not _is_repeated(group):
                continue
            last = group[max(group)]
            columns = ", ".join(f"`{group[number].name}`" for number in sorted(group))
            message = f"{columns} of `{table.name}` are {len(group)} columns for one thing: {phrase(stem)}"
            fix = f"make a table `{table.singular}_{stem}`, with a row for each"
            about = (table.span, *(column.span for column in group.values()))
            yield Risk("BK954", last.span, message, fix, about, stem)


def _is_repeated(group: dict[int, Column]) -> bool:
    """Whether columns of one kind are numbered without a gap, from 0 or 1; one without a number stands for either."""
    numbers = sorted(group)
    if len(numbers) < 2 or len({column.type.kind for column in group.values()}) > 1:
        return False
    if numbers[:2] == [0, 2]:
        numbers[0] = 1
    return numbers[0] <= 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _numbered(name: str) -> tuple[str, int]:
    """What a column is called without the number at its end, and the number; 0 for none."""
    snake = names.snake(name)
    match = _NUMBERED.fullmatch(snake)
    return (match[1], int(match[2])) if match else (snake, 0)
