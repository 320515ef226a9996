"""Work that two processes share gives what one alone gives."""

import os

import pytest

from bkgen.render import sharing
from bkgen.render.formatting import RenderError


def where(number: int, text: str) -> str:
    if text == "wrong":
        raise RenderError(str(number))
    return f"{number} {text} {os.getpid()}"


def test_results_keep_their_order_and_two_processes_make_them() -> None:
    items = [(number, "x" * 1000) for number in range(401)]
    found = [line.split() for line in sharing.shared(where, items)]
    assert [(int(number), text) for number, text, _ in found] == items
    assert len({process for _, _, process in found}) == min(2, os.cpu_count() or 1)


def test_little_work_is_not_shared() -> None:
    assert {line.split()[2] for line in sharing.shared(where, [(1, "a"), (2, "b")])} == {str(os.getpid())}


@pytest.mark.parametrize("place", [200, 201])
def test_an_error_of_either_process_is_raised(place: int) -> None:
    items = [(number, "wrong" if number == place else "x") for number in range(400)]
    with pytest.raises(RenderError, match=str(place)):
        sharing.shared(where, items)
