"""In policies nothing equals what an absent account would have."""

from __future__ import annotations

import pytest

from bkgen.model.expressions import Expression
from bkgen.model.service import Service
from bkgen.render.expressions import sql_conditions
from bkgen.resolve.nobody import of_signed_in, unlike_nobody
from tests.expressions import context, expression, service


def code(found: Expression) -> str:
    return sql_conditions(found, context()).code


@pytest.fixture(scope="module")
def tables() -> Service:
    return service()


@pytest.mark.parametrize(
    ("policy", "meant"),
    [
        ("row.editor_id == actor.id", "actor != null && row.editor_id == actor.id"),
        ("actor.age == row.limit", "actor != null && actor.age == row.limit"),
        ("row.summary == lower(actor.username)", "actor != null && row.summary == lower(actor.username)"),
        ("row.open || row.editor.bio == actor.bio", "row.open || (actor != null && row.editor.bio == actor.bio)"),
        ("!(row.editor_id == actor.id)", "!(actor != null && row.editor_id == actor.id)"),
        ("actor.bio == actor.username", "actor != null && actor.bio == actor.username"),
        (
            "row.comments.exists(c, c.author_id == actor.id)",
            "row.comments.exists(c, actor != null && c.author_id == actor.id)",
        ),
        (
            "row.editor_id in [row.author_id, row.code, actor.id]",
            "row.editor_id in [row.author_id, row.code] || (actor != null && row.editor_id == actor.id)",
        ),
        ("row.editor_id in [actor.id]", "actor != null && row.editor_id == actor.id"),
        ("actor.id in [row.editor_id]", "actor != null && actor.id in [row.editor_id]"),
        (
            "actor.id in row.comments.map(c, c.author_id)",
            "actor != null && actor.id in row.comments.map(c, c.author_id)",
        ),
    ],
)
def test_what_may_be_null_is_compared_with_somebody(tables: Service, policy: str, meant: str) -> None:
    assert code(unlike_nobody(expression(policy), tables.table("users"))) == code(expression(meant))


@pytest.mark.parametrize(
    "policy",
    [
        "row.author_id == actor.id",
        "row.editor_id == null || actor == null",
        "actor.bio == null",
        "actor.admin == true",
        "row.editor_id == row.author_id",
        "row.editor_id != actor.id",
        "actor != null && row.editor_id == actor.id",
        "actor.username in ['a', 'b']",
        "actor.id in row.comments.map(c, c.article_id)",
    ],
)
def test_all_else_stays_as_it_is(tables: Service, policy: str) -> None:
    assert unlike_nobody(expression(policy), tables.table("users")) == expression(policy)


def test_of_somebody_it_is_not_asked_whether_he_is_there(tables: Service) -> None:
    found = of_signed_in(
        unlike_nobody(expression("row.editor_id == actor.id"), tables.table("users")), tables.table("users")
    )
    assert code(found) == "Article.editor_id == caller.id"
