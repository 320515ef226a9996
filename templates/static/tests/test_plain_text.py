"""Text that people write is kept as they see it."""

import pytest

from app.tidying import plain


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("pass\u200bword\ufeff", "password"),
        ("ex\u200dam\u200cple\ufe0f", "example"),
        ("\U000e0041hidden", "hidden"),
        ("Cafe\u0301", "Café"),
        ("Cafe\u034f\u0301", "Café"),
        ("\x93quoted\x94", "quoted"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_goes(sent: str, kept: str) -> None:
    assert plain(sent) == kept
    assert plain(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "one\r\n\ttwo",
        "<b>1 < 2 & 3</b>",
        "👨\u200d👩\u200d👧 ❤\ufe0f 👩🏽\u200d🚀",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום",
        "ｅxample",
    ],
    ids=ascii,
)
def test_what_belongs_to_a_text_stays(text: str) -> None:
    assert plain(text) == text


def test_no_joiners_are_hidden_behind_one() -> None:
    assert plain("👩" + "\u200d" * 1000) == "👩\u200d"
