"""What somebody carries who signs in with a second factor."""

import time
from dataclasses import dataclass

from pyotp import TOTP

from app.totp import WINDOW, factor_keys
from tests.server import ENVIRONMENT

FACTOR_KEYS = factor_keys([ENVIRONMENT["SECOND_FACTOR_KEYS"]])
TOO_FAR = WINDOW + 1


@dataclass(frozen=True)
class Authenticator:
    """It makes codes of a secret."""

    secret: str

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return TOTP(self.secret).at(time.time(), counter_offset=steps)

    def wrong_code(self) -> str:
        """Six digits that are no code of now, nor of any time near it."""
        right = {self.code(steps) for steps in range(-2 * TOO_FAR, 2 * TOO_FAR)}
        return next(one for one in ("000000", *map(str, range(111111, 999999))) if one not in right)


def await_calm() -> None:
    """Wait where a step is about to end, so that a test sees one and the same."""
    left = 30 - time.time() % 30
    if left < 6:
        time.sleep(left)
