"""How much a document may hold: more than anyone writes, and so little that no document can stall the machine."""

MAX_BYTES = 5_000_000
MAX_DEPTH = 64
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
