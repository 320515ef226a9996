"""The last stage: a tree of rendered files goes to disk, and nothing that a person wrote is lost.

Which files are bkgen's own is told by `.bkgen/manifest.json`, which holds a hash of each. A file whose hash is the
recorded one is replaced or removed freely; any other file is a person's and stays as it is.
"""

from bkgen.write.plan import Change, Plan, State, read_plan
from bkgen.write.tree import Outcome, up_to_date, write_tree

__all__ = ["Change", "Outcome", "Plan", "State", "read_plan", "up_to_date", "write_tree"]
