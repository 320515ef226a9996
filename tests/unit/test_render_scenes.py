"""Scenes as lines of test code, as a careful colleague would write them."""

from __future__ import annotations

import pytest

from bkgen.render.naming import row_word
from bkgen.render.scenes import Scene, each_way, scene_of
from tests.scenes import condition, service

HOLDING: dict[str, tuple[str, list[str]]] = {
    "row.author_id == actor.id": (
        "articles",
        ["caller = rows.sign_in()", 'article = rows.article(author_id=caller.row["id"])'],
    ),
    "actor != null && row.author_id == actor.id": (
        "articles",
        ["caller = rows.sign_in()", 'article = rows.article(author_id=caller.row["id"])'],
    ),
    "actor.role in ['editor', 'admin']": (
        "articles",
        ['caller = rows.sign_in(rows.user(role="editor"))', "article = rows.article()"],
    ),
    "row.author.name == 'Ann' && row.author.active": (
        "articles",
        ['user = rows.user(name="Ann", active=True)', 'article = rows.article(author_id=user["id"])'],
    ),
    "row.favorites.exists(f, f.user_id == actor.id)": (
        "articles",
        [
            "caller = rows.sign_in()",
            "article = rows.article()",
            'rows.favorite(article_id=article["id"], user_id=caller.row["id"])',
        ],
    ),
    "actor.following.exists(f, f.followed_id == row.author_id)": (
        "articles",
        [
            "caller = rows.sign_in()",
            "user = rows.user()",
            'article = rows.article(author_id=user["id"])',
            'rows.follow(follower_id=caller.row["id"], followed_id=user["id"])',
        ],
    ),
    "row.tags.exists(t, t.kind == 'place' && !t.hidden)": (
        "articles",
        [
            "article = rows.article()",
            'tag = rows.tag(hidden=False, kind="place")',
            'rows.article_tag(article_id=article["id"], tag_id=tag["id"])',
        ],
    ),
    "row.published_at != null && row.published_at <= now": (
        "articles",
        ["article = rows.article(published_at=utc_now() - timedelta(days=1))"],
    ),
    "row.editor == null": ("articles", ["article = rows.article(editor_id=None)"]),
    "!has(query.status) || row.title == query.status": ("articles", ["article = rows.article()"]),
    "row.parent.author_id == actor.id": (
        "comments",
        [
            "caller = rows.sign_in()",
            'other_comment = rows.comment(author_id=caller.row["id"])',
            'comment = rows.comment(parent_id=other_comment["id"])',
        ],
    ),
    "row.id == actor.id": ("users", ["caller = rows.sign_in()", "user = caller.row"]),
    "row.status == 'cart' && row.expires_at > now && size(row.items) > 0": (
        "orders",
        [
            'order = rows.order(status="cart", expires_at=utc_now() + timedelta(days=1))',
            'rows.order_item(order_id=order["id"])',
        ],
    ),
    "row.created_at > now - duration('15m')": (
        "orders",
        ["order = rows.order(created_at=utc_now() - timedelta(minutes=7, seconds=30))"],
    ),
    "row.payment.done": ("orders", ["order = rows.order()", 'rows.payment(order_id=order["id"], done=True)']),
    "row.total > 9.99": ("orders", ['order = rows.order(total=Decimal("10.99"))']),
    "row.org.memberships.exists(m, m.user_id == actor.id && m.role in ['admin', 'owner']) && !row.archived": (
        "projects",
        [
            "caller = rows.sign_in()",
            "org = rows.org()",
            'project = rows.project(org_id=org["id"], archived=False)',
            'rows.membership(org_id=org["id"], user_id=caller.row["id"], role="admin")',
        ],
    ),
    "size(row.org.memberships) >= row.org.seats": (
        "projects",
        ["org = rows.org(seats=0)", 'project = rows.project(org_id=org["id"])'],
    ),
    "row.org.users.exists(u, u.id == actor.id)": (
        "projects",
        [
            "caller = rows.sign_in()",
            "org = rows.org()",
            'project = rows.project(org_id=org["id"])',
            'rows.membership(org_id=org["id"], user_id=caller.row["id"])',
        ],
    ),
    "row.due_on < now && !row.done": (
        "tasks",
        ["task = rows.task(due_on=(utc_now() - timedelta(days=2)).date(), done=False)"],
    ),
    "row.local < now": (
        "articles",
        ["article = rows.article(local=(utc_now() - timedelta(days=1)).replace(tzinfo=None))"],
    ),
}
FAILING: dict[str, tuple[str, list[str]]] = {
    "row.author_id == actor.id": ("articles", ["caller = rows.sign_in()", "article = rows.article()"]),
    "row.published || row.author_id == actor.id": (
        "articles",
        ["caller = rows.sign_in()", "article = rows.article(published=False)"],
    ),
    "row.status != 'archived'": ("articles", ['article = rows.article(status="archived")']),
    "row.tags.all(t, !t.hidden)": (
        "articles",
        [
            "article = rows.article()",
            "tag = rows.tag(hidden=True)",
            'rows.article_tag(article_id=article["id"], tag_id=tag["id"])',
        ],
    ),
    "size(row.comments) == 0": ("articles", ["article = rows.article()", 'rows.comment(article_id=article["id"])']),
    "row.region == actor.region": (
        "articles",
        ['caller = rows.sign_in(rows.user(region="other region"))', 'article = rows.article(region="region")'],
    ),
    "row.items.all(i, i.product.stock - i.product.reserved >= i.quantity)": (
        "orders",
        [
            "order = rows.order()",
            "product = rows.product(stock=1, reserved=1)",
            'rows.order_item(order_id=order["id"], product_id=product["id"], quantity=1)',
        ],
    ),
    "sum(row.items.map(i, i.quantity)) <= 10": (
        "orders",
        ["order = rows.order()", 'rows.order_item(order_id=order["id"], quantity=11)'],
    ),
    "row.assignee_id == null || row.assignee_id == actor.id": (
        "tasks",
        ["caller = rows.sign_in()", "user = rows.user()", 'task = rows.task(assignee_id=user["id"])'],
    ),
    "row.id == actor.id || actor.role == 'admin'": (
        "users",
        ['caller = rows.sign_in(rows.user(role="member"))', "user = rows.user()"],
    ),
    "row.org.open || actor.memberships.exists(m, m.org_id == row.org_id)": (
        "projects",
        ["caller = rows.sign_in()", "org = rows.org(open=False)", 'project = rows.project(org_id=org["id"])'],
    ),
}


