"""The code of expressions, as a careful colleague would write it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bkgen.render.expressions import python_condition, python_value, sql_conditions, sql_value
from bkgen.resolve.expressions.kinds import kind_of
from tests.expressions import context, expression, findings

SQL = {
    # Conduit: an article of someone, seen by someone
    "row.favorites.exists(f, f.user_id == user.id)": [
        "exists().where(Favorite.article_id == Article.id, Favorite.user_id == caller.id)"
    ],
    "size(row.favorites)": ["select(func.count()).where(Favorite.article_id == Article.id).scalar_subquery()"],
    "row.author.followers.exists(f, f.id == user.id)": [
        "exists().where(Follow.followed_id == Article.author_id, Follow.follower_id == caller.id)"
    ],
    "row.author.username": ["select(User.username).where(User.id == Article.author_id).scalar_subquery()"],
    "row.author.id == user.id": ["Article.author_id == caller.id"],
    "row.tags.exists(t, t.name == body.name)": [
        "exists().where(ArticleTag.article_id == Article.id, Tag.id == ArticleTag.tag_id, Tag.name == body.name)"
    ],
    "row.tags.exists(t, t.id == 3)": ["exists().where(ArticleTag.article_id == Article.id, ArticleTag.tag_id == 3)"],
    # membership of someone who may not be signed in
    "actor.following.exists(f, f.id == row.author_id)": [
        "exists().where(Follow.follower_id == (caller.id if caller is not None else None), "
        "Follow.followed_id == Article.author_id)"
    ],
    "actor != null && row.author_id == actor.id": ["Article.author_id == caller.id if caller is not None else false()"],
    "actor != null && row.open": ["literal(caller is not None)", "Article.open"],
    "row.status == 'published' || user.admin": ['or_(Article.status == "published", literal(caller.admin))'],
    # totals
    "sum(row.comments.map(c, c.quantity * c.score))": [
        "select(cast(func.coalesce(func.sum(cast(Comment.quantity, BigInteger) * Comment.score), 0), BigInteger))"
        ".where(Comment.article_id == Article.id).scalar_subquery()"
    ],
    "sum(row.comments.map(c, c.tip)) >= row.price": [
        "exact(select(func.coalesce(func.sum(as_number(Comment.tip)), 0)).where(Comment.article_id == Article.id)"
        ".scalar_subquery()) >= as_number(Article.price)"
    ],
    "max(row.comments.filter(c, c.author_id == user.id).map(c, c.score))": [
        "select(func.max(Comment.score)).where(Comment.article_id == Article.id, Comment.author_id == caller.id)"
        ".scalar_subquery()"
    ],
    # null, where it changes the answer
    "row.views > 3 && row.limit > 3": ["Article.views > 3", "Article.limit > 3"],
    "!(row.limit > 3)": ["~func.coalesce(Article.limit > 3, false())"],
    "!(row.views > 3)": ["~(Article.views > 3)"],
    "row.summary == null": ["Article.summary.is_(None)"],
    "row.summary == 'a'": ['Article.summary == "a"'],
    "row.summary != 'a'": ['Article.summary.is_distinct_from("a")'],
    "row.slug != 'a'": ['Article.slug != "a"'],
    "row.limit == body.most": ["Article.limit == body.most"],
    "row.limit < body.most": ["Article.limit < literal(body.most, BigInteger())"],
    "!row.flagged": ["Article.flagged.is_not(True)"],
    "row.flagged == true": ["Article.flagged.is_(True)"],
    "row.editor == null": ["~exists().where(User.id == Article.editor_id)"],
    "row.comments.all(c, c.quantity > 0)": [
        "~exists().where(Comment.article_id == Article.id, ~(Comment.quantity > 0))"
    ],
    # the rest
    "row.views / row.limit": ["Article.views // func.nullif(Article.limit, 0, type_=BigInteger)"],
    "row.views * (row.views - 1) - (2 - body.count)": [
        "cast(Article.views, BigInteger) * (Article.views - 1) - (2 - body.count)"
    ],
    "row.title.contains(body.name) && row.slug.startsWith('a')": [
        "strpos(Article.title, body.name) > 0",
        'strpos(Article.slug, "a") == 1',
    ],
    "row.status in ['draft', 'published']": ['Article.status.in_(["draft", "published"])'],
    "row.published_at < now - duration('7d')": ["Article.published_at < utc_now() - timedelta(days=7)"],
    "body.count < row.views": ["Article.views > body.count"],
    "date(row.published_at) == date(now)": ["utc_day(Article.published_at) == utc_now().astimezone(UTC).date()"],
    "row.views > 3 ? 'many' : 'few'": ['case((Article.views > 3, "many"), else_="few")'],
}


@pytest.mark.parametrize("text", SQL)
def test_sql(text: str) -> None:
    found = expression(text, user=expression("row.author").gives)
    render = sql_conditions if kind_of(found.gives) == "boolean" else sql_value
    code = render(found, context(variables={**context().variables, "user": "caller"}))
    assert list(code.conditions) == SQL[text]
    assert not code.definitions


def test_a_table_within_itself_has_an_alias() -> None:
    found = sql_conditions(
        expression("row.author.articles.exists(a, a.title == row.title && a.id != row.id)"), context()
    )
    assert found.definitions == (("article", "aliased(Article)"),)
    assert found.code == (
        "exists().where(article.author_id == Article.author_id, article.title == Article.title, "
        "article.id != Article.id)"
    )
    assert found.imports == {
        "from app.models import Article",
        "from sqlalchemy import exists",
        "from sqlalchemy.orm import aliased",
    }


def test_names_around_are_left_alone() -> None:
    text = "row.comments.exists(c, c.replies.exists(r, r.score == 1))"
    found = sql_conditions(expression(text), context(taken=frozenset({"comment"}), joined=frozenset({"users"})))
    assert found.definitions == (("comment_2", "aliased(Comment)"),)
    author = sql_conditions(expression("row.author.username == 'a'"), context(joined=frozenset({"users"})))
    assert author.definitions == (("user", "aliased(User)"),)


def test_joined_rows_need_no_subquery() -> None:
    models = {("row",): "Article", ("row", "author"): "User"}
    assert sql_value(expression("row.author.username"), context(models=models)).code == "User.username"


def test_what_is_far_out_is_named() -> None:
    text = "row.comments.exists(c, c.replies.exists(r, r.text == row.title))"
    assert sql_conditions(expression(text), context()).code == (
        "exists().where(Comment.article_id == Article.id, exists().where(comment.parent_id == Comment.id, "
        "comment.text == Article.title).correlate(Article, Comment))"
    )


PYTHON = {
    "body.count + 1 > 2": "body.count + 1 > 2",
    "(1 + 2) * body.count - (3 - 4)": "(1 + 2) * body.count - (3 - 4)",
    "body.most < 3": "body.most is not None and body.most < 3",
    "body.most + 1": "body.most + 1 if body.most is not None else None",
    "body.count / body.most": ("quotient(body.count, body.most) if body.most is not None and body.most != 0 else None"),
    "body.count % 2 == 0": "remainder(body.count, 2) == 0",
    "has(body.title) && body.title.startsWith('a')": 'body.title is not MISSING and body.title.startswith("a")',
    "actor.admin": "caller.admin if caller is not None else None",
    "actor != null && actor.admin": "caller is not None and caller.admin",
    "body.most != null ? body.most : 0": "body.most if body.most is not None else 0",
    "!(body.most == null)": "body.most is not None",
    "!(body.count in [1, 2])": "body.count not in [1, 2]",
    "body.ok == true": "body.ok is True",
    "slug(body.name) + '-1'": 'slugify(body.name) + "-1"',
    "path.slug.lower()": "slug.lower()",
    "body.lines.exists(l, l.quantity > 2)": "any(item.quantity > 2 for item in body.lines)",
    "sum(body.lines.map(l, l.price * l.quantity))": (
        "sum((item.price * item.quantity for item in body.lines), Decimal())"
    ),
    "size(body.lines.filter(l, l.quantity > 2))": "sum(1 for item in body.lines if item.quantity > 2)",
    "max(body.numbers)": "max((value for value in body.numbers if value is not None), default=None)",
    "body.lines.filter(l, l.quantity > 2).sortBy(x, x.price).map(l, l.quantity)": (
        "[item.quantity for item in sorted((item for item in body.lines if item.quantity > 2), key=lambda x: x.price)]"
    ),
    "body.lines.all(sum, sum.quantity > 0)": "all(sum_.quantity > 0 for sum_ in body.lines)",
    "int('5') + 1 < 3": 'unless_none(operator.lt, unless_none(operator.add, read_integer("5"), 1), 3)',
    "body.amount / 3": 'ratio(body.amount, Decimal("3")) if body.amount is not None else None',
    "now + duration('90m')": "utc_now() + timedelta(hours=1, minutes=30)",
}


@pytest.mark.parametrize("text", PYTHON)
def test_python(text: str) -> None:
    found = expression(text)
    render = python_condition if kind_of(found.gives) == "boolean" else python_value
    assert render(found, context()).code == PYTHON[text]


def test_rows_of_the_driver_have_keys() -> None:
    settings = context(variables={"row": "row"}, mappings=frozenset({"row"}), models={})
    assert python_value(expression("row.title + 'x'"), settings).code == 'row["title"] + "x"'


HOSTILE = ['"', "\\", "'", "\n", "{{ 1 }}", "{% raw %}", "\u202e", "\x1b", "${x}", "%s", ":x", '"""', "\\n", "🚀", "#"]


@given(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)))
def test_literals_stay_literals(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    if "\0" in text:
        assert [found.code for found in findings(f"body.name == '{escaped}'")] == ["BK801"]
        return
    for code in (
        python_condition(expression(f"body.name == '{escaped}'"), context()).code,
        sql_conditions(expression(f"row.title == '{escaped}'"), context()).code,
    ):
        compared = ast.parse(code, mode="eval").body
        assert isinstance(compared, ast.Compare)
        assert ast.literal_eval(compared.comparators[0]) == text
        assert code.isprintable()
