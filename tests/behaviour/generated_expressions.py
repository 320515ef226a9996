"""Random expressions over the schema of tests/expressions.py, as people would write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

COLUMNS = {
    "articles": {
        "int": ["views", "limit"],
        "num": ["rating", "weight"],
        "dec": ["price", "discount"],
        "text": ["title", "summary", "slug"],
        "bool": ["flagged", "open"],
        "enum": ["status"],
        "uuid": ["id", "author_id", "editor_id"],
        "day": ["day"],
        "moment": ["published_at", "created"],
    },
    "users": {"int": ["age"], "text": ["username", "bio"], "bool": ["admin"], "uuid": ["id"]},
    "comments": {
        "int": ["score", "quantity", "id"],
        "num": ["weight"],
        "dec": ["tip"],
        "text": ["text"],
        "uuid": ["author_id", "article_id"],
    },
    "tags": {"int": ["id"], "text": ["name"]},
    "favorites": {"uuid": ["user_id", "article_id"]},
}
ONE = {"articles": {"author": "users", "editor": "users"}, "comments": {"author": "users", "parent": "comments"}}
MANY = {
    "articles": {"comments": "comments", "tags": "tags", "favorites": "favorites"},
    "users": {"articles": "articles", "comments": "comments", "followers": "users", "following": "users"},
    "comments": {"replies": "comments"},
}
OUTSIDE = {
    "int": ["body.count", "body.most", "size(body.tags)", "sum(body.numbers)", "max(body.numbers)"],
    "num": ["body.ratio"],
    "dec": ["body.amount"],
    "text": ["body.name", "body.title", "body.note", "path.slug"],
    "bool": ["body.ok", "has(body.title)", "(actor != null)", "body.lines.exists(l, l.quantity > 2)"],
}
LITERALS: dict[str, list[str]] = {
    "int": ["0", "1", "2", "3", "-7", "10", "100"],
    "num": ["0.5", "2.25", "-1.5"],
    "dec": [],
    "text": ["'a'", "''", "'Ä'", "'%'", "'_'", '"it\'s"', "'null'", "('a' + 'b')", "'🚀'"],
    "bool": ["true", "false"],
    "enum": ["'draft'", "'published'"],
    "uuid": ["'00000000-0000-4000-8000-000000000001'"],
    "day": ["'2026-01-01'", "now"],
    "moment": ["now", "now - duration('7d')", "'2026-01-01T00:00:00Z'"],
}
ORDERED = ("int", "num", "dec", "day", "moment")
Rows = Mapping[str, str]


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """A condition on a row of the articles that the database can answer."""
    return _Writer(draw, in_sql=True).condition({"row": "articles", "actor": "users"}, 3)


@st.composite
def values(draw: st.DrawFn) -> str:
    """A single value of a row of the articles that the database can answer."""
    kind = draw(st.sampled_from(["int", "num", "dec", "text", "bool", "uuid"]))
    return _Writer(draw, in_sql=True).value(kind, {"row": "articles", "actor": "users"}, 3)


@st.composite
def cel_expressions(draw: st.DrawFn) -> str:
    """An expression whose meaning is that of CEL, over variables of the test."""

    def one_of(*texts: str) -> str:
        return draw(st.sampled_from(texts))

    def number(depth: int) -> str:
        if depth == 0:
            return one_of("count", "zero", "7", "-3", "2", "size(name)", "size(numbers)")
        left = number(depth - 1)
        return (
            f"({left} {one_of('+', '-', '*', '/', '%')} {number(depth - 1)})" if draw(st.booleans()) else f"-({left})"
        )

    def text() -> str:
        return one_of("name", "'Ä'", "('a' + name)", "''", "'\\u00c4'")

    def condition(depth: int) -> str:
        form = draw(st.integers(0, 10 if depth else 6))
        inner = [condition(depth - 1) for _ in range({7: 2, 8: 2, 9: 1, 10: 3}.get(form, 0))]
        match form:
            case 0:
                return one_of("ok", "share > 2.0", "share == 2.25")
            case 1 | 2:
                return f"{number(depth)} {one_of('==', '!=', '<', '<=', '>', '>=')} {number(depth)}"
            case 3:
                return f"{text()}.{one_of('contains', 'startsWith', 'endsWith')}({text()})"
            case 4:
                return f"{text()} == {text()}"
            case 5:
                return f"numbers.{one_of('exists', 'all')}(n, n > {draw(st.integers(-9, 9))})"
            case 6:
                return f"{draw(st.integers(-9, 9))} in numbers"
            case 7 | 8:
                return f"({inner[0]} {'&&' if form == 7 else '||'} {inner[1]})"
            case 9:
                return f"!({inner[0]})"
            case _:
                return f"({inner[0]} ? {inner[1]} : {inner[2]})"

    return number(2) if draw(st.booleans()) else condition(2)


class _Writer:
    def __init__(self, draw: st.DrawFn, in_sql: bool) -> None:
        self._draw = draw
        self._variables = 0

    def pick(self, *choices: Callable[[], str | None]) -> str:
        found = None
        while found is None:
            found = self._draw(st.sampled_from(choices))()
        return found

    def condition(self, rows: Rows, depth: int) -> str:
        if depth == 0:
            return self.value("bool", rows, 0)
        return self.pick(
            lambda: self._compared(rows, depth),
            lambda: self._compared(rows, depth),
            lambda: f"({self.condition(rows, depth - 1)} && {self.condition(rows, depth - 1)})",
            lambda: f"({self.condition(rows, depth - 1)} || {self.condition(rows, depth - 1)})",
            lambda: f"!({self.condition(rows, depth - 1)})",
            lambda: self._of_rows(rows, "exists", lambda inner, _: self.condition(inner, depth - 1)),
            lambda: self._of_rows(rows, "all", lambda inner, _: self.condition(inner, depth - 1)),
            lambda: self.value("bool", rows, depth - 1),
            lambda: self._text_test(rows, depth - 1),
            lambda: self._null_test(rows),
            lambda: self._in(rows, depth - 1),
        )

    def value(self, kind: str, rows: Rows, depth: int) -> str:
        simple = [lambda: self._column(kind, rows), lambda: self._column(kind, rows), lambda: self._leaf(kind)]
        if depth == 0:
            return self.pick(*simple)
        if kind == "bool":
            return self.pick(*simple, lambda: self.condition(rows, depth - 1))
        choices: list[Callable[[], str | None]] = [*simple]
        choices.append(
            lambda: f"({self.condition(rows, depth - 1)} ? {self.value(kind, rows, depth - 1)} : "
            f"{self.value(kind, rows, depth - 1)})"
        )
        if kind in ("int", "num", "dec"):
            choices += [lambda: self._arithmetic(kind, rows, depth - 1)] * 2
            choices += [lambda: self._aggregate(kind, rows, depth - 1)] * 2
        if kind == "text":
            choices.append(lambda: f"({self.value(kind, rows, depth - 1)} + {self.value(kind, rows, depth - 1)})")
        return self.pick(*choices)

    def _leaf(self, kind: str) -> str | None:
        known = LITERALS[kind] + OUTSIDE.get(kind, [])
        return self._draw(st.sampled_from(known)) if known else None

    def _column(self, kind: str, rows: Rows) -> str | None:
        way, table = self._row(rows)
        names = COLUMNS[table].get(kind, [])
        return f"{way}.{self._draw(st.sampled_from(names))}" if names else None

    def _row(self, rows: Rows) -> tuple[str, str]:
        name = self._draw(st.sampled_from(sorted(rows)))
        table = rows[name]
        if table in ONE and self._draw(st.integers(0, 3)) == 0:
            relation = self._draw(st.sampled_from(sorted(ONE[table])))
            return f"{name}.{relation}", ONE[table][relation]
        return name, table

    def _arithmetic(self, kind: str, rows: Rows, depth: int) -> str:
        operator = self._draw(st.sampled_from(["+", "-", "*", "/"] + (["%"] if kind == "int" else [])))
        other = self._draw(st.sampled_from([kind, kind, "int"]))
        left, right = self.value(kind, rows, depth), self.value(other, rows, 0 if operator in "*/" else depth)
        return self._draw(st.sampled_from([f"({left} {operator} {right})", f"-({left} {operator} {right})"]))

    def _compared(self, rows: Rows, depth: int) -> str:
        kind = self._draw(st.sampled_from([*ORDERED, "int", "text", "uuid", "bool"]))
        operators = ["==", "!=", "<", "<=", ">", ">="] if kind in ORDERED else ["==", "!="]
        operator = self._draw(st.sampled_from(operators))
        left = self._column(kind, rows) if kind in ("day", "moment", "enum") else self.value(kind, rows, depth - 1)
        if kind == "day" and (moment := self._column("moment", rows)) and self._draw(st.booleans()):
            left = f"date({moment})"
        right = self.value(kind, rows, depth - 1) if left else "3"
        left = left or "body.count"
        return f"({left}) {operator} ({right})" if kind == "bool" else f"{left} {operator} {right}"

    def _of_rows(self, rows: Rows, macro: str, inner: Callable[[Rows, str], str], kind: str = "") -> str | None:
        way, table = self._row(rows)
        if table not in MANY or way.count(".") + len(rows) > 4:
            return None
        fitting = [name for name, target in MANY[table].items() if not kind or kind in COLUMNS[target]]
        if not fitting:
            return None
        relation = self._draw(st.sampled_from(sorted(fitting)))
        self._variables += 1
        variable = f"x{self._variables}"
        inside = {**rows, variable: MANY[table][relation]}
        chain = f"{way}.{relation}"
        if self._draw(st.integers(0, 3)) == 0:
            chain += f".filter({variable}, {self.condition(inside, 0)})"
        return f"{chain}.{macro}({variable}, {inner(inside, variable)})"

    def _aggregate(self, kind: str, rows: Rows, depth: int) -> str | None:
        name = self._draw(st.sampled_from(["sum", "min", "max"] + (["avg"] if kind != "int" else ["size"])))
        found = self._of_rows(rows, "map", lambda inside, variable: self._item(kind, inside, variable, depth), kind)
        return f"{name}({found})" if found else None

    def _item(self, kind: str, rows: Rows, variable: str, depth: int) -> str:
        names = COLUMNS[rows[variable]].get(kind, [])
        column = f"{variable}.{self._draw(st.sampled_from(names))}"
        return self._draw(st.sampled_from([column, f"({column} + {self.value(kind, rows, depth)})"]))

    def _text_test(self, rows: Rows, depth: int) -> str:
        test = self._draw(st.sampled_from(["contains", "startsWith", "endsWith"]))
        return f"{self.value('text', rows, depth)}.{test}({self.value('text', rows, 0)})"

    def _null_test(self, rows: Rows) -> str | None:
        kind = self._draw(st.sampled_from(["int", "text", "uuid", "dec", "bool"]))
        way, _ = self._row(rows)
        column = self._column(kind, rows)
        row = way if "." in way or way == "actor" else None
        test = self._draw(st.sampled_from(["{} == null", "{} != null", "has({})"]))
        tested = self._draw(st.sampled_from([column, row])) if "has" not in test else column
        return test.format(tested) if tested else None

    def _in(self, rows: Rows, depth: int) -> str | None:
        kind = self._draw(st.sampled_from(["int", "text"]))
        value = self.value(kind, rows, depth)
        if self._draw(st.booleans()):
            items = [self.value(kind, rows, 0) for _ in range(2)]
            return f"{value} in [{', '.join(items)}]"
        mapped = self._of_rows(rows, "map", lambda inside, variable: self._item(kind, inside, variable, 0), kind)
        return f"{value} in {mapped}" if mapped else None
