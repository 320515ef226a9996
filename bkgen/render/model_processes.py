"""Has the Pydantic models made by processes of their own, while this one renders the templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bkgen.render.formatting import RenderError

Batch = Mapping[str, Any]
"""The arguments of `pydantic_models`."""

# By its path and without its folder in `sys.path`: so nothing but the model generator is imported.
_PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("pydantic_models.py")))


@contextmanager
def making_models(batches: Sequence[Batch]) -> Iterator[Callable[[], dict[str, str]]]:
    """Start making the models of all batches; the function given waits for them and returns package -> text.

    Which batches share a process makes no difference to their texts.
    """
    # Importing the model generator takes longer than a batch: a process has to make two to be worth it.
    processes = min(os.cpu_count() or 1, (len(batches) + 1) // 2)
    with ThreadPoolExecutor() as threads:
        started = [threads.submit(_texts, batches[first::processes]) for first in range(processes)]
        yield lambda: {package: text for texts in started for package, text in texts.result().items()}


def _texts(batches: Sequence[Batch]) -> dict[str, str]:
    done = subprocess.run(_PROGRAM, input=json.dumps(batches), capture_output=True, text=True)
    if done.returncode:
        raise RenderError(f"datamodel-code-generator failed: {done.stderr.strip()}")
    texts: dict[str, str] = json.loads(done.stdout)
    return texts
