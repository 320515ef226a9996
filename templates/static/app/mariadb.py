"""MariaDB, where it says what the other databases say in another way."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Integer, Table, case, func, literal
from sqlalchemy.dialects.mysql.asyncmy import MySQLDialect_asyncmy
from sqlalchemy.dialects.mysql.base import MySQLDDLCompiler, MySQLTypeCompiler
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.dialects.mysql.mysqldb import MySQLCompiler_mysqldb
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.sql.elements import FunctionFilter, UnaryExpression
from sqlalchemy.sql.functions import Function

SETTINGS: dict[str, str | float] = {
    "collation_connection": "utf8mb4_nopad_bin",
    "sql_mode": "'TRADITIONAL,ANSI,SIMULTANEOUS_ASSIGNMENT'",  # as standard as it gets
    "time_zone": "'+00:00'",
    "tx_isolation": "'READ-COMMITTED'",
}
KEY_CHARACTERS = 768  # that an index takes of all its columns together


class Types(MySQLTypeCompiler):
    """Types that keep all that the other databases keep."""

    def visit_DATETIME(self, type_: Any, **options: Any) -> str:
        return "DATETIME(6)"

    def visit_TIME(self, type_: Any, **options: Any) -> str:
        return "TIME(6)"

    def visit_NUMERIC(self, type_: Any, **options: Any) -> str:
        if type_.precision is None:
            return "DECIMAL(65, 30)"
        return super().visit_NUMERIC(type_, **options)

    def visit_TEXT(self, type_: Any, **options: Any) -> str:
        column = options.get("type_expression")
        if column is None or not column.primary_key:
            return "LONGTEXT"
        lengths = [
            getattr(key.type, "length", 1) or KEY_CHARACTERS for key in column.table.primary_key
        ]
        limited = [length for length in lengths if length < KEY_CHARACTERS]
        return f"VARCHAR({(KEY_CHARACTERS - sum(limited)) // (len(lengths) - len(limited))})"

    def visit_VARCHAR(self, type_: Any, **options: Any) -> str:
        # All columns of a row have 64 KiB together.
        if type_.length is None or type_.length > KEY_CHARACTERS:
            return self.visit_TEXT(type_, **options)
        return super().visit_VARCHAR(type_, **options)

    def visit_large_binary(self, type_: Any, **options: Any) -> str:
        return "LONGBLOB"


class Statements(MySQLCompiler_mysqldb):
    """What the other databases have: characters that are counted, sums that stay integers, and so on."""

    def visit_length_func(self, function: Function[Any], **options: Any) -> str:
        return f"CHAR_LENGTH{self.function_argspec(function, **options)}"

    def visit_sum_func(self, function: Function[Any], **options: Any) -> str:
        total = f"SUM{self.function_argspec(function, **options)}"
        return f"CAST({total} AS SIGNED)" if isinstance(function.type, Integer) else total

    def visit_funcfilter(self, funcfilter: FunctionFilter[Any], **options: Any) -> str:
        function = funcfilter.func
        criterion: Any = funcfilter.criterion
        (value,) = function.clauses
        of_rows = case((criterion, literal(1) if str(value) == "*" else value))
        return self.process(getattr(func, function.name)(of_rows), **options)

    def visit_nulls_first_op_unary_modifier(
        self, unary: UnaryExpression[Any], _: object, **options: Any
    ) -> str:
        return self._with_nulls("IS NOT NULL", unary, **options)

    def visit_nulls_last_op_unary_modifier(
        self, unary: UnaryExpression[Any], _: object, **options: Any
    ) -> str:
        return self._with_nulls("IS NULL", unary, **options)

    def _with_nulls(self, last: str, unary: UnaryExpression[Any], **options: Any) -> str:
        order = unary.element
        value: Any = order.element if isinstance(order, UnaryExpression) else order
        sorted_ = self.process(order, **options)
        if getattr(value, "nullable", True) is False:
            return sorted_
        return f"{self.process(value, **options)} {last}, {sorted_}"


class Tables(MySQLDDLCompiler):
    """Tables whose texts are equal when each letter is."""

    def post_create_table(self, table: Table) -> str:
        return f"{super().post_create_table(table)} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"


class Dialect(MariaDBDialect, MySQLDialect_asyncmy):
    """What `mariadb+asyncmy` means here."""

    supports_statement_cache = True
    type_compiler_cls = Types
    statement_compiler = Statements
    ddl_compiler = Tables
    max_index_name_length = max_constraint_name_length = 63  # as in PostgreSQL

    def on_connect(self) -> Callable[[DBAPIConnection], None]:
        """Leave the session as `session` says: to name its character set would reset its order."""
        return lambda connection: None


def session(**limits: float) -> str:
    """The statement that each connection begins with; `limits` are in seconds, and MariaDB's own."""
    settings = ", ".join(f"{name} = {value}" for name, value in (SETTINGS | limits).items())
    return f"SET {settings}"
