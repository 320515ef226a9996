"""The steps of an action in words, for `bkgen explain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.model.actions import Assign, Delete, Each, Insert, Load, Require, Step, Update, Which, every, terms_of


def told_steps(steps: Iterable[Step], within: str = "") -> Iterator[str]:
    """A line for each step; `within` says for what each of them is done."""
    for step in steps:
        yield f"{within}{_said(step)}{_terms(step)}"
        if isinstance(step, Each):
            yield from told_steps(step.steps, f"for each `{step.name}`, ")


def refused(steps: Iterable[Step], status: int) -> str:
    """Why steps end the action with a status."""
    return "; ".join(dict.fromkeys(reason for step in every(steps) for reason in _reasons(step, status)))


def _terms(step: Step) -> str:
    """What policies and transitions add to a step."""
    terms = terms_of(step)
    found = [f"by the transition `{terms.transition.name}`"] if terms.transition is not None else []
    found += [f"if {terms.by.text}"] if terms.by is not None else []
    asked = (terms.visible, terms.allowed, *terms.writable)
    found += ["as its policies allow"] if any(one is not None for one in asked) else []
    found += ["whatever its policies say"] if terms.ignored else []
    return "".join(f", {one}" for one in found)


def _said(step: Step) -> str:
    match step:
        case Load(table=table, which=which, name=name):
            return f"read the row of `{table}` where {which.condition.text}{_named(name)}"
        case Require(condition=condition):
            return f"go on only if {condition.text}"
        case Insert(table=table, values=values, on_conflict=conflict, name=name):
            columns = ", ".join(column for column, _ in values)
            there = ""
            if conflict is not None:
                change = (
                    f"change {', '.join(column for column, _ in conflict.values)} of it" if conflict.values else "skip"
                )
                there = f"; where one with the same {', '.join(conflict.columns)} is there, {change}"
            return f"insert a row of `{table}` with {columns}{there}{_named(name)}"
        case Update(table=table, which=which, values=values, name=name):
            columns = ", ".join(column for column, _ in values)
            return f"set {columns} of {_rows(which, table)} where {which.condition.text}{_named(name)}"
        case Delete(table=table, which=which, name=name):
            return f"delete {_rows(which, table)} where {which.condition.text}{_named(name)}"
        case Each(text=text, name=name, order=order):
            ordered = ", in the order of the rows that are written" if order else ""
            return f"go through {text}, each as `{name}`{ordered}"
        case Assign(name=name, text=text):
            return f"call {text} `{name}`"


def _rows(which: Which, table: str) -> str:
    if which.first:
        listed = ", ".join(f"{key.column}{' descending' if key.descending else ''}" for key in which.first)
        return f"the first row of `{table}` by {listed} that no other request works on,"
    return f"the row of `{table}`" if which.one else f"all rows of `{table}`"


def _named(name: str) -> str:
    return f", and call it `{name}`" if name else ""


def _reasons(step: Step, status: int) -> Iterator[str]:
    match step:
        case Require(condition=condition, status=own) if own == status:
            yield f"not {condition.text}"
        case Insert(table=table, terms=terms, refusal=refusal):
            if refusal.forbidden == status:
                rules = " and ".join(rule.text for rule in terms.restricting)
                yield f"the new row of `{table}` is not so: {rules}"
        case Load(table=table, which=which) | Update(table=table, which=which) | Delete(table=table, which=which):
            needed, one, refusal = which.condition.text, which.named, step.refusal
            if refusal.missing == status:
                readable = ", or none that may be read" if step.terms.visible is not None else ""
                yield f"no such row of `{table}`{readable}" if one else f"no row of `{table}` where {needed}"
            if refusal.forbidden == status:
                rules = " and ".join(rule.text for rule in step.terms.restricting)
                yield f"the row of `{table}` is not for who asks: {rules}"
            if refusal.otherwise == status:
                yield f"the row of `{table}` is not as the step needs it: {needed}"
