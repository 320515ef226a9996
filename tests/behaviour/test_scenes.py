"""Scenes do what they promise: their lines are run in a generated backend, and its database judges the condition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bkgen.model.expressions import Expression
from bkgen.model.service import Accounts, Algorithm, Service, TokenRules
from bkgen.render import render
from bkgen.render.expressions import Context, sql_conditions
from bkgen.render.naming import row_word
from bkgen.render.scenes import Scene, each_way, scene_of
from tests import expressions, scenes
from tests.behaviour.generated_expressions import conditions
from tests.shared_files import with_all_helpers

MORE = int(os.environ.get("BKGEN_EXAMPLES", "0"))
DRIVER = Path(__file__).with_name("scene_driver.py")


def bounded(examples: int) -> settings:
    return settings(
        max_examples=MORE or examples,
        derandomize=not MORE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class Backend:
    """A generated backend in a process of its own, which runs scenes."""

    def __init__(self, service: Service, answers: IO[str], questions: IO[str]) -> None:
        self.service, self.answers, self.questions = service, answers, questions

    def check(self, text: str, condition: Expression, table: str, wanted: bool, signed_in: bool | None) -> None:
        """If there is a scene, the condition has to hold in it, or not, as wanted."""
        row = self.service.table(table)
        scene = scene_of([(condition, wanted)], row, row_word(row), self.service, signed_in=signed_in)
        if scene is not None:
            assert signed_in in (None, scene.signed_in)
            self.judge(text, condition, table, wanted, scene)

    def judge(self, text: str, condition: Expression, table: str, wanted: bool, scene: Scene) -> None:
        """The condition has to hold in the scene, or not, as wanted."""
        row = self.service.table(table)
        variables = {"actor": "actor_row", "path": "path", "query": "query", "body": "body", "now": "utc_now()"}
        context = Context(self.service.by_name, variables, models={("row",): row.class_name})
        where = sql_conditions(condition, context)
        case = {
            "lines": scene.lines,
            "variable": row_word(row),
            "model": row.class_name,
            "given": scene.given,
            "imports": sorted(where.imports),
            "definitions": where.definitions,
            "conditions": where.conditions,
        }
        self.questions.write(json.dumps(case) + "\n")
        self.questions.flush()
        answer = json.loads(self.answers.readline())
        told = "\n".join([text, *scene.lines, str(scene.given), *where.conditions])
        assert answer is wanted, f"{answer}\nthough this is to be {wanted}: {told}"


def backend(service: Service, folder: Path) -> Iterator[Backend]:
    for path, text in with_all_helpers(render(service)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(DRIVER)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield Backend(service, process.stdout, process.stdin)
    process.stdin.close()
    assert process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    yield from backend(scenes.service(), tmp_path_factory.mktemp("scenes"))


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    for made in backend(expressions.service(), tmp_path_factory.mktemp("odd")):
        accounts = Accounts(
            "users",
            "username",
            by_email=False,
            password_hash="password_hash",
            sessions=None,
            scheme="Bearer",
            access_token_seconds=60,
            refresh_token_seconds=60,
            password_min_length=8,
            common_passwords=False,
            tokens=TokenRules(Algorithm.HS256, "odd", "odd", cookies=False, outlive_password=False),
        )
        made.service = replace(made.service, accounts=accounts)
        yield made


# Conditions as people write them, by table.
REALISTIC: dict[str, list[str]] = {
    "articles": [
        "row.author_id == actor.id",
        "row.author.id == actor.id",
        "actor != null && row.author_id == actor.id",
        "actor == null",
        "actor.role == 'admin'",
        "actor.role in ['editor', 'admin']",
        "actor.active && actor.level >= 3",
        "row.published",
        "!row.flagged",
        "row.flagged == null",
        "row.status != 'archived'",
        "row.status in ['draft', 'published']",
        "row.slug == path.slug",
        "row.id == path.id",
        "!has(query.status) || row.title == query.status",
        "query.author == null || row.author_id == query.author",
        "row.views >= query.least",
        "row.author.name == 'Ann'",
        "row.author.active && !(row.author.role == 'member')",
        "row.editor.role == 'editor'",
        "row.editor == null || row.editor_id == actor.id",
        "row.author_id != row.editor_id",
        "row.published_at != null && row.published_at <= now",
        "row.published_at > now - duration('7d') && row.published_at < now - duration('1d')",
        "row.local < now",
        "row.day >= now",
        "row.day == null || row.day < '2026-02-01'",
        "row.views > 1000 || row.rating >= 4.5",
        "row.views * 2 - 1 > 10",
        "row.region == actor.region",
        "row.owner == actor.id",
        "has(row.summary) && size(row.summary) > 20",
        "row.title.contains('news') || row.title.startsWith('a')",
        "row.summary.endsWith('.')",
        "row.favorites.exists(f, f.user_id == actor.id)",
        "!row.favorites.exists(f, f.user_id == actor.id)",
        "size(row.favorites) >= 2",
        "row.author.followers.exists(f, f.follower_id == actor.id)",
        "actor.following.exists(f, f.followed_id == row.author_id)",
        "row.tags.exists(t, t.kind == 'place' && !t.hidden)",
        "row.tags.all(t, !t.hidden)",
        "size(row.tags.filter(t, t.kind == 'topic')) > 1",
        "size(row.comments) == 0",
        "row.comments.all(c, c.author_id != null)",
        "row.comments.exists(c, c.author_id == row.author_id)",
        "row.comments.exists(c, c.replies.exists(r, r.author_id == actor.id))",
        "max(row.comments.map(c, c.score)) > 5",
    ],
    "comments": [
        "row.author_id == actor.id || row.article.author_id == actor.id",
        "row.parent == null",
        "row.parent.author_id == actor.id",
        "row.parent.article_id == row.article_id",
        "size(row.replies) == 0",
        "row.article.published || actor.role == 'admin'",
        "row.score >= 0 ? row.article.published : actor.role == 'admin'",
    ],
    "orders": [
        "row.customer_id == actor.id && row.status == 'cart'",
        "row.status == 'paid' || row.status == 'shipped'",
        "row.total > 0 && size(row.items) > 0",
        "row.expires_at == null || row.expires_at > now",
        "row.created_at > now - duration('15m')",
        "row.items.exists(i, i.product.seller_id == actor.id)",
        "row.items.all(i, i.product.stock - i.product.reserved >= i.quantity)",
        "row.items.all(i, i.product.active && i.quantity > 0)",
        "sum(row.items.map(i, i.quantity)) <= 10",
        "sum(row.items.map(i, i.quantity * i.price)) == row.total",
        "row.payment == null",
        "row.payment.done",
        "row.note != null && row.note != ''",
    ],
    "products": [
        "row.seller_id == actor.id",
        "row.active && row.stock > row.reserved",
        "row.stock >= row.reserved + 5",
        "row.price >= 9.99 && row.price < 100",
        "!row.order_items.exists(i, i.order.customer_id == actor.id && i.order.status == 'paid')",
    ],
    "users": [
        "row.id == actor.id",
        "row.id == actor.id || actor.role == 'admin'",
        "row.id != actor.id",
        "row.followers.exists(f, f.follower_id == actor.id)",
        "row.memberships.exists(m, m.org.memberships.exists(o, o.user_id == actor.id))",
        "row.age >= 18",
        "row.email == actor.email",
    ],
    "projects": [
        "row.org.memberships.exists(m, m.user_id == actor.id)",
        "row.org.memberships.exists(m, m.user_id == actor.id && m.role == 'owner')",
        "row.org.memberships.exists(m, m.user_id == actor.id && m.role in ['admin', 'owner'])",
        "row.org.users.exists(u, u.id == actor.id)",
        "row.org.open || row.org.plan != 'free'",
        "size(row.org.memberships) < row.org.seats",
        "!row.archived && size(row.tasks.filter(t, !t.done)) == 0",
        "actor.memberships.exists(m, m.org_id == row.org_id)",
    ],
    "tasks": [
        "row.assignee_id == actor.id",
        "row.assignee == null || row.assignee_id == actor.id",
        "row.due_on < now && !row.done",
        "row.project.org.memberships.exists(m, m.user_id == actor.id && m.role != 'member')",
        "row.assignee == null || row.project.org.memberships.exists(m, m.user_id == row.assignee_id)",
        "!row.project.archived",
        "row.project.tasks.all(t, t.done)",
        "row.number % 2 == 0",
    ],
}


@st.composite
def realistic(draw: st.DrawFn) -> tuple[str, str]:
    """A table, and up to three conditions on its rows joined in some way."""
    table = draw(st.sampled_from(sorted(REALISTIC)))
    atoms = st.sampled_from(REALISTIC[table])

    def inner(depth: int) -> str:
        form = draw(st.sampled_from(["atom", "and", "or", "not"] if depth else ["atom"]))
        match form:
            case "and" | "or":
                return f"({inner(depth - 1)}) {'&&' if form == 'and' else '||'} ({inner(depth - 1)})"
            case "not":
                return f"!({inner(depth - 1)})"
            case _:
                return draw(atoms)

    return table, inner(2)


@bounded(50)
@given(case=realistic(), wanted=st.booleans(), signed_in=st.sampled_from([None, True, False]))
def test_realistic_conditions(shops: Backend, case: tuple[str, str], wanted: bool, signed_in: bool | None) -> None:
    table, text = case
    shops.check(text, scenes.condition(text, table), table, wanted, signed_in)


@bounded(40)
@given(text=conditions(), wanted=st.booleans(), signed_in=st.sampled_from([None, True, False]))
def test_odd_conditions(articles: Backend, text: str, wanted: bool, signed_in: bool | None) -> None:
    articles.check(text, expressions.expression(text), "articles", wanted, signed_in)


@pytest.mark.parametrize("wanted", [True, False])
def test_no_realistic_condition_is_left_out(shops: Backend, wanted: bool) -> None:
    missing = []
    for name, texts in REALISTIC.items():
        table = shops.service.table(name)
        for text in texts:
            condition = scenes.condition(text, name)
            found = each_way(condition, wanted, table, row_word(table), shops.service)
            for scene in found[-1:]:
                shops.judge(text, condition, name, wanted, scene)
            missing += [] if found else [text]
    assert missing == []
