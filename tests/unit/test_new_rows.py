"""What a new row cannot make true by itself, and what follows from what is known."""

from __future__ import annotations

import pytest

from bkgen.model.expressions import Expression
from bkgen.render.new_rows import without_row
from bkgen.render.scenes import Scene, scene_of
from bkgen.resolve.implied import follows
from tests.scenes import condition, service


def found(expression: Expression, table: str) -> Scene:
    made = scene_of([(expression, True)], service().table(table), "made", service(), signed_in=True)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("row.article.favorites.exists(f, f.user_id == actor.id)", "favorites"),
        ("row.article.tags.exists(t, t.kind == 'place')", "article_tags"),
    ],
)
def test_a_new_row_does_not_make_the_row_above_visible(text: str, table: str) -> None:
    asked = condition(text, table)
    assert found(asked, table).beside == ()
    other = found(without_row(asked, service().table(table), service()), table)
    assert other.can_be_before
    assert any(table.removesuffix("s") in line for line in other.beside)


def test_rows_above_stay_in_conditions() -> None:
    asked = condition("row.parent.author_id == actor.id", "comments")
    assert without_row(asked, service().table("comments"), service()) == asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("row.author_id == actor.id", True),
        ("row.published", True),
        ("row.published && row.author_id == actor.id", True),
        ("row.author_id != actor.id", False),
        ("row.author_id == actor.id && row.title == 'A'", False),
        ("row.title == 'A' || row.published", True),
        ("row.title == 'A' || row.author_id != actor.id", False),
        ("row.favorites.exists(mine, mine.user_id == actor.id)", True),
        ("row.favorites.exists(mine, mine.user_id != actor.id)", False),
        ("row.favorites.all(mine, mine.user_id == actor.id)", False),
    ],
)
def test_what_is_said_already_follows(text: str, expected: bool) -> None:
    known = condition(
        "row.author_id == actor.id && row.published && row.favorites.exists(f, f.user_id == actor.id)", "articles"
    )
    assert follows(condition(text, "articles"), [known]) is expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("row.title == 'A' || row.published", "row.title == 'A' || row.published", True),
        ("row.title == 'A' || row.published || row.title == 'C'", "row.published || row.title == 'A'", True),
        ("row.title == 'A' || row.title in ['B', 'C']", "row.title == 'A' || row.title == 'B'", True),
        ("row.title == 'A'", "(row.title == 'A' && row.published) || (row.title == 'A' && row.title == 'C')", True),
        ("row.title == 'A'", "row.title == 'A' || row.published", False),
        ("row.title == 'A' || row.published", "row.title == 'A' || row.title == 'C'", False),
    ],
)
def test_what_both_sides_of_an_alternative_say_follows(text: str, known: str, expected: bool) -> None:
    assert follows(condition(text, "articles"), [condition(known, "articles")]) is expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("row.title in ['A', 'B']", "row.title == 'A'", True),
        ("row.title == 'A'", "row.title in ['A', 'B']", False),
        ("row.title != 'A'", "row.title == 'B'", False),
        ("row.comments.exists(c, c.text in ['A', 'B'])", "row.comments.exists(c, c.text == 'A' && c.id != 1)", True),
        ("row.comments.exists(c, c.text == 'A')", "row.comments.exists(c, c.text in ['A', 'B'])", False),
    ],
)
def test_one_of_more_follows_from_one_of_fewer(text: str, known: str, expected: bool) -> None:
    assert follows(condition(text, "articles"), [condition(known, "articles")]) is expected
