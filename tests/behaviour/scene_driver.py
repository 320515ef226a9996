"""Runs scenes in a generated backend: of each line of JSON on standard input, whether its conditions hold of the row.

It is started in the backend's folder, whose own `tests/rows.py` makes the rows.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, os.getcwd())

from pydantic import MISSING
from sqlalchemy import select

from app import models
from app.models.metadata import utc_now
from tests.database import ScratchDatabase
from tests.rows import Rows
from tests.server import ENVIRONMENT

WORDS = {"Decimal": Decimal, "UUID": UUID, "date": date, "datetime": datetime, "time": time, "timedelta": timedelta}


class Given:
    """A record of the request, in which all is left out that may be, and that nobody gave."""

    id, slug, name, count, ratio = UUID(int=0), "a", "a", 1, 0.5
    most = amount = ok = None
    numbers: tuple[int, ...] = ()
    lines: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return MISSING


def sign_in(rows: Rows, row: Any = None) -> Any:
    """As in backends in which people sign in."""
    return SimpleNamespace(row=row or rows.user())


def holds(case: dict[str, Any], rows: Rows) -> bool:
    names: dict[str, Any] = {**WORDS, "uuid4": uuid4, "utc_now": utc_now, "rows": rows, "caller": None}
    for line in case["lines"]:
        exec(line, names)
    row, signed_in = names[case["variable"]], names["caller"]
    names["actor_row"] = None if signed_in is None else SimpleNamespace(**signed_in.row)
    records: dict[str, Given] = {name: Given() for name in ("path", "query", "body")}
    for record, attribute, code in case["given"]:
        setattr(records[record], attribute, eval(code, names))
    names.update(records)
    exec("\n".join(case["imports"]), names)
    for name, definition in case["definitions"]:
        names[name] = eval(definition, names)
    model = getattr(models, case["model"])
    statement = select(model.id).where(model.id == row["id"], *(eval(code, names) for code in case["conditions"]))
    return rows.database.run(lambda connection: connection.execute(statement).first()) is not None


def main() -> None:
    os.environ.update(ENVIRONMENT)
    database = ScratchDatabase(Path.cwd())
    rows = Rows(database)
    if not hasattr(Rows, "sign_in"):
        Rows.sign_in = sign_in  # type: ignore[attr-defined]
    for line in sys.stdin:
        try:
            answer: Any = holds(json.loads(line), rows)
        except Exception:
            answer = traceback.format_exc()
        print(json.dumps(answer), flush=True)
    database.remove()


main()
