"""Measures Ruff's formatter against black on the files of a generated backend.

python tests/benchmarks/formatting.py DOCUMENTS
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import black
from ruff import find_ruff_bin

from bkgen.pipeline import generate


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bkgen-benchmark-") as folder:
        backend = Path(folder)
        if generate([Path(sys.argv[1])], backend).outcome is None:
            raise SystemExit(f"{sys.argv[1]} has errors: bkgen validate tells them")
        texts = [path.read_text(encoding="utf-8") for path in backend.rglob("*.py")]
        start = time.perf_counter()
        for text in texts:
            black.format_str(text, mode=black.Mode(line_length=100))
        by_black = time.perf_counter() - start
        start = time.perf_counter()
        subprocess.run([find_ruff_bin(), "format", "--quiet", "--no-cache", "."], cwd=backend, check=True)
        by_ruff = time.perf_counter() - start
    print(f"{len(texts)} files: black {by_black:.2f} s, ruff format {by_ruff:.3f} s, ratio {by_black / by_ruff:.0f}")


if __name__ == "__main__":
    main()
