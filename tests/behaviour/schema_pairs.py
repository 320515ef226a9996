"""Pairs of schemas as a seed draws them: the documents of both, rows of the first one, and what becomes of these.

Each edit changes the documents and the rows that are expected after it, by itself: it knows nothing of bkgen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

Document = dict[str, Any]
Rows = dict[str, list[dict[str, Any]]]

TABLES = ["users", "order", "Order Items", "people", "group-members", "things" * 7]
COLUMNS = ["name", "user", "Full Name", "select", "e-mail", "state", "note", "größe", "amount" * 9, "at", "x1", "total"]
KEYS = ("uuid", "integer", "BIGINT", "VARCHAR(40)")
MOMENT = datetime(2024, 2, 28, 12, 30, 15, 250000, tzinfo=UTC)


class Anything:
    """A value that only has to be there."""

    def __repr__(self) -> str:
        return "anything"


ANYTHING = Anything()


def _value(type_: str, number: int) -> Any:
    """The value of a type with a number; others have other numbers where the type has as many."""
    match type_:
        case "string" | "text":
            return f"it's {number} ü :x %s"
        case "VARCHAR(20)" | "VARCHAR(40)":
            return f"no. {number}"
        case "SMALLINT" | "integer":
            return 3 * number
        case "BIGINT":
            return 2**40 + number
        case "number":
            return number + 0.5
        case "boolean":
            return number % 2 == 0
        case "NUMERIC(8,2)":
            return Decimal(f"{number}.25")
        case "decimal":
            return Decimal(number) / 8
        case "uuid":
            return UUID(int=(4 << 76) + (2 << 62) + number)
        case "date":
            return date(2024, 1, 1) + timedelta(days=number)
        case "time":
            return time(number % 24, 5)
        case "datetime":
            return MOMENT + timedelta(hours=number)
        case "TIMESTAMP WITHOUT TIME ZONE":
            return (MOMENT + timedelta(hours=number)).replace(tzinfo=None)
        case "json":
            return {"a": [number, None]}
        case "bytes":
            return bytes([number, 0])
        case _:
            return type_.split(" | ")[number % 2]


TYPES = [
    *("string", "text", "VARCHAR(20)", "SMALLINT", "integer", "BIGINT", "number", "boolean", "NUMERIC(8,2)", "decimal"),
    *("uuid", "date", "time", "datetime", "TIMESTAMP WITHOUT TIME ZONE", "json", "bytes", "a | it's | c d"),
]
NUMBERS = ("SMALLINT", "integer", "BIGINT", "NUMERIC", "number", "decimal")
LEAST = (-9, -1, 0)
"""Bounds that all values keep to."""
MANY = {*TYPES} - {"boolean", "json", "bytes", "time", "a | it's | c d"}
DEFAULTS: dict[str, list[tuple[Any, Any]]] = {
    "string": [("it's :new %", "it's :new %")],
    "VARCHAR(20)": [("x", "x")],
    "integer": [(7, 7)],
    "BIGINT": [(2**50, 2**50)],
    "number": [(0.25, 0.25)],
    "boolean": [(True, True)],
    "NUMERIC(8,2)": [("1.50", Decimal("1.50")), (3, Decimal("3.00"))],
    "decimal": [("0.125", Decimal("0.125"))],
    "uuid": [
        ("uuid", ANYTHING),
        ("00000000-0000-4000-8000-000000000007", UUID("00000000-0000-4000-8000-000000000007")),
    ],
    "date": [("now", ANYTHING), ("2024-02-29", date(2024, 2, 29))],
    "time": [("23:59:59", time(23, 59, 59))],
    "datetime": [("now", ANYTHING), ("2024-02-29T12:00:00+02:00", datetime(2024, 2, 29, 10, tzinfo=UTC))],
    "TIMESTAMP WITHOUT TIME ZONE": [("now", ANYTHING), ("2024-02-29T12:00:00", datetime(2024, 2, 29, 12))],
    "a | it's | c d": [("it's", "it's")],
}
# From, to, and what a value becomes.
CONVERSIONS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("VARCHAR(20)", "VARCHAR(30)", lambda value: value),
    ("VARCHAR(20)", "text", lambda value: value),
    ("VARCHAR(20)", "VARCHAR(3)", lambda value: value[:3]),
    ("string", "VARCHAR(5)", lambda value: value[:5]),
    ("SMALLINT", "integer", lambda value: value),
    ("integer", "BIGINT", lambda value: value),
    ("integer", "SMALLINT", lambda value: value),
    ("integer", "NUMERIC(14,2)", lambda value: Decimal(value).quantize(Decimal("0.01"))),
    ("integer", "number", float),
    ("integer", "string", str),
    ("BIGINT", "decimal", Decimal),
    ("NUMERIC(8,2)", "NUMERIC(10,3)", lambda value: value.quantize(Decimal("0.001"))),
    ("NUMERIC(8,2)", "decimal", lambda value: value),
    ("NUMERIC(8,2)", "string", str),
    ("boolean", "integer", int),
    ("boolean", "string", lambda value: "true" if value else "false"),
    ("uuid", "string", str),
    ("uuid", "VARCHAR(36)", str),
    ("date", "string", str),
    ("date", "datetime", lambda value: datetime(value.year, value.month, value.day, tzinfo=UTC)),
    ("date", "TIMESTAMP WITHOUT TIME ZONE", lambda value: datetime(value.year, value.month, value.day)),
    ("datetime", "TIMESTAMP WITHOUT TIME ZONE", lambda value: value.replace(tzinfo=None)),
    ("TIMESTAMP WITHOUT TIME ZONE", "datetime", lambda value: value.replace(tzinfo=UTC)),
    ("a | it's | c d", "string", lambda value: value),
    ("json", "boolean", lambda _: None),
    ("string", "date", lambda _: None),
]


@dataclass
class Pair:
    """Two schemas.

    Attributes:
        before, after: documents.
        rows: of the tables before, by the names of columns; each table after those that it refers to.
        expected: what they are in the tables after.
        allowed: what may be lost.
        edits: what was changed, in words.
        one_way: whether rows get values that they could not have before.
    """

    before: Document
    after: Document
    rows: Rows
    expected: Rows
    allowed: set[str] = field(default_factory=set)
    edits: list[str] = field(default_factory=list)
    one_way: bool = False


def pair(seed: int) -> Pair:
    """The pair of a seed."""
    return _Maker(Random(seed)).pair()


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.touched: dict[tuple[str, str], set[str]] = {}

    def pair(self) -> Pair:
        tables: list[Document] = []
        for name in self.random.sample(TABLES, self.random.randint(1, 3)):
            tables.append(self._table(name, tables))
        rows: Rows = {}
        for table in tables:
            rows[table["name"]] = [self._row(table, number, rows) for number in range(1, 5)]
        made = Pair({"tables": tables}, copy.deepcopy({"tables": tables}), rows, copy.deepcopy(rows))
        edits = [getattr(self, name) for name in dir(self) if name.startswith("edit_")]
        wanted = self.random.randint(1, 4)
        while len(made.edits) < wanted:
            done = self.random.choice(edits)(made)
            if done:
                made.edits.append(done)
        made.one_way |= any(self._refers_to_gone_rows(made, table) for table in made.after["tables"])
        return made

    def _refers_to_gone_rows(self, made: Pair, table: Document) -> bool:
        """Whether rows have values that referred to a table that is dropped."""
        name, kept = self._was(table), {self._was(one) for one in made.after["tables"]}
        former = next((one for one in made.before["tables"] if one["name"] == name), {"columns": []})
        stay = {self._was(column) for column in table["columns"]}
        lost = {one["name"] for one in former["columns"] if one.get("references", {}).get("table", name) not in kept}
        return any(row[column] is not None for row in made.rows.get(name, []) for column in lost & stay)

    # Schemas and rows

    def _table(self, name: str, earlier: list[Document]) -> Document:
        key = {"name": "id", "type": self.random.choice(KEYS), "primary": True}
        table: Document = {"name": name, "columns": [key], "unique": [], "indexes": []}
        for column in self.random.sample(COLUMNS, self.random.randint(2, 6)):
            table["columns"].append(self._column(column))
        for target in earlier:
            if self.random.random() < 0.7:
                table["columns"].append(self._reference(f"{target['name'][:20]}_id", target))
        if self.random.random() < 0.3:
            table["columns"].append(self._reference("above", table) | {"nullable": True})
        plain = [column["name"] for column in table["columns"] if column["type"] in MANY and column["name"] != "id"]
        if len(plain) > 2:
            table["unique"].append(plain[:2])
            table["indexes"].append({"columns": plain[1:3]})
        return table

    def _column(self, name: str) -> Document:
        type_ = self.random.choice(TYPES)
        column: Document = {"name": name, "type": type_}
        if self.random.random() < 0.3:
            column["nullable"] = True
        if type_ in DEFAULTS and self.random.random() < 0.3:
            column["default"] = self.random.choice(DEFAULTS[type_])[0]
        if type_.startswith(NUMBERS) and self.random.random() < 0.3:
            column["minimum"] = self.random.choice(LEAST)
        if type_ in MANY and self.random.random() < 0.3:
            column["unique"] = True
        elif type_ in MANY and self.random.random() < 0.3:
            column["index"] = True
        return column

    def _reference(self, name: str, target: Document) -> Document:
        column = {"name": name, "type": target["columns"][0]["type"]}
        rule = self.random.choice(["CASCADE", "RESTRICT", "SET NULL", "NO ACTION"])
        column |= {"references": {"table": target["name"], "column": target["columns"][0]["name"]}, "onDelete": rule}
        if rule == "SET NULL" or self.random.random() < 0.3:
            column["nullable"] = True
        return column

    def _row(self, table: Document, number: int, rows: Rows) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in table["columns"]:
            if column["name"] == "above":
                row["above"] = None if number == 1 else _value(column["type"], number - 1)
            elif "references" in column:
                row[column["name"]] = _value(column["type"], self.random.randint(1, 4))
            elif column.get("nullable") and self.random.random() < 0.3:
                row[column["name"]] = None
            else:
                row[column["name"]] = _value(column["type"], number)
        return row

    # Edits: each does something once to a column or table, and says what; nothing where it finds none.

    def _pick(
        self, kind: str, made: Pair, wanted: Callable[[Document, Document], bool]
    ) -> tuple[Document, Document] | None:
        found = [
            (table, column)
            for table in made.after["tables"]
            for column in table["columns"]
            if kind not in self.touched.get((self._was(table), column["name"]), ()) and wanted(table, column)
        ]
        if not found:
            return None
        table, column = self.random.choice(found)
        self.touched.setdefault((self._was(table), column["name"]), set()).add(kind)
        return table, column

    @staticmethod
    def _was(table: Document) -> str:
        return str(table.get("was", table["name"]))

    def _is_old(self, table: Document, column: Document) -> bool:
        return "added" not in self.touched.get((self._was(table), column["name"]), ())

    @staticmethod
    def _in_rules(table: Document, column: Document) -> bool:
        names = [name for rule in table["unique"] for name in rule]
        return column["name"] in [*names, *(name for rule in table["indexes"] for name in rule["columns"])]

    @staticmethod
    def _is_plain(_: Document, column: Document) -> bool:
        return not column.get("primary") and "references" not in column

    def _free_name(self, table: Document) -> str:
        taken = {column["name"] for column in table["columns"]} | {name for _, name in self.touched}
        return self.random.choice(
            [f"new {number}" if number < 3 else f"new{number}" for number in range(9)]
            if not taken & {"new 1"}
            else [f"later_{len(taken)}"]
        )

    def _new_column(self, made: Pair, column: Document, value: Any) -> str | None:
        table = self.random.choice(made.after["tables"])
        name = self._free_name(table)
        if any(one["name"] == name for one in table["columns"]):
            return None
        table["columns"].append({"name": name} | column)
        self.touched[self._was(table), name] = {"added"}
        for row in made.expected[table["name"]]:
            row[name] = value
        return f"add {table['name']}.{name}: {column}"

    def edit_add_nullable(self, made: Pair) -> str | None:
        return self._new_column(made, {"type": self.random.choice(TYPES), "nullable": True}, None)

    def edit_add_with_default(self, made: Pair) -> str | None:
        type_ = self.random.choice(list(DEFAULTS))
        default, value = self.random.choice(DEFAULTS[type_])
        index = {"index": True} if type_ in MANY and self.random.random() < 0.5 else {}
        return self._new_column(made, {"type": type_, "default": default} | index, value)

    def edit_add_reference(self, made: Pair) -> str | None:
        target = self.random.choice(made.after["tables"])
        column = self._reference("", target) | {"nullable": True}
        del column["name"]
        return self._new_column(made, column, None)

    def edit_drop(self, made: Pair) -> str | None:
        found = self._pick("drop", made, lambda table, one: not one.get("primary") and not self._in_rules(table, one))
        if found is None:
            return None
        table, column = found
        table["columns"].remove(column)
        for row in made.expected[table["name"]]:
            row.pop(column["name"])
        made.allowed |= {f"{table['name']}.{column['name']}", f"{table['name']}.{column.get('was')}"}
        return f"drop {table['name']}.{column['name']}"

    def edit_rename(self, made: Pair) -> str | None:
        found = self._pick("rename", made, lambda table, one: "was" not in one and self._is_old(table, one))
        if found is None:
            return None
        table, column = found
        old = column["name"]
        new = self.random.choice(["renamed", "Renamed As", "to"]) + old[:3].replace("-", "") + "z"
        column |= {"name": new, "was": old}
        self.touched[self._was(table), new] = self.touched[self._was(table), old]
        table["unique"] = [[new if name == old else name for name in rule] for rule in table["unique"]]
        for rule in table["indexes"]:
            rule["columns"] = [new if name == old else name for name in rule["columns"]]
        for other in made.after["tables"]:
            for one in other["columns"]:
                target = one.get("references")
                if target and target["table"] == table["name"] and target["column"] == old:
                    target["column"] = new
        for row in made.expected[table["name"]]:
            row[new] = row.pop(old)
        return f"rename {table['name']}.{old} to {new}"

    def edit_rename_table(self, made: Pair) -> str | None:
        table = self.random.choice(made.after["tables"])
        if "was" in table or table["name"] not in made.rows:
            return None
        old, new = table["name"], self.random.choice(["folk", "Renamed Table", "end"])
        if new in made.expected:
            return None
        made.allowed = {
            one.replace(f"{old}.", f"{new}.", 1) if one.startswith(f"{old}.") else one for one in made.allowed
        }
        table |= {"name": new, "was": old}
        for other in made.after["tables"]:
            for column in other["columns"]:
                if "references" in column and column["references"]["table"] == old:
                    column["references"]["table"] = new
        made.expected[new] = made.expected.pop(old)
        return f"rename table {old} to {new}"

    def edit_type(self, made: Pair) -> str | None:
        ways = [way for way in CONVERSIONS if self.random.random() < 0.5]
        for before, after, convert in ways:
            unique = len(after) < 11 and after.startswith("VARCHAR")

            def fits(table: Document, column: Document, before: str = before, unique: bool = unique) -> bool:
                plain = self._is_plain(table, column) and column["type"] == before and "default" not in column
                return plain and not (unique and (column.get("unique") or self._in_rules(table, column)))

            if before in ("json", "string") and convert("x") is None:
                found = self._pick(
                    "type",
                    made,
                    lambda table, one: fits(table, one)
                    and not self._in_rules(table, one)
                    and bool(one.get("nullable"))
                    and not one.get("unique"),
                )
            else:
                found = self._pick("type", made, fits)
            if found is not None:
                table, column = found
                column["type"] = after
                if not after.startswith(NUMBERS):
                    column.pop("minimum", None)
                for row in made.expected[table["name"]]:
                    value = row[column["name"]]
                    row[column["name"]] = None if value is None else convert(value)
                made.allowed.add(f"{table['name']}.{column['name']}")
                return f"{table['name']}.{column['name']} from {before} to {after}"
        return None

    def edit_bounds(self, made: Pair) -> str | None:
        found = self._pick(
            "bounds", made, lambda table, one: self._is_plain(table, one) and one["type"].startswith(NUMBERS)
        )
        if found is None:
            return None
        table, column = found
        others = [least for least in (*LEAST, None) if least != column.get("minimum")]
        column["minimum"] = self.random.choice(others)
        if column["minimum"] is None:
            del column["minimum"]
        return f"{table['name']}.{column['name']} is at least {column.get('minimum')}"

    def edit_key_type(self, made: Pair) -> str | None:
        """A wider key, and what refers to it."""
        found = self._pick(
            "key_type", made, lambda _, one: bool(one.get("primary")) and one["type"] in ("integer", "VARCHAR(40)")
        )
        if found is None:
            return None
        table, column = found
        wider = "BIGINT" if column["type"] == "integer" else "VARCHAR(60)"
        column["type"] = wider
        for other in made.after["tables"]:
            for one in other["columns"]:
                if "references" in one and one["references"]["table"] == table["name"]:
                    one["type"] = wider
        return f"key of {table['name']} to {wider}"

    def edit_require(self, made: Pair) -> str | None:
        found = self._pick(
            "require",
            made,
            lambda table, one: self._is_plain(table, one)
            and bool(one.get("nullable"))
            and "end_reference" not in self.touched.get((self._was(table), one["name"]), ())
            and one["type"] in DEFAULTS
            and not one.get("unique")
            and not self._in_rules(table, one),
        )
        if found is None:
            return None
        table, column = found
        default, value = self.random.choice(DEFAULTS[column["type"]])
        column |= {"nullable": False, "default": default}
        for row in made.expected[table["name"]]:
            if row[column["name"]] is None:
                row[column["name"]] = value
        return f"require {table['name']}.{column['name']}, else {default}"

    def edit_let_be_null(self, made: Pair) -> str | None:
        found = self._pick(
            "let_be_null",
            made,
            lambda table, one: not one.get("primary")
            and not one.get("nullable")
            and self._is_old(table, one)
            and "require" not in self.touched.get((self._was(table), one["name"]), ()),
        )
        if found is None:
            return None
        found[1]["nullable"] = True
        return f"let {found[0]['name']}.{found[1]['name']} be null"

    def edit_unique(self, made: Pair) -> str | None:
        found = self._pick(
            "unique",
            made,
            lambda table, one: self._is_plain(table, one)
            and one["type"] in MANY
            and (table["name"] in made.rows or "was" in table)
            and self._is_old(table, one),
        )
        if found is None:
            return None
        table, column = found
        column["unique"] = not column.get("unique")
        return f"unique {table['name']}.{column['name']}: {column['unique']}"

    def edit_index(self, made: Pair) -> str | None:
        found = self._pick(
            "index",
            made,
            lambda table, one: self._is_plain(table, one) and one["type"] in MANY and not one.get("unique"),
        )
        if found is None:
            return None
        table, column = found
        column["index"] = not column.get("index")
        return f"index {table['name']}.{column['name']}: {column['index']}"

    def edit_rules_of_several(self, made: Pair) -> str | None:
        table = self.random.choice(made.after["tables"])
        if not table["unique"]:
            return None
        if self.random.random() < 0.5:
            table["unique"] = [rule[::-1] for rule in table["unique"]]
            return f"unique rules of {table['name']} the other way round"
        table["unique"], table["indexes"] = [], [*table["indexes"], {"columns": table["unique"][0]}]
        return f"unique rules of {table['name']} become indexes"

    def edit_deletion(self, made: Pair) -> str | None:
        found = self._pick("deletion", made, lambda _, one: "references" in one and one["onDelete"] != "SET NULL")
        if found is None:
            return None
        table, column = found
        column["onDelete"] = "RESTRICT" if column["onDelete"] == "CASCADE" else "CASCADE"
        return f"deletions of {table['name']}.{column['name']}: {column['onDelete']}"

    def edit_end_reference(self, made: Pair) -> str | None:
        found = self._pick("end_reference", made, lambda _, one: "references" in one)
        if found is None:
            return None
        table, column = found
        del column["references"], column["onDelete"]
        return f"{table['name']}.{column['name']} refers to nothing"

    def edit_more_values(self, made: Pair) -> str | None:
        found = self._pick("more_values", made, lambda _, one: " | " in one["type"])
        if found is None:
            return None
        found[1]["type"] += " | a value that is longer"
        return f"more values of {found[0]['name']}.{found[1]['name']}"

    def edit_fewer_values(self, made: Pair) -> str | None:
        found = self._pick("fewer_values", made, lambda _, one: " | " in one["type"])
        if found is None:
            return None
        table, column = found
        default = self.random.choice(["a", "a", "z"])
        column |= {"type": "a | z", "default": default}
        for row in made.expected[table["name"]]:
            if row[column["name"]] not in ("a", None):
                row[column["name"]] = default
                made.one_way |= default == "z"
        made.allowed.add(f"{table['name']}.{column['name']}")
        return f"fewer values of {table['name']}.{column['name']}"

    def edit_new_table(self, made: Pair) -> str | None:
        if "comments" in made.expected:
            return None
        table = self._table("comments", made.after["tables"][:1])
        for column in table["columns"]:
            if "references" in column and column["name"] != "above":
                target = next(one for one in made.after["tables"] if one["name"] == column["references"]["table"])
                column["references"]["column"] = target["columns"][0]["name"]
        made.after["tables"].append(table)
        made.expected["comments"] = []
        return "new table comments"

    def edit_drop_table(self, made: Pair) -> str | None:
        if len(made.after["tables"]) < 2:
            return None
        table = self.random.choice(made.after["tables"])
        others = [one for one in made.after["tables"] if one is not table]
        refers = any(
            one.get("references", {}).get("table") == table["name"] for two in others for one in two["columns"]
        )
        if refers or table["name"] not in made.rows or any(self._was(table) == name for name, _ in self.touched):
            return None
        made.after["tables"].remove(table)
        del made.expected[table["name"]]
        made.allowed.add(table["name"])
        return f"drop table {table['name']}"
