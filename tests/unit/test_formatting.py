"""Files are laid out in several threads at once."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
sys.setswitchinterval(1e-6)
from bkgen.render.formatting import formatted
settings = "[tool.ruff]"
with ThreadPoolExecutor(8) as pool:
    texts = list(pool.map(lambda number: formatted({"a.py": f"x  =  {number}"}, settings)["a.py"], range(8)))
assert texts == [f"x = {number}\\n" for number in range(8)], texts
"""


def test_the_first_files_of_a_process_may_be_laid_out_side_by_side() -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", PROGRAM], check=True)
