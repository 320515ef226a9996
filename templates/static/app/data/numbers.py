"""Numbers that stand for rows and values: which row refers to which, and what differs from row to row."""

from dataclasses import dataclass

MASK = 2**64 - 1


def mixed(number: int, salt: int) -> int:
    """A number of 64 bits that looks like any, another one for each `number`."""
    number = (number ^ salt) * 0x9E3779B97F4A7C15 & MASK
    number = (number ^ number >> 29) * 0xBF58476D1CE4E5B9 & MASK
    return number ^ number >> 32


@dataclass(frozen=True)
class Digit:
    """One of several digits that tell rows apart when they are taken together.

    Groups of `rows` consecutive rows have the same first digit. Within a group the others count, each
    in steps of `step` rows up to its `size`, and begin anywhere.
    """

    rows: int
    step: int = 0
    size: int = MASK

    def of(self, row: int) -> int:
        group, place = divmod(row, self.rows)
        if not self.step:
            return group
        return (place // self.step + mixed(group, self.size)) % self.size


SERIAL = Digit(1)  # which tells rows apart by itself


def digits(rows: int, sizes: list[int], few: int) -> list[Digit]:
    """Digits that tell so many rows apart, of at most these sizes, whose product is no less.

    Groups have `few` rows each, or as many as it takes.
    """
    rest = 1
    for size in sizes[1:]:
        rest = min(rest * size, MASK)
    each = max(-(-rows // sizes[0]), min(few, rest))
    found, step = [], 1
    for size in reversed(sizes[1:]):
        found.append(Digit(each, step, size))
        step *= size
    return [Digit(each), *reversed(found)]