def scene(text: str, table_name: str, wanted: bool, signed_in: bool | None = None) -> Scene | None:
    table = service().table(table_name)
    conditions = [(condition(text, table_name), wanted)]
    return scene_of(conditions, table, row_word(table), service(), signed_in=signed_in)


def lines(found: Scene | None) -> list[str]:
    assert found is not None
    return list(found.lines)


@pytest.mark.parametrize("text", HOLDING)
def test_holding(text: str) -> None:
    table, expected = HOLDING[text]
    assert lines(scene(text, table, True)) == expected


@pytest.mark.parametrize("text", FAILING)
def test_failing(text: str) -> None:
    table, expected = FAILING[text]
    assert lines(scene(text, table, False)) == expected


def test_who_is_signed_in() -> None:
    text = "row.published || row.author_id == actor.id"
    assert lines(scene(text, "articles", True, False)) == ["article = rows.article(published=True)"]
    assert lines(scene(text, "articles", False, False))[-1] == "article = rows.article(published=False)"
    assert lines(scene(text, "articles", False, True))[0] == "caller = rows.sign_in()"
    assert scene("actor.role == 'admin'", "articles", True, False) is None
    assert scene("actor == null", "articles", True, True) is None


def test_parts() -> None:
    found = scene("actor.role == 'admin' && size(row.items) > 0 && row.status == query.status", "orders", True)
    assert found == Scene(
        signed_in=True,
        account=(("role", '"admin"'),),
        first=(),
        before=(),
        arguments=(("status", '"cart"'),),
        after=('rows.order_item(order_id=order["id"])',),
        beside=(),
        given=(("query", "status", '"cart"'),),
        caller='caller = rows.sign_in(rows.user(role="admin"))',
        row='order = rows.order(status="cart")',
    )


def test_rows_above() -> None:
    table = service().table("tasks")
    found = scene_of(
        [
            (condition("row.project.org.memberships.exists(m, m.user_id == actor.id)", "tasks"), True),
            (condition("row.project.archived || row.project_id != path.id", "tasks"), False),
        ],
        table,
        "task",
        service(),
        parents={(("project_id",),): "above", (("project_id",), ("org_id",)): "top"},
        path={"id": ((("project_id",),), "id")},
    )
    assert lines(found) == [
        "caller = rows.sign_in()",
        "top = rows.org()",
        'above = rows.project(org_id=top["id"], archived=False)',
        'task = rows.task(project_id=above["id"])',
        'rows.membership(org_id=top["id"], user_id=caller.row["id"])',
    ]
    assert found is not None
    assert found.given == ()


def test_a_row_above_that_is_the_callers_account() -> None:
    condition_ = condition("row.customer_id == actor.id && row.status == 'paid'", "orders")
    table = service().table("orders")
    found = scene_of([(condition_, True)], table, "order", service(), parents={(("customer_id",),): "customer"})
    assert lines(found) == [
        "caller = rows.sign_in()",
        "customer = caller.row",
        'order = rows.order(customer_id=caller.row["id"], status="paid")',
    ]


def test_each_way() -> None:
    text = "row.org.memberships.exists(m, m.user_id == actor.id && m.role == 'owner')"
    table = service().table("projects")
    found = each_way(condition(text, "projects"), False, table, "project", service(), signed_in=True)
    assert [one.after for one in found] == [
        (),
        ('rows.membership(org_id=org["id"], role="owner")',),
        ('rows.membership(org_id=org["id"], user_id=caller.row["id"], role="member")',),
    ]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("row.slug == 'about'", "articles"),  # what is unique may be there already
        ("row.id == '00000000-0000-4000-8000-000000000001'", "articles"),
        ("row.views > 3 && row.views < 3", "articles"),
        ("size(row.memberships) > 40", "orgs"),
        ("row.title < 'b'", "articles"),  # databases order texts each in its own way
    ],
)
def test_what_is_not_found(text: str, table: str) -> None:
    assert scene(text, table, True) is None
