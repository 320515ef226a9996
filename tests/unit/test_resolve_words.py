"""Singular and plural, and names of Python things."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bkgen.resolve import names
from bkgen.resolve.words import phrase, plural, singular, with_article

PAIRS = """
user users, status statuses, address addresses, category categories, person people, child children,
box boxes, bus buses, class classes, process processes, order_item order_items, criterion criteria,
index indices, hero heroes, photo photos, house houses, cache caches, virus viruses, movie movies,
key keys, business businesses, analysis analyses, quiz quizzes, leaf leaves, menu menus, page pages,
course courses, database databases, invoice invoices, bonus bonuses, lens lenses
"""


@pytest.mark.parametrize("pair", PAIRS.split(","))
def test_singular_and_plural(pair: str) -> None:
    one, many = pair.split()
    assert (singular(many), plural(one)) == (one, many)
    assert (singular(one), plural(many)) == (one, many)


@pytest.mark.parametrize("pair", ["item2 items2", "item_2 items_2", "thing_000 things_000", "address_1 addresses_1"])
def test_numbered(pair: str) -> None:
    test_singular_and_plural(pair)


@pytest.mark.parametrize("name", ["2024", "a1b2"])
def test_names_that_are_hardly_nouns(name: str) -> None:
    assert singular(plural(name)) == singular(name)


@pytest.mark.parametrize("word", ["data", "news", "series", "metadata", "information", "access"])
def test_uncountable(word: str) -> None:
    assert (singular(word), plural(word)) == (word, word)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("firstName", "first_name"),
        ("HTTPServer", "http_server"),
        ("first-name", "first_name"),
        ("class", "class_"),
        ("metadata", "metadata_"),
        ("schema", "schema_"),
        ("model_config", "model_config_"),
        ("date", "date_"),
        ("_private", "private"),
        ("__dict__", "dict_"),
        ("2fa", "field_2fa"),
        ("$", "field"),
        ("naïve", "naïve"),
        ("\U000111e1", "field"),
        ("x\U000111e1", "x"),
        ("id", "id"),
        ("type", "type"),
    ],
)
def test_attribute(name: str, expected: str) -> None:
    assert names.attribute(name) == expected


def test_pydantic_keeps_its_own_attributes() -> None:
    taken = [name for name in dir(BaseModel) if not name.startswith("_")]
    assert [name for name in taken if names.attribute(name) == name] == []


@pytest.mark.parametrize("name", ["app", "models", "settings", "auth", "health", "metadata", "class", "import"])
def test_modules_leave_those_of_the_backend_alone(name: str) -> None:
    assert names.module(name) == f"{name}_"


@pytest.mark.parametrize("name", ["None", "type", "string", "body", "date", "list", "exception"])
def test_classes_leave_those_of_the_backend_alone(name: str) -> None:
    assert names.class_name(name).endswith("Record")


@given(st.text())
def test_every_name_becomes_an_identifier(name: str) -> None:
    for made in (names.attribute(name), names.parameter(name), names.class_name(name), names.module(names.snake(name))):
        assert made.isidentifier()
        assert not keyword.iskeyword(made)
        assert not made.startswith("_")


@pytest.mark.parametrize(
    "noun", ["a post", "an author", "an item", "a user", "an hour", "a unit", "an uncle", "a one time code", "a 日本"]
)
def test_article(noun: str) -> None:
    assert with_article(noun.split(" ", 1)[1]) == noun


def test_phrase() -> None:
    assert phrase("order_items") == "order items"
    assert phrase("class_") == "class"
