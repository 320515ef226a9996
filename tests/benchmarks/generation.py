"""Measures how long bkgen takes for contracts of three sizes, and prints Markdown.

python tests/benchmarks/generation.py [--repeat N] [--openapi-generator PROGRAM]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import documents
from measure import Cost, best, cost
from start import cost_of_start

SIZES = (10, 100, 1_000)
COLD = "cold generate"
OTHER = "openapi-generator, stubs only"
_ROOT = Path(__file__).resolve().parents[2]
# Python as its users have it: with byte code on disk, as pip leaves it when it installs.
_OTHERS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_ENVIRONMENT = {**_OTHERS, "PYTHONPATH": str(_ROOT)}
_BKGEN = (sys.executable, "-m", "bkgen")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure bkgen's generation of backends of 10, 100 and 1,000 endpoints."
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the best counts (default: 3)")
    parser.add_argument("--openapi-generator", help="its program, to compare with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bkgen-benchmark-") as folder:
        measured = {
            size: measure(Path(folder) / str(size), size, options.repeat, options.openapi_generator) for size in SIZES
        }
        starts = {
            size: cost_of_start(Path(folder) / str(size) / "backend", options.repeat) for size in (SIZES[0], SIZES[-1])
        }
    report(measured, starts)


def measure(folder: Path, size: int, repeat: int, openapi_generator: str | None) -> dict[str, Cost]:
    """What is taken for `size` endpoints, by what is done; the backend is left in `folder`/backend.

    Each thing is done once before any is done again, so that what else the machine has to do meets all of them.
    """
    source = folder / "documents"
    backend = folder / "backend"
    generate = (*_BKGEN, "generate", source, "-o", backend)
    check = (*_BKGEN, "check", source, "-o", backend)

    def cold() -> Cost:
        shutil.rmtree(backend, ignore_errors=True)
        documents.write(source, size)
        return cost(generate, folder, _ENVIRONMENT)

    def changed() -> Cost:
        documents.change_one_endpoint(source)
        return cost(generate, folder, _ENVIRONMENT)

    runs = {
        COLD: cold,
        "unchanged generate": lambda: cost(generate, folder, _ENVIRONMENT),
        "unchanged check": lambda: cost(check, folder, _ENVIRONMENT),
        "generate after one changed endpoint": changed,
    }
    if openapi_generator is not None:
        documents.write_openapi(folder / "openapi.json", size)
        stubs = folder / "stubs"
        command = (openapi_generator, "generate", "-g", "python-fastapi", "-i", "openapi.json", "-o", stubs)

        def other() -> Cost:
            shutil.rmtree(stubs, ignore_errors=True)
            return cost(command, folder)

        runs[OTHER] = other
    cold()
    return best(repeat, runs)


def report(measured: dict[int, dict[str, Cost]], starts: dict[int, Cost]) -> None:
    """Print what was measured as Markdown tables."""
    print("| endpoints | what | seconds | processor seconds | MB |\n| ---: | --- | ---: | ---: | ---: |")
    for size in SIZES:
        for what, found in measured[size].items():
            _row(size, what, found)
    print("\n| cold generate | seconds | processor seconds |\n| --- | ---: | ---: |")
    for small, large in ((SIZES[0], SIZES[1]), (SIZES[1], SIZES[2])):
        _ratio(f"{large:,} endpoints : {small:,} endpoints", measured[large][COLD], measured[small][COLD])
    for size in SIZES:
        if OTHER in measured[size]:
            _ratio(f"bkgen : openapi-generator, {size:,} endpoints", measured[size][COLD], measured[size][OTHER])
    print("\n| endpoints | what | seconds | processor seconds | MB |\n| ---: | --- | ---: | ---: | ---: |")
    for size, found in starts.items():
        _row(size, "start of the backend, to its first answer", found)


def _row(size: int, what: str, found: Cost) -> None:
    print(f"| {size:,} | {what} | {found.seconds:.2f} | {found.processor:.2f} | {found.megabytes:.0f} |")


def _ratio(what: str, one: Cost, other: Cost) -> None:
    print(f"| {what} | {one.seconds / other.seconds:.2f} | {one.processor / other.processor:.2f} |")


if __name__ == "__main__":
    main()
