"""The codes of all diagnostics, with severity and the text of the reference: one module for each range.

BK1xx reading · BK2xx structure and spelling · BK3xx tables · BK4xx endpoints · BK5xx types and bodies ·
BK6xx service · BK7xx writing, from BK720 on migrations, from BK740 on caches, and from BK750
on collections · BK8xx expressions · BK9xx security, and from BK950 on the design of tables.
"""

from bkgen.codes.bodies import BODIES
from bkgen.codes.caches import CACHES
from bkgen.codes.code import Code
from bkgen.codes.collections import COLLECTIONS
from bkgen.codes.design import DESIGN
from bkgen.codes.endpoints import ENDPOINTS
from bkgen.codes.expressions import EXPRESSIONS
from bkgen.codes.migrations import MIGRATIONS
from bkgen.codes.reading import READING
from bkgen.codes.security import SECURITY
from bkgen.codes.service import SERVICE
from bkgen.codes.structure import STRUCTURE
from bkgen.codes.tables import TABLES
from bkgen.codes.writing import WRITING

__all__ = ["CODES", "DESIGN", "Code"]

CODES: dict[str, Code] = (
    READING
    | STRUCTURE
    | TABLES
    | ENDPOINTS
    | BODIES
    | SERVICE
    | WRITING
    | MIGRATIONS
    | CACHES
    | COLLECTIONS
    | EXPRESSIONS
    | SECURITY
    | DESIGN
)
