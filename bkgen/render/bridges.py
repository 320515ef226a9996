"""Triggers that keep both names of a column alike while two backends write the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bkgen.migrate.expand import Bridge
from bkgen.model.schema import shortened
from bkgen.render.literals import literal
from bkgen.render.sql_names import quoted

_EVENTS = ("insert", "update")

Statement = tuple[str, ...]
"""The lines of a statement."""


def copied(bridges: tuple[Bridge, ...], *, back: bool = False) -> Iterator[str]:
    """What gives the values of the rows that are there to the other column; the triggers are there, and leave it so."""
    if bridges:  # MariaDB looks at references row by row
        yield 'if op.get_context().dialect.name == "mariadb":'
        yield '    op.execute("SET foreign_key_checks = OFF")'
    for bridge in bridges:
        values = [f"{before} = {after}" if back else f"{after} = {before}" for before, after in _columns(bridge)]
        yield _execute((f"UPDATE {quoted(bridge.table)} SET {', '.join(values)}",))
    if bridges:
        yield 'if op.get_context().dialect.name == "mariadb":'
        yield '    op.execute("SET foreign_key_checks = ON")'


def raised(bridges: tuple[Bridge, ...]) -> Iterator[str]:
    """What makes the triggers."""
    yield from _by_database(bridges, _postgresql, _mariadb, _sqlite)


def removed(bridges: tuple[Bridge, ...]) -> Iterator[str]:
    """What drops them."""
    yield from _by_database(bridges, _postgresql_drops, _drops)


def _by_database(bridges: tuple[Bridge, ...], *ways: Callable[[Bridge], list[Statement]]) -> Iterator[str]:
    """The statements of each database; the last way is that of all others."""
    if not bridges:
        return
    for place, (name, way) in enumerate(zip(("postgresql", "mariadb", ""), ways, strict=False)):
        is_last = place == len(ways) - 1
        yield "else:" if is_last else f'{"el" * (place > 0)}if op.get_context().dialect.name == "{name}":'
        yield from (f"    {_execute(statement)}" for bridge in bridges for statement in way(bridge))


def _execute(statement: Statement) -> str:
    *lines, last = statement
    return f"op.execute({' '.join(map(literal, (*(f'{line} ' for line in lines), last)))})"


def _name(bridge: Bridge, event: str = "") -> str:
    return quoted(shortened("_".join(filter(None, ("bridge", bridge.table, event)))))


def _postgresql(bridge: Bridge) -> list[Statement]:
    name, table = _name(bridge), quoted(bridge.table)
    inserted = (
        f"  NEW.{after} := COALESCE(NEW.{after}, NEW.{before}); NEW.{before} := NEW.{after};"
        for before, after in _columns(bridge)
    )
    updated = (
        line
        for before, after in _columns(bridge)
        for line in (
            f"  IF NEW.{before}::text IS DISTINCT FROM OLD.{before}::text",
            f"  THEN NEW.{after} := NEW.{before}; ELSE NEW.{before} := NEW.{after}; END IF;",
        )
    )
    start = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $bridge$ BEGIN"
    body = ("IF TG_OP = 'INSERT' THEN", *inserted, "ELSE", *updated, "END IF;", "RETURN NEW;")
    return [
        (start, *body, "END $bridge$"),
        (f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table}", f"FOR EACH ROW EXECUTE FUNCTION {name}()"),
    ]


def _postgresql_drops(bridge: Bridge) -> list[Statement]:
    return [(f"DROP TRIGGER {_name(bridge)} ON {quoted(bridge.table)}",), (f"DROP FUNCTION {_name(bridge)}()",)]


def _mariadb(bridge: Bridge) -> list[Statement]:
    inserted, updated = [], []
    for before, after in _columns(bridge):
        follows = f"NEW.{before} = NEW.{after}"
        inserted += [f"NEW.{after} = COALESCE(NEW.{after}, NEW.{before})", follows]
        is_kept = f"BINARY NEW.{before} <=> BINARY OLD.{before}"
        updated += [f"NEW.{after} = IF({is_kept}, NEW.{after}, NEW.{before})", follows]
    return [
        (
            f"CREATE TRIGGER {_name(bridge, event)} BEFORE {event.upper()} ON {quoted(bridge.table)}",
            "FOR EACH ROW SET",
            *_listed(values),
        )
        for event, values in zip(_EVENTS, (inserted, updated), strict=True)
    ]


def _sqlite(bridge: Bridge) -> list[Statement]:
    """SQLite cannot change the row that is written, so it is written once more."""
    table = quoted(bridge.table)
    this = " AND ".join(f"{quoted(name)} = NEW.{quoted(name)}" for name in bridge.key)
    inserted, updated = [], []
    for before, after in _columns(bridge):
        changed = f"CASE WHEN NEW.{before} IS NOT OLD.{before} THEN NEW.{before} ELSE NEW.{after} END"
        inserted += [f"{column} = COALESCE(NEW.{after}, NEW.{before})" for column in (before, after)]
        updated += [f"{column} = {changed}" for column in (before, after)]
    apart = " OR ".join(f"NEW.{before} IS NOT NEW.{after}" for before, after in _columns(bridge))
    return [
        (
            f"CREATE TRIGGER {_name(bridge, event)} AFTER {event.upper()} ON {table}",
            f"WHEN {apart} BEGIN",
            f"UPDATE {table} SET",
            *_listed(values),
            f"WHERE {this}; END",
        )
        for event, values in zip(_EVENTS, (inserted, updated), strict=True)
    ]


def _drops(bridge: Bridge) -> list[Statement]:
    return [(f"DROP TRIGGER {_name(bridge, event)}",) for event in _EVENTS]


def _listed(values: list[str]) -> Statement:
    return (*(f"{value}," for value in values[:-1]), values[-1])


def _columns(bridge: Bridge) -> list[tuple[str, str]]:
    return [(quoted(before), quoted(after)) for before, after in bridge.names]
