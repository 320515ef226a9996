"""The table of who may do what has every endpoint of the examples, by situations that were found."""

from __future__ import annotations

from pathlib import Path

from bkgen.pipeline import compile_documents
from bkgen.render.who_may import WhoMay, who_may

EXAMPLES = Path(__file__).parents[2] / "examples"


def table_of(example: str) -> WhoMay:
    service, _ = compile_documents([EXAMPLES / example])
    assert service is not None
    table = who_may(service)
    assert table is not None
    return table


def told(example: str) -> dict[str, list[str]]:
    _, *rows = table_of(example).readme()
    return {row[0].strip("`"): list(row[1:]) for row in rows}


def test_transitions_are_told_by_role_and_by_whose_the_row_is() -> None:
    shop = told("shop")
    assert list(table_of("shop").callers) == ["nobody", "customer", "seller", "admin", "owner"]
    assert shop["POST /orders/{id}/pay"] == ["401", "404", "403", "403", "200"]
    assert shop["POST /orders/{id}/ship"] == ["401", "404", "200", "200", "200 or 403"]
    assert shop["POST /orders/{id}/refund"] == ["401", "403", "403", "200", "200"]


def test_actions_on_rows_of_the_caller_are_told_for_everybody() -> None:
    assert told("shop")["POST /checkout"] == ["401", "201", "201", "201", ""]


def test_registering_and_signing_in_are_open_to_everybody() -> None:
    shop = told("shop")
    assert shop["POST /auth/register"][:4] == ["201"] * 4
    assert shop["POST /auth/login"][:4] == ["200"] * 4


def test_nothing_in_the_examples_is_left_to_chance() -> None:
    open_ = [
        f"{example}: {call}"
        for example in ("shop", "conduit", "team")
        for call, cells in told(example).items()
        if "depends" in cells
    ]
    assert open_ == []
