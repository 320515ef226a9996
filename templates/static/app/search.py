"""Searches for words."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, or_


def containing_words(text: str, *columns: SQLColumnExpression[Any]) -> list[ColumnElement[bool]]:
    """One condition for each word of `text`: that one of the columns has it.

    Whether letters are capitals makes no difference, in SQLite for those of ASCII alone.
    """
    return [
        or_(*(column.icontains(word, autoescape=True) for column in columns))
        for word in text.split()
    ]
