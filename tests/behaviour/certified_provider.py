"""`oidc-provider`, which is certified for OpenID Connect, as a server."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from served import answer

VERSION = "8.8.1"


def installed() -> Path:
    """The folder with `oidc-provider`, which stays for the next run."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("the certified provider needs Node.js with npm")
    folder = Path(tempfile.gettempdir()) / f"bkgen-oidc-provider-{VERSION}"
    if not folder.exists():
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"oidc-provider@{VERSION}"]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            shutil.rmtree(made)
            pytest.skip(f"npm cannot install the certified provider: {done.stderr[-300:]}")
        try:
            made.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(made)
    return folder


@contextmanager
def provider(library: Path, program: Path, port: int, log: Path, *arguments: str) -> Iterator[str]:
    """The URL of a provider that a program in JavaScript starts; what it prints is in `log`."""
    with log.open("w") as output:
        process = subprocess.Popen(
            ["node", str(program), str(library), str(port), *arguments], stdout=output, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = monotonic() + 30
        while answer(f"{url}/.well-known/openid-configuration")[0] != 200:
            assert monotonic() < deadline, log.read_text()
            sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)
