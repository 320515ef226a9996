"""Fixtures of tests: for each condition on the account and the path, a call that gets past it."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Name, Row
from bkgen.model.service import Service
from bkgen.render.entries import asked_of_path, entry_names
from bkgen.render.let_in import entry_on_row
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.scenes import scene_of
from bkgen.render.test_lines import used_lines
from bkgen.resolve.names import parameter, snake, unique
from bkgen.resolve.vocabulary import ROW


@dataclass(frozen=True, slots=True)
class EntranceView:
    """A fixture.

    Attributes:
        asked: the condition as the contract has it.
        lines: that make the rows; none where no situation was found.
        path: the values of the path that the condition speaks of, as items of a dictionary.
    """

    name: str
    asked: str
    lines: tuple[str, ...]
    path: str


def entrances(service: Service) -> list[EntranceView]:
    names = entrance_names(service)
    first: dict[str, Endpoint] = {}
    for endpoint in service.endpoints:
        if endpoint.entry is not None:
            first.setdefault(names[endpoint.name], endpoint)
    return [_entrance(name, endpoint, service) for name, endpoint in first.items()]


def entrance_names(service: Service) -> dict[str, str]:
    """endpoint -> the fixture with a call that it lets in; one for all that ask the same of the same parameters."""
    names: dict[object, str] = {}
    found: dict[str, str] = {}
    functions = entry_names(service)
    for endpoint in service.endpoints:
        if (entry := endpoint.entry) is None:
            continue
        same = (functions[endpoint.name], entry.roles)
        if same not in names:
            word = functions[endpoint.name]
            if entry.place:
                word = parameter(snake(f"{entry.roles[0]}_of_{service.table(entry.place).singular}"))
            names[same] = unique(word, {*names.values(), "token", "caller"})
        found[endpoint.name] = names[same]
    return found


def _entrance(name: str, endpoint: Endpoint, service: Service) -> EntranceView:
    assert endpoint.entry is not None
    assert service.accounts is not None
    asked = list(asked_of_path(endpoint))
    table = service.table(next((one.table for one in asked), service.accounts.table))
    row, word = Name(ROW, Row(table.name), endpoint.span), row_word(table)
    places = {one.attribute: (row, table.column(one.column)) for one in asked if one.table == table.name}
    condition = entry_on_row(endpoint, places, service)
    scene = scene_of([(condition, True)], table, word, service, signed_in=True)
    path = ", ".join(
        f"{literal(attribute)}: {word}[{literal(column.name)}]" for attribute, (_, column) in places.items()
    )
    lines = used_lines(scene.lines, [f"{{{path}}}", "caller"]) if scene is not None and not scene.given else ()
    return EntranceView(name, endpoint.entry.condition.text, lines, path)
