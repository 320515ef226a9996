"""Gives every part of an expression its type, and refuses what has none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bkgen.model.expressions import (
    ColumnOf,
    Conditional,
    Expression,
    Gives,
    Has,
    ListOf,
    Literal,
    MemberOf,
    Name,
    Negative,
    Not,
    Record,
    Related,
    Row,
    Rows,
    Value,
    Values,
)
from bkgen.model.tables import Column
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions import functions, macros, operators
from bkgen.resolve.expressions.kinds import (
    BOOLEAN,
    INTEGER,
    NUMBERS,
    STRING,
    described,
    is_nullable,
    kind_of,
    or_null,
    paired,
    unified,
)
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.places import Places
from bkgen.resolve.expressions.presence import narrowed
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import (
    Choice,
    Constant,
    Identifier,
    Infix,
    Invocation,
    Listing,
    Place,
    Prefixed,
    Selection,
    Syntax,
)
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Typing:
    """Types one expression; every method raises `MistakeError` where there is no type."""

    places: Places

    def span(self, place: Place) -> Span:
        return self.places.span(*place)

    def of(self, syntax: Syntax, scope: Scope) -> Expression:
        match syntax:
            case Constant():
                return self._constant(syntax)
            case Identifier():
                return narrowed(self._name(syntax, scope), scope.present)
            case Selection():
                return narrowed(self._member(syntax, scope), scope.present)
            case Prefixed(operator="!", operand=operand):
                return Not(self.condition(operand, scope), BOOLEAN, self.span(syntax.place))
            case Prefixed(operand=operand):
                return self._negative(self.of(operand, scope), self.span(syntax.place))
            case Infix():
                return operators.binary(self, syntax, scope)
            case Choice():
                return self._choice(syntax, scope)
            case Listing():
                return self._list(syntax, scope)
            case Invocation(name="has", target=None):
                return self._has(syntax, scope)
            case Invocation() if macros.is_macro(syntax):
                return macros.macro(self, syntax, scope)
            case Invocation():
                return functions.call(self, syntax, scope)

    def condition(self, syntax: Syntax, scope: Scope) -> Expression:
        """One that is true or false; null counts as false."""
        found = self.of(syntax, scope)
        if kind_of(found.gives) is not Kind.BOOLEAN:
            fix = "write a comparison" + (", such as `... != null`" if is_nullable(found.gives) else "")
            raise MistakeError("BK805", found.span, f"a condition is true or false, not {described(found.gives)}", fix)
        return found

    def _constant(self, syntax: Constant) -> Literal:
        match syntax.value:
            case None:
                type_ = None
            case bool():
                type_ = Type(Kind.BOOLEAN)
            case int():
                type_ = INTEGER
            case Decimal():
                type_ = Type(Kind.NUMBER)
            case str():
                type_ = STRING
        return Literal(syntax.value, Value(type_, nullable=type_ is None), self.span(syntax.place))

    def _name(self, syntax: Identifier, scope: Scope) -> Name:
        gives = scope.names.get(syntax.name)
        if gives is None:
            known = ", ".join(f"`{name}`" for name in scope.names)
            raise MistakeError(
                "BK804",
                syntax.place,
                f"nothing here is called `{syntax.name}`",
                word=syntax.name,
                choices=tuple(scope.names),
                fix=None if known else "nothing has a name here: write literals",
            )
        return Name(syntax.name, gives, self.span(syntax.place))

    def _member(self, syntax: Selection, scope: Scope) -> Expression:
        operand = self.of(syntax.operand, scope)
        span = self.span(syntax.place)
        match operand.gives:
            case Row(table=table, nullable=nullable):
                return self._of_row(operand, table, nullable, syntax, scope)
            case Record(members=members, nullable=nullable) if syntax.name in members:
                member = members[syntax.name]
                gives: Gives = or_null(member.gives) if nullable or member.optional else member.gives
                return MemberOf(operand, member, gives, span)
            case Record(members=members):
                raise self._unknown(syntax, "this object", tuple(members))
            case Rows():
                message = f"this is any number of rows: `{syntax.name}` of which?"
                fix = f"write `.exists(x, x.{syntax.name} ...)` or `.map(x, x.{syntax.name})`"
                raise MistakeError("BK805", syntax.at, message, fix)
            case gives:
                if isinstance(operand, ColumnOf) and (inner := _within(operand, scope)):
                    return self._of_document(operand, inner, syntax, scope)
                joint = None
                if isinstance(operand, ColumnOf) and isinstance(operand.row.gives, Row):
                    joint = self._joint(operand.row.gives.table, operand.column, scope)
                raise MistakeError("BK805", syntax.at, f"{described(gives)} has no members", joint)

    def _of_row(self, row: Expression, table: str, nullable: bool, syntax: Selection, scope: Scope) -> Expression:
        span = self.span(syntax.place)
        relation = scope.relations.get(table, {}).get(syntax.name)
        if relation is not None:
            optional = nullable or relation.optional or relation.target in scope.hidden
            return Related(
                row, relation, Rows(relation.target) if relation.many else Row(relation.target, optional), span
            )
        column = next((column for column in scope.tables[table].columns if column.name == syntax.name), None)
        if column is None:
            if (fix := self._joint(table, syntax.name, scope)) is not None:
                raise MistakeError("BK804", syntax.at, f"a row of `{table}` has no `{syntax.name}`", fix)
            raise self._unknown(syntax, f"a row of `{table}`", scope.members(table))
        if column.private:
            message = f"`{table}.{column.name}` is private: no answer may depend on it"
            raise MistakeError("BK806", syntax.at, message, 'write "private": false at the column if anyone may see it')
        nullable = nullable or column.nullable or (scope.veils and column.veiled)
        return ColumnOf(row, column.name, Value(column.type, nullable), span)

    def _of_document(self, whole: ColumnOf, inner: list[Column], syntax: Selection, scope: Scope) -> ColumnOf:
        """A value within a field of a document."""
        found = next((column for column in inner if column.path[-1] == syntax.name), None)
        if found is None:
            raise self._unknown(syntax, f"`{whole.column}`", tuple(column.path[-1] for column in inner))
        nullable = found.nullable or whole.gives.nullable
        return ColumnOf(whole.row, found.name, Value(found.type, nullable), self.span(syntax.place))

    def _joint(self, table: str, word: str, scope: Scope) -> str | None:
        """What to write for the row that a column, or what is called like it, leads to only together with others."""
        for relation in scope.relations.get(table, {}).values():
            own = [here for here, _ in relation.pairs]
            named = [here for here in own if word in (here, here.removesuffix("_id"), here.removesuffix("_no"))]
            is_one = not relation.many and scope.tables[table].reference_by(relation.pairs, relation.target) is not None
            if named and len(own) > 1 and is_one:
                others = " and ".join(f"`{here}`" for here in own if here != named[0])
                return f"`{named[0]}` leads to a row together with {others}: that row is `{relation.name}`"
        return None

    def _unknown(self, syntax: Selection, whose: str, members: tuple[str, ...]) -> MistakeError:
        message = f"{whose} has no `{syntax.name}`"
        return MistakeError("BK804", syntax.at, message, word=syntax.name, choices=members)

    def _negative(self, operand: Expression, span: Span) -> Expression:
        if kind_of(operand.gives) not in NUMBERS:
            raise MistakeError("BK805", span, f"{described(operand.gives)} has no negative", None)
        assert isinstance(operand.gives, Value)
        if isinstance(operand, Literal) and isinstance(operand.value, int | Decimal):
            return Literal(-operand.value, operand.gives, span)
        type_ = INTEGER if kind_of(operand.gives) is Kind.INTEGER else operand.gives.type
        return Negative(operand, Value(type_, operand.gives.nullable), span)

    def _choice(self, syntax: Choice, scope: Scope) -> Conditional:
        condition = self.condition(syntax.condition, scope)
        yes = self.of(syntax.yes, scope.where(condition, True))
        no = self.of(syntax.no, scope.where(condition, False))

        def mistake() -> MistakeError:
            both = f"{described(yes.gives)} or {described(no.gives)}"
            return MistakeError("BK805", syntax.place, f"this is {both}: it can have one type only", None)

        yes, no = paired(yes, no, mistake)
        if not isinstance(yes.gives, Value) or not isinstance(no.gives, Value):
            raise MistakeError("BK805", syntax.place, "`?:` chooses between single values", "write it around members")
        types = [gives.type for gives in (yes.gives, no.gives) if gives.type is not None]
        type_ = unified(types[0], types[-1]) if types else None
        return Conditional(
            condition, yes, no, Value(type_, yes.gives.nullable or no.gives.nullable), self.span(syntax.place)
        )

    def _list(self, syntax: Listing, scope: Scope) -> ListOf:
        if not syntax.items:
            raise MistakeError("BK805", syntax.place, "an empty list has no type", "write at least one item")
        items = [self.of(item, scope) for item in syntax.items]
        type_: Type | None = None
        for item in items:
            found = item.gives.type if isinstance(item.gives, Value) else None
            type_ = found if type_ is None or found is None else unified(type_, found)
            if type_ is None:
                message = f"{described(item.gives)} does not go with the other items of the list"
                raise MistakeError("BK805", item.span, message, "write single values of one type")
        nullable = any(is_nullable(item.gives) for item in items)
        return ListOf(tuple(items), Values(Value(type_, nullable)), self.span(syntax.place))

    def _has(self, syntax: Invocation, scope: Scope) -> Has:
        operand = self.of(syntax.arguments[0], scope) if len(syntax.arguments) == 1 else None
        if not isinstance(operand, ColumnOf | MemberOf):
            message = "`has` asks for one member, such as `has(body.title)`"
            raise MistakeError("BK805", syntax.place, message, "compare other things with `!= null`")
        return Has(operand, BOOLEAN, self.span(syntax.place))


def _within(whole: ColumnOf, scope: Scope) -> list[Column]:
    """What is directly within a column: of a field of a document that is an object, its values."""
    if not isinstance(whole.row.gives, Row):
        return []
    table = scope.tables[whole.row.gives.table]
    path = table.column(whole.column).path
    return [column for column in table.within if path and column.path[:-1] == path]
