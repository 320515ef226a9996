"""Names of generated definitions that derive from others."""

import re

from bkgen.model.tables import Table
from bkgen.resolve.words import listed

# What the functions of generated tests call other things.
USED_IN_TESTS = listed(
    "account after arguments before body caller changed count done ending field given kept key keys known listed made "
    "matched models new numbers opened original other page password path pytest query refused reply row rows saved "
    "session shown sign_in take token unique unique_email utc_now uuid4 valid value date datetime time timedelta "
    "assert_shape range sorted str len next int matching xeger"
)


def snake(name: str) -> str:
    """A class name in snake case: `PostCreate` gives `post_create`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def row_word(table: Table) -> str:
    """What generated tests call a row of the table: the method that makes one, and the variable that holds it."""
    return f"{table.module.rstrip('_')}_row" if table.singular in USED_IN_TESTS else table.module
