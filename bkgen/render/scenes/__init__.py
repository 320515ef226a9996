"""Situations for generated tests: lines that make rows of which a condition holds, or of which it does not.

A situation is searched for: the condition is read, the first open question that it depends on is settled in each way
that may help, and so on until the condition tells. So a situation that is found is one in which the condition was seen
to hold, whatever it is made of; what is not found is left to people.
"""

from bkgen.render.scenes.scene import Scene, each_way, scene_of
from bkgen.render.scenes.ways import together

__all__ = ["Scene", "each_way", "scene_of", "together"]
