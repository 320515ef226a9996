"""Who may do what with the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bkgen.model.expressions import Condition, Expression


class Deed(StrEnum):
    """What can be done with a row."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules of one table.

    Attributes:
        allowed: of each deed, which rows it may be done with, and by whom; what is missing here nobody may do.
        presets: column -> the value that a new row gets, whatever a client sends.
    """

    allowed: Mapping[Deed, Condition]
    presets: Mapping[str, Expression]
