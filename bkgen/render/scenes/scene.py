"""Situations as lines of test code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from bkgen.model.expressions import Expression
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.scenes.choices import choices
from bkgen.render.scenes.constants import Constants
from bkgen.render.scenes.lines import Lines
from bkgen.render.scenes.operations import OpenError
from bkgen.render.scenes.truth import Truth
from bkgen.render.scenes.ways import ways
from bkgen.render.scenes.world import World
from bkgen.resolve.vocabulary import ACTOR, mentions

Chain = tuple[tuple[str, ...], ...]
"""Columns of references, each of which leads to a row that has the next ones."""

# As many as are worth the time: conditions as people write them take ten or twenty.
_MOST_STEPS = 500
_MOST_WAYS = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """A situation for a test; `lines` are all of it, and the rest are its parts.

    Attributes:
        signed_in: whether somebody is signed in: `caller`.
        account: (attribute, code) of the caller's account beside its defaults.
        first: lines before somebody signs in.
        before: lines after that, before the row is made.
        arguments: (attribute, code) of the row beside its defaults.
        after: lines after the row is made; `beside`, those of them that could be before.
        given: (record, attribute, code) of what the request has to have: values as columns have them, not as JSON.
        caller: the line that signs somebody in; empty for nobody.
        row: the line that makes the row.
        above: (variable, (attribute, code) beside its defaults) of each row that the test calls so.
    """

    signed_in: bool
    account: tuple[tuple[str, str], ...]
    first: tuple[str, ...]
    before: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    beside: tuple[str, ...]
    given: tuple[tuple[str, str, str], ...]
    caller: str
    row: str
    above: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def can_be_before(self) -> bool:
        """Whether all the rest can be there before the row is."""
        return self.beside == self.after

    @property
    def lines(self) -> tuple[str, ...]:
        caller = (self.caller,) if self.signed_in else ()
        return (*self.first, *caller, *self.before, self.row, *self.after)


def each_way(
    condition: Expression,
    wanted: bool,
    table: Table,
    variable: str,
    service: Service,
    *,
    signed_in: bool | None = None,
    also: Iterable[tuple[Expression, bool]] = (),
    parents: Mapping[Chain, str] | None = None,
    path: Mapping[str, tuple[Chain, str]] | None = None,
) -> tuple[Scene, ...]:
    """Situations in which a condition holds, or does not, each for another reason; those of them that are found.

    `also` are conditions that hold, or do not, in all of them; the rest is as `scene_of` has it.
    """
    found = (
        scene_of([*way, *also], table, variable, service, signed_in=signed_in, parents=parents, path=path)
        for way in islice(ways(condition, wanted), _MOST_WAYS)
    )
    return tuple(dict.fromkeys(scene for scene in found if scene is not None))


def scene_of(
    conditions: Iterable[tuple[Expression, bool]],
    table: Table,
    variable: str,
    service: Service,
    *,
    signed_in: bool | None = None,
    parents: Mapping[Chain, str] | None = None,
    path: Mapping[str, tuple[Chain, str]] | None = None,
) -> Scene | None:
    """A situation in which every condition holds, or does not, as it says; None where none is found.

    Args:
        signed_in: whether somebody has to be; None where either will do: the first that does where conditions speak of
            the actor, and nobody where they do not.
        parents: what the test calls rows above the row, by the columns that lead to them: `(("project_id",),
            ("team_id",))`.
        path: where the members of the path come from, by attribute: columns that lead to a row, and one of that; all
            other members may be anything.
    """
    wanted = list(conditions)
    constants = Constants.of(condition for condition, _ in wanted)
    speaks_of_actor = any(mentions(condition, ACTOR) for condition, _ in wanted)
    row = _with_parents(World(service, (table.name,), 0), parents or {})
    for start in _beginnings(row, signed_in, speaks_of_actor):
        search = _Search(wanted, constants, path or {})
        if (world := search.solved(start)) is not None:
            return _scene(world, variable)
    return None


def _beginnings(world: World, asked: bool | None, speaks_of_actor: bool) -> Iterator[World]:
    """Where the search starts: with somebody signed in; with the row or one above as the account; with nobody."""
    accounts = world.service.accounts
    if accounts is not None and asked is not False and (asked or speaks_of_actor):
        with_account, actor = world.with_row(accounts.table)
        yield replace(with_account, actor=actor)
        named = (world.row, *world.variables)
        yield from (replace(world, actor=row) for row in named if world.tables[row] == accounts.table)
    if not asked:
        yield world


def _with_parents(world: World, parents: Mapping[Chain, str]) -> World:
    rows: dict[Chain, int] = {(): world.row}
    for chain, variable in sorted(parents.items(), key=lambda parent: len(parent[0])):
        start = rows[chain[:-1]]
        reference = next(one for one in world.table(start).references if one.columns == chain[-1])
        more, row = world.with_row(reference.table)
        found = more.with_reference(start, reference, row)
        assert found is not None
        world = replace(found, variables={**found.variables, row: variable})
        rows[chain] = row
    return world


class _Search:
    """Settles one open question after the other, and goes back where that leads nowhere."""

    def __init__(
        self, wanted: list[tuple[Expression, bool]], constants: Constants, places: Mapping[str, tuple[Chain, str]]
    ) -> None:
        self._wanted, self._constants, self._places = wanted, constants, places
        self._steps = 0

    def solved(self, world: World) -> World | None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return None
        try:
            return world if Truth(world, self._places).holds(self._wanted) else None
        except OpenError as error:
            if error.question is None:
                return None
            found = map(self.solved, choices(world, error.question, self._constants))
            return next((one for one in found if one is not None), None)


def _scene(world: World, variable: str) -> Scene:
    lines = Lines(world, variable)
    accounts = world.order(world.actor) if world.actor is not None else []
    before = world.order(world.row)
    assert accounts is not None
    assert before is not None
    later = [row for row in range(len(world.tables)) if row not in {*accounts, *before}]
    after = world.order(*later)
    assert after is not None
    done = {*accounts, *before}
    return Scene(
        signed_in=world.actor is not None,
        account=lines.arguments(world.actor) if world.actor is not None else (),
        first=lines.of(row for row in accounts if row != world.actor),
        before=(*lines.alias(), *lines.of(row for row in before if row not in {*accounts, world.row})),
        arguments=lines.arguments(world.row) if world.row != world.actor else (),
        after=lines.of(row for row in after if row not in done),
        beside=lines.of(row for row in after if row not in done and world.row not in (world.order(row) or ())),
        given=lines.given(),
        caller=lines.caller(),
        row=lines.row(),
        above=tuple((name, lines.arguments(row)) for row, name in world.variables.items()),
    )
