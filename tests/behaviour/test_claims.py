"""What SECURITY.md can say is said, and shown, by one backend or another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bkgen.render.security import RISKS
from tests.behaviour.generated import backend
from tests.behaviour.test_examples import generated

DOCUMENTS = Path(__file__).parent / "documents"


def cards(folder: Path) -> Iterator[dict[str, str]]:
    """The files of backends that have much to say."""
    for example in ("blog", "shop", "team", "accounts"):
        yield generated(example)
    names = ("cookies", "api-keys", "guesses", "input", "limits", "memberships", "oauth2", "outside-issuer", "uploads")
    for name in names:
        document = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
        yield backend(folder / name, document).files


def test_every_claim_is_shown_by_tests_of_some_backend(tmp_path: Path) -> None:
    unshown = {claim.text for risk in RISKS for claim in risk.claims}
    for files in cards(tmp_path):
        card = files["SECURITY.md"]
        for path, name in re.findall(r"`(tests/[\w/]+\.py)`(?: \(`(test_\w+)`)?", card):
            assert f"def {name}" in files[path]
        unshown -= {claim for claim in unshown if f"- {claim} Shown by" in card}
    assert unshown == set()
