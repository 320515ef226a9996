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
        measured = {size: generation(Path(folder) / str(size), size, options.repeat) for size in SIZES}
        starts = {
            size: cost_of_start(Path(folder) / str(size) / "backend", options.repeat) for size in (SIZES[0], SIZES[-1])
        }
        others = {}
        if options.openapi_generator:
            for size in SIZES:
                others[size] = other(Path(folder) / str(size), size, options.repeat, options.openapi_generator)
    report(measured, others, starts)


def generation(folder: Path, size: int, repeat: int) -> dict[str, Cost]:
    """What bkgen takes for `size` endpoints, by what it does; the backend is left in `folder`/backend."""
    source = folder / "documents"
    backend = folder / "backend"
    generate = (*_BKGEN, "generate", source, "-o", backend)
    check = (*_BKGEN, "check", source, "-o", backend)

    def cold() -> Cost:
        shutil.rmtree(backend, ignore_errors=True)
        return cost(generate, folder, _ENVIRONMENT)

    def changed() -> Cost:
        documents.write(source, size)
        cost(generate, folder, _ENVIRONMENT)
        documents.change_one_endpoint(source)
        return cost(generate, folder, _ENVIRONMENT)

    documents.write(source, size)
    cost(generate, folder, _ENVIRONMENT)
    return {
        "cold generate": best(repeat, cold),
        "unchanged generate": best(repeat, lambda: cost(generate, folder, _ENVIRONMENT)),
        "unchanged check": best(repeat, lambda: cost(check, folder, _ENVIRONMENT)),
        "generate after one changed endpoint": best(repeat, changed),
    }


def other(folder: Path, size: int, repeat: int, program: str) -> Cost:
    """What openapi-generator takes for the stubs of the same API."""
    documents.write_openapi(folder / "openapi.json", size)
    stubs = folder / "stubs"

    def run() -> Cost:
        shutil.rmtree(stubs, ignore_errors=True)
        return cost((program, "generate", "-g", "python-fastapi", "-i", "openapi.json", "-o", stubs), folder)

    return best(repeat, run)


def report(measured: dict[int, dict[str, Cost]], others: dict[int, Cost], starts: dict[int, Cost]) -> None:
    """Print what was measured as Markdown tables."""
    print("| endpoints | what | seconds | processor seconds | MB |\n| ---: | --- | ---: | ---: | ---: |")
    for size in SIZES:
        for what, found in measured[size].items():
            _row(size, what, found)
        if size in others:
            _row(size, "openapi-generator, stubs only", others[size])
    print("\n| cold generate | seconds | processor seconds |\n| --- | ---: | ---: |")
    cold = {size: measured[size]["cold generate"] for size in SIZES}
    for small, large in ((SIZES[0], SIZES[1]), (SIZES[1], SIZES[2])):
        _ratio(f"{large:,} endpoints : {small:,} endpoints", cold[large], cold[small])
    for size, found in others.items():
        _ratio(f"bkgen : openapi-generator, {size:,} endpoints", cold[size], found)
    print("\n| endpoints | what | seconds | processor seconds | MB |\n| ---: | --- | ---: | ---: | ---: |")
    for size, found in starts.items():
        _row(size, "start of the backend, to its first answer", found)


def _row(size: int, what: str, found: Cost) -> None:
    print(f"| {size:,} | {what} | {found.seconds:.2f} | {found.processor:.2f} | {found.megabytes:.0f} |")


def _ratio(what: str, one: Cost, other: Cost) -> None:
    print(f"| {what} | {one.seconds / other.seconds:.2f} | {one.processor / other.processor:.2f} |")


if __name__ == "__main__":
    main()
