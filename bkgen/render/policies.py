"""View of `app/policies.py`: a function for each policy, by which every statement that is about its table keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.expressions import Condition
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.expressions import Context, sql_conditions
from bkgen.render.variables import ACCOUNT, VARIABLES
from bkgen.resolve.vocabulary import ACTOR, ROW, mentions

_ADJECTIVES = {
    Deed.READ: "readable",
    Deed.CREATE: "creatable",
    Deed.UPDATE: "updatable",
    Deed.DELETE: "deletable",
}
_SENTENCES = {
    Deed.READ: "Which rows of `{}` are there{}.",
    Deed.CREATE: "Which rows of `{}` may be made{}.",
    Deed.UPDATE: "Which rows of `{}` may be changed{}.",
    Deed.DELETE: "Which rows of `{}` may be deleted{}.",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """A function that gives a condition on the rows of a table."""

    name: str
    parameters: str
    docstring: str
    definitions: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True, slots=True)
class PoliciesView:
    """All rules, and the lines that import what they use."""

    rules: tuple[RuleView, ...]
    imports: tuple[str, ...]


def _rule_name(table: Table, deed: Deed) -> str:
    return f"{_ADJECTIVES[deed]}_{table.package.rstrip('_')}"


def rule_call(table: Table, deed: Deed, policy: Condition) -> str:
    """The condition that a policy makes of a statement on its table."""
    return f"policies.{_rule_name(table, deed)}({ACCOUNT if mentions(policy.expression, ACTOR) else ''})"


def policies_view(service: Service) -> PoliciesView:
    rules = []
    imports: set[str] = set()
    for name, policies in service.policies.items():
        table = service.table(name)
        context = Context(service.by_name, VARIABLES, models={(ROW,): table.class_name}, joined=frozenset({name}))
        for deed, condition in policies.allowed.items():
            rendered = sql_conditions(condition.expression, context)
            imports |= rendered.imports
            asks = mentions(condition.expression, ACTOR)
            whom = f" {'for' if deed is Deed.READ else 'by'} `account`" if asks else ""
            rules.append(
                RuleView(
                    name=_rule_name(table, deed),
                    parameters="account: Caller | None" if asks else "",
                    docstring=_SENTENCES[deed].format(name, whom),
                    definitions=rendered.definitions,
                    code=rendered.code,
                )
            )
    return PoliciesView(tuple(rules), tuple(sorted(imports)))
