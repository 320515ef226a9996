"""The process that makes the Pydantic models while this one does all else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Batch = Mapping[str, Any]
"""The arguments of `pydantic_models`."""

# By its path and without its folder in `sys.path`: so nothing but the model generator is imported.
_PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("program.py")))


class ModelError(Exception):
    """The model generator failed: a fault of bkgen's, never of a document's."""


class ModelProcess:
    """Importing the model generator takes longer than most contracts: start this before the documents are read."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            _PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._thread.shutdown()
        self._process.communicate()

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    def start(self, batches: Sequence[Batch]) -> Callable[[], dict[str, str]]:
        """Start making the models of all batches, once; the function given waits for them: package -> text.

        It raises ModelError.
        """
        made = self._thread.submit(self._texts, json.dumps(batches))
        self._thread.shutdown(wait=False)
        return made.result

    def _texts(self, batches: str) -> dict[str, str]:
        output, errors = self._process.communicate(batches)
        if self._process.returncode:
            raise ModelError(f"datamodel-code-generator failed: {errors.strip()}")
        texts: dict[str, str] = json.loads(output)
        return texts
