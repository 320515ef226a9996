"""Expressions mean the same in Python, in SQLite, in PostgreSQL and in MariaDB, whatever is null, empty or zero.

BKGEN_EXAMPLES=5000 draws that many others each time.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import celpy
import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bkgen.diagnostics import Diagnostics
from bkgen.model.expressions import Gives, Record, Records, Value, Values
from bkgen.model.types import Kind
from bkgen.render import render
from bkgen.render.expressions import Rendered, python_condition, python_value, sql_conditions, sql_value
from bkgen.resolve.expressions import is_queryable
from bkgen.resolve.expressions.kinds import kind_of
from tests.behaviour.generated import imported_app
from tests.behaviour.generated_expressions import cel_expressions, conditions, values
from tests.behaviour.migrated import databases, drop_databases
from tests.expressions import BODY, context, expression, member, relations, service, value
from tests.shared_files import with_all_helpers

MORE = int(os.environ.get("BKGEN_EXAMPLES", "0"))
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=MORE or examples,
        derandomize=not MORE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def uuid(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012}")


def rows() -> dict[str, list[dict[str, Any]]]:
    """Rows with whatever is apt to make a difference."""
    users = [
        ("ann", None, 30, True),
        ("Bob", "Ä%_", None, False),
        ("a", "", 0, False),
        ("it's 🚀", "null", -7, True),
    ]
    articles = [
        # title, summary, author, editor, views, limit, rating, price, discount, flagged, day, published
        ("Aa", None, 1, 2, 0, None, None, "0.00", None, None, None, None),
        ("a%b", "Ä", 1, None, 7, 0, 0.5, "10.00", "0.100", True, "2026-01-01", NOW),
        ("Ä_🚀", "a", 2, 2, -7, 3, 2.25, "9.90", "9.900", False, "2026-05-01", NOW - timedelta(days=30)),
        ("", "", 3, 1, 100, 5000, -1.5, "0.10", "-1.005", None, "2027-01-01", NOW + timedelta(days=1)),
    ]
    comments = [
        # article, author, parent, text, score, quantity, tip, weight
        (1, 1, None, "a", None, 0, None, None),
        (2, 2, None, "Ab", 3, 2, "0.10", 0.5),
        (2, None, 2, "%", -2, 3, "0.20", 2.25),
        (2, 1, 3, "", 3, 1, "9.00", None),
        (3, 3, None, "Ä", None, -1, "10.00", -1.5),
    ]
    return {
        "users": [
            {"id": uuid(n), "username": name, "bio": bio, "age": age, "admin": admin, "password_hash": "x"}
            for n, (name, bio, age, admin) in enumerate(users, 1)
        ],
        "follows": [{"follower_id": uuid(a), "followed_id": uuid(b)} for a, b in ((1, 2), (2, 1), (3, 1), (1, 1))],
        "articles": [
            {
                "id": uuid(n),
                "slug": f"a{n}",
                "title": title,
                "summary": summary,
                "author_id": uuid(author),
                "editor_id": editor and uuid(editor),
                "status": ["draft", "published", "archived", "draft"][n - 1],
                "views": views,
                "limit": limit,
                "rating": rating,
                "weight": float(n),
                "price": Decimal(price),
                "discount": discount and Decimal(discount),
                "flagged": flagged,
                "open": n % 2 == 0,
                "code": None,
                "day": day and date.fromisoformat(day),
                "published_at": published,
                "created": NOW - timedelta(days=7),
                "local": None,
            }
            for n, (
                title,
                summary,
                author,
                editor,
                views,
                limit,
                rating,
                price,
                discount,
                flagged,
                day,
                published,
            ) in enumerate(articles, 1)
        ],
        "favorites": [{"article_id": uuid(a), "user_id": uuid(b)} for a, b in ((1, 1), (2, 1), (2, 2))],
        "tags": [{"id": 1, "name": "a"}, {"id": 2, "name": "Ä"}, {"id": 3, "name": ""}],
        "article_tags": [{"article_id": uuid(a), "tag_id": b} for a, b in ((1, 1), (2, 1), (2, 2), (3, 3))],
        "comments": [
            {
                "id": n,
                "article_id": uuid(article),
                "author_id": author and uuid(author),
                "parent_id": parent,
                "text": text,
                "score": score,
                "quantity": quantity,
                "tip": tip and Decimal(tip),
                "weight": weight,
            }
            for n, (article, author, parent, text, score, quantity, tip, weight) in enumerate(comments, 1)
        ],
    }


BODIES = [
    SimpleNamespace(
        title=MISSING, note=MISSING, name="a", count=3, most=None, amount=None, ratio=0.5, ok=None, tags=MISSING,
        numbers=[], lines=[],
    ),
    SimpleNamespace(
        title="Ä", note=None, name="%", count=0, most=2, amount=Decimal("9.90"), ratio=2.25, ok=True, tags=["a", "b"],
        numbers=[1, None, -7], lines=[SimpleNamespace(quantity=3, price=Decimal("0.10"))],
    ),
]  # fmt: skip


def record(table: str, depth: int = 4) -> Record:
    """A row as an object whose members are its columns and what its relations lead to."""
    found = next(one for one in service().tables if one.name == table)
    members = {column.name: member(column.attribute, Value(column.type, column.nullable)) for column in found.public}
    for relation in relations().get(table, {}).values() if depth else ():
        inner = record(relation.target, depth - 1)
        gives: Gives = Records(inner) if relation.many else Record(inner.members, relation.optional)
        members[relation.name] = member(relation.name, gives)
    return Record(members)


def objects() -> dict[str, list[SimpleNamespace]]:
    """The rows as Python objects that know each other."""
    data = rows()
    tables = {table.name: table for table in service().tables}
    made = {
        name: [
            SimpleNamespace(**{tables[name].column(column).attribute: cell for column, cell in row.items()})
            for row in listed
        ]
        for name, listed in data.items()
    }
    plain = {id(thing): row for name, listed in data.items() for thing, row in zip(made[name], listed, strict=True)}
    for table, known in relations().items():
        for relation in known.values():
            for thing in made[table]:
                between = relation.through
                middle = made[between.table if between else relation.target]
                matching = [
                    one for one in middle
                    if all(plain[id(thing)][here] == plain[id(one)][there] and plain[id(thing)][here] is not None
                           for here, there in relation.pairs)
                ]  # fmt: skip
                if between is not None:
                    matching = [
                        one for link in matching for one in made[relation.target]
                        if all(plain[id(link)][here] == plain[id(one)][there] for here, there in between.pairs)
                    ]  # fmt: skip
                setattr(thing, relation.name, matching if relation.many else next(iter(matching), None))
    return made


@dataclass
class World:
    """A model of a backend, and databases with the rows."""

    article: Any
    databases: dict[str, Callable[[Any], list[Any]]]


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, maybe_postgresql: str | None, maybe_mariadb: str | None
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("expressions")
    for path, text in with_all_helpers(render(service())).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with imported_app(folder), asyncio.Runner() as runner:
        models = importlib.import_module("app.models")
        engines = {"sqlite": create_async_engine("sqlite+aiosqlite://")}
        schema = f"bkgen_expressions_{os.getpid()}"
        if maybe_postgresql:
            url = re.sub(r"^postgres(ql)?:", "postgresql+asyncpg:", maybe_postgresql)
            engines["postgresql"] = create_async_engine(url, connect_args={"server_settings": {"search_path": schema}})
            runner.run(_execute(maybe_postgresql, f"CREATE SCHEMA {schema}"))
        if maybe_mariadb:
            url, _ = databases(maybe_mariadb, schema)
            engines["mariadb"] = importlib.import_module("app.engines").create_engine(url, timeout=30, pool_size=5)
        for engine in engines.values():
            runner.run(_fill(engine, models.Article.metadata))
        yield World(models.Article, {name: _reader(runner, engine) for name, engine in engines.items()})
        for engine in engines.values():
            runner.run(engine.dispose())
        if maybe_postgresql:
            runner.run(_execute(maybe_postgresql, f"DROP SCHEMA {schema} CASCADE"))
        if maybe_mariadb:
            drop_databases(maybe_mariadb, schema)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _fill(engine: AsyncEngine, metadata: Any) -> None:
    attributes = {t.name: {column.name: column.attribute for column in t.columns} for t in service().tables}
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for name, listed in rows().items():
            table = metadata.tables[name]
            for row in listed:
                await connection.execute(
                    table.insert().values({attributes[name][column]: cell for column, cell in row.items()})
                )


def _reader(runner: asyncio.Runner, engine: AsyncEngine) -> Callable[[Any], list[Any]]:
    async def read(statement: Any) -> list[Any]:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(statement)]

    return lambda statement: runner.run(read(statement))


def evaluate(code: Rendered, **names: Any) -> list[Any]:
    """What the code gives: each of the conditions, or the one value."""
    namespace = {"utc_now": lambda: NOW, **names}
    exec("\n".join(code.imports), namespace)
    for name, definition in code.definitions:
        namespace[name] = eval(definition, namespace)
    return [eval(part, namespace) for part in code.conditions]


def same(one: Any, other: Any, database: str) -> bool:
    if isinstance(one, bool) or one is None or other is None:
        return one is other if isinstance(other, bool) or other is None else one == other
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    if isinstance(one, Decimal) and database == "sqlite":
        return float(one) == pytest.approx(float(other), rel=1e-9, abs=1e-9)
    return bool(one == other)


PYTHON = {"row": record("articles"), "actor": Record(record("users").members, nullable=True), "body": BODY}


def check(text: str, world: World) -> None:
    """The expression `text` of every article, for everyone, gives the same in Python and in the databases."""
    in_sql, in_python = expression(text), expression(text, **PYTHON)
    diagnostics = Diagnostics()
    assert is_queryable(in_sql, frozenset({"row"}), diagnostics), list(diagnostics)
    names = {"variables": {"actor": "caller", "body": "body", "path": "", "now": "utc_now()"}}
    plain = context(variables={**names["variables"], "row": "row"}, models={})
    is_condition = kind_of(in_sql.gives) is Kind.BOOLEAN
    code, python = sql_value(in_sql, context()), python_value(in_python, plain)
    where, test = sql_conditions(in_sql, context()) if is_condition else None, python_condition(in_python, plain)
    world_rows = objects()
    model = world.article
    for caller, body in ((None, BODIES[0]), (world_rows["users"][0], BODIES[1]), (world_rows["users"][1], BODIES[0])):
        given = {"caller": caller, "body": body, "slug": "a1"}
        expected = {row.id: evaluate(python, row=row, **given)[0] for row in world_rows["articles"]}
        true = {row.id for row in world_rows["articles"] if is_condition and evaluate(test, row=row, **given)[0]}
        selected = evaluate(code, **given)[0]
        if not isinstance(selected, sqlalchemy.sql.ColumnElement | sqlalchemy.orm.InstrumentedAttribute):
            assert all(same(selected, one, "python") for one in expected.values()), text
            selected, expected = sqlalchemy.null(), dict.fromkeys(expected)
        for name, read in world.databases.items():
            for key, found in read(select(model.id, selected.label("found")).select_from(model)):
                told = f"{name}: {text}\n{code.code}\n{python.code}\n{found!r} != {expected[key]!r} of {key}"
                assert same(found, expected[key], name), told
            if where is not None:
                met = {key for (key,) in read(select(model.id).where(*evaluate(where, **given)))}
                assert met == true, f"{name}: {text}\n{where.code}\n{test.code}"


@bounded(60)
@given(text=conditions())
def test_conditions(world: World, text: str) -> None:
    check(text, world)


@bounded(40)
@given(text=values())
def test_values(world: World, text: str) -> None:
    check(text, world)


@pytest.mark.parametrize(
    "text",
    [
        "date(row.published_at)",
        "date(row.local)",
        "date(now)",
        "date(row.open ? row.created : now) < date(now)",
        "date(row.created) == '2026-04-24' && date(row.published_at) != row.day",
        "date(row.published_at) in [row.day, date(now)]",
    ],
)
def test_days(world: World, text: str) -> None:
    check(text, world)


JUDGE = celpy.Environment()
CEL = {"count": 3, "zero": 0, "name": "aÄb", "ok": True, "numbers": [1, -7, 2], "share": 2.25}


@bounded(100)
@given(text=cel_expressions())
def test_cel_agrees(world: World, text: str) -> None:
    """Where our semantics are those of CEL, another implementation of CEL gives the same."""
    kinds = {"count": Kind.INTEGER, "zero": Kind.INTEGER, "name": Kind.STRING, "ok": Kind.BOOLEAN, "share": Kind.NUMBER}
    names: dict[str, Gives] = {name: value(kind) for name, kind in kinds.items()}
    names["numbers"] = Values(value(Kind.INTEGER))
    code = python_value(expression(text, **names), context(variables={name: name for name in names}))
    judge = JUDGE.program(JUDGE.compile(text))
    try:
        expected = judge.evaluate({name: celpy.json_to_cel(one) for name, one in CEL.items()})
    except celpy.CELEvalError:
        assert evaluate(code, **CEL)[0] in (None, True, False), text  # a division by zero, which is null
        return
    assert evaluate(code, **CEL)[0] == expected, f"{text}\n{code.code}"
