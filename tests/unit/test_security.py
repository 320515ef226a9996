"""SECURITY.md says what tests show, and nothing else."""

from __future__ import annotations

import re

from bkgen.render.security import RISKS, security_view


def lines(tests: dict[str, str]) -> list[str]:
    return [line for risk in security_view(tests) for line in risk.lines]


def test_a_claim_stands_there_with_the_tests_that_show_it() -> None:
    tests = {"tests/orders/test_orders.py": "def test_pay_409_from_paid(curl):\n    ...\n"}
    (line,) = (line for line in lines(tests) if "out of turn" in line)
    assert line.endswith("Shown by `tests/orders/test_orders.py` (`test_pay_409_from_paid`).")


def test_many_tests_are_counted() -> None:
    text = "".join(f"def test_{name}_409_from_paid(curl):\n    ...\n" for name in ("pay", "ship", "cancel", "refund"))
    (line,) = (line for line in lines({"tests/orders/test_orders.py": text}) if "out of turn" in line)
    assert line.endswith("(`test_pay_409_from_paid`, `test_ship_409_from_paid` and 2 more).")


def test_a_claim_is_gone_where_no_test_shows_it() -> None:
    assert not [line for line in lines({}) if "Shown by" in line]
    assert not [
        line for line in lines({"tests/test_guesses.py": "# def test_it(): once there was one"}) if "Shown" in line
    ]


def test_every_risk_has_something_said_of_it() -> None:
    assert [re.match(r"API(\d+):2023 ", risk.title)[1] for risk in RISKS] == list(map(str, range(1, 11)))  # type: ignore[index]
    assert all(risk.lines for risk in security_view({}) if risk.title[:4] not in ("API4", "API8", "API9"))
