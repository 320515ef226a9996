"""View of `app/policies.py`: a function for each policy, by which every statement that is about its table keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bkgen.model.expressions import Condition, Expression
from bkgen.model.policies import Deed, Policies
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.render.columns import column_code
from bkgen.render.drafts import Origin
from bkgen.render.expressions import Context, sql_conditions
from bkgen.render.expressions.imports import imports_of
from bkgen.render.variables import ACCOUNT, VARIABLES, account_parameter, of_caller
from bkgen.resolve.column_rules import WRITABLE
from bkgen.resolve.names import unique
from bkgen.resolve.veils import VISIBLE
from bkgen.resolve.vocabulary import ACTOR, ROW, mentions

_ADJECTIVES = {
    Deed.READ: "readable",
    Deed.CREATE: "creatable",
    Deed.UPDATE: "updatable",
    Deed.DELETE: "deletable",
}
_SEEN = "seen"
_INCOMPARABLE = (Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.FILE)
_SENTENCES = {
    Deed.READ: "Which rows of `{}` are there{}.",
    Deed.CREATE: "Which rows of `{}` may be made{}.",
    Deed.UPDATE: "Which rows of `{}` may be changed{}.",
    Deed.DELETE: "Which rows of `{}` may be deleted{}.",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """A function that gives a condition on the rows of a table, or what is shown of one of its columns.

    Attributes:
        imports: the lines that import what it uses.
    """

    name: str
    parameters: str
    returns: str
    docstring: str
    definitions: tuple[tuple[str, str], ...]
    code: str
    imports: frozenset[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class PoliciesView:
    """All rules, and the lines that import what they use."""

    rules: tuple[RuleView, ...]
    imports: tuple[str, ...]


def _rule_name(table: Table, deed: Deed) -> str:
    return f"{_ADJECTIVES[deed]}_{table.package.rstrip('_')}"


def _column_names(service: Service) -> dict[tuple[str, str, str], str]:
    """(kind of policy, table, column) -> the function: two may say the same of other tables and columns."""
    found: dict[tuple[str, str, str], str] = {}
    for name, policies in service.policies.items():
        table = service.table(name)
        asked = [column for column in policies.visible if _asks_for_sight(table.column(column), policies)]
        for kind, columns in ((_SEEN, asked), (VISIBLE, policies.visible), (WRITABLE, policies.writable)):
            for column in columns:
                wanted = f"{kind}_{table.column(column).attribute.rstrip('_')}_of_{table.package.rstrip('_')}"
                found[kind, name, column] = unique(wanted, found.values())
    return found


def _call(name: str, rule: Expression) -> str:
    return f"policies.{name}({ACCOUNT if mentions(rule, ACTOR) else ''})"


def rule_call(table: Table, deed: Deed, policy: Condition) -> str:
    """The condition that a policy makes of a statement on its table."""
    return _call(_rule_name(table, deed), policy.expression)


def unless_allowed(table: Table, deed: Deed, policy: Condition) -> str:
    """That a policy on who asks alone does not hold, by what the database has of that account."""
    return f"not connection.scalar(select({rule_call(table, deed, policy)}))"


def write_call(table: Table, column: str, policy: Condition, service: Service) -> str:
    """The condition on the rows in which a column may be written."""
    return _call(_column_names(service)[WRITABLE, table.name, column], policy.expression)


def sight_call(table: Table, column: str, seen: Expression, service: Service) -> str:
    """What is shown of a column: its value, or null."""
    return _call(_column_names(service)[VISIBLE, table.name, column], seen)


def seen_call(table: Table, column: str, seen: Expression, service: Service) -> str:
    """The condition on the rows whose value of a column is shown, where null can be that value."""
    return _call(_column_names(service)[_SEEN, table.name, column], seen)


def _asks_for_sight(column: Column, policies: Policies) -> bool:
    """Whether null that is there, and may stay, has to be told from null that is shown in place of a value."""
    rule = policies.writable.get(column.name)
    return column.nullable and rule is not None and may_stay(column, rule, policies)


def may_stay(column: Column, rule: Condition, policies: Policies) -> bool:
    """Whether who may not write a column by its `rule` may send the value that it has, and that he sees.

    The database does not compare JSON, and what is shown is not asked where nobody is asked for.
    """
    sight = policies.visible.get(column.name)
    asks = sight is not None and mentions(sight.expression, ACTOR)
    return column.type.kind not in _INCOMPARABLE and (not asks or mentions(rule.expression, ACTOR))


def policies_view(service: Service) -> PoliciesView:
    rules = tuple(rule for name in service.policies for rule in _rules(service.table(name), service))
    return PoliciesView(rules, tuple(sorted({line for rule in rules for line in rule.imports})))


def policy_origins(view: PoliciesView) -> dict[str, Origin]:
    """Of the functions of `app/policies.py`."""
    return {rule.name: rule.origin for rule in view.rules}


def _rules(table: Table, service: Service) -> Iterator[RuleView]:
    """The functions of a table."""
    policies, names = service.policies[table.name], _column_names(service)
    for deed, condition in policies.allowed.items():
        told = _SENTENCES[deed].format(table.name, _whom(condition, "for" if deed is Deed.READ else "by"))
        yield _rule(_rule_name(table, deed), condition, told, f"policy `{deed}`", table, service)
    for column, condition in policies.visible.items():
        yield from _sight(column, condition, names, table, service)
    for column, condition in policies.writable.items():
        told = f"In which rows of `{table.name}` `{column}` may be written{_whom(condition, 'by')}."
        yield _rule(names[WRITABLE, table.name, column], condition, told, f"who may write `{column}`", table, service)


def _sight(
    column: str, condition: Condition, names: dict[tuple[str, str, str], str], table: Table, service: Service
) -> Iterator[RuleView]:
    """The function that gives what is shown of a column, behind one that says where, if that is asked for by itself."""
    told = f"`{column}` of `{table.name}`{_whom(condition, 'as', ' sees it')}: null where it is not shown."
    rule = _rule(names[VISIBLE, table.name, column], condition, told, f"who sees `{column}`", table, service)
    shown, asked, definitions = column_code(table, column), rule.code, rule.definitions
    if seen := names.get((_SEEN, table.name, column)):
        told = f"In which rows of `{table.name}` `{column}` is shown{_whom(condition, 'to')}."
        yield replace(rule, name=seen, docstring=told)
        asked, definitions = f"{seen}({ACCOUNT if rule.parameters else ''})", ()
    yield replace(
        rule,
        returns="SQLColumnExpression[Any]",
        definitions=definitions,
        code=f"case(({asked}, {shown}))",
        imports=rule.imports | imports_of(["case", shown], service.by_name),
    )


def _whom(condition: Condition, before: str, behind: str = "") -> str:
    return f" {before} `{ACCOUNT}`{behind}" if mentions(condition.expression, ACTOR) else ""


def _rule(name: str, condition: Condition, docstring: str, what: str, table: Table, service: Service) -> RuleView:
    context = Context(service.by_name, VARIABLES, models={(ROW,): table.class_name}, joined=frozenset({table.name}))
    rendered = sql_conditions(of_caller(condition.expression, service), context)
    return RuleView(
        name=name,
        parameters=account_parameter(service) if mentions(condition.expression, ACTOR) else "",
        returns="SQLColumnExpression[bool]",
        docstring=docstring,
        definitions=rendered.definitions,
        code=rendered.code,
        imports=rendered.imports,
        origin=Origin(condition.expression.span, f"{what} of `{table.name}`"),
    )
