"""HTML that people write has nothing in it that acts."""

import re

import pytest

from app.tidying import MAX_HTML, safe_html

REL = ' rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ("a<SCRIPT SRC=//example.com/x.js></SCRIPT>b", "ab"),
        ("a<img src=x onerror=alert(1)>b", "ab"),
        ('a<svg onload="alert(1)"><style>*{}</style></svg>b', "ab"),
        ("<p onclick=alert(1) style=color:red class=x id=y>a</p>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', f"<a{REL}>a</a>"),
        ('<a href="java&#10;script:alert(1)">a</a>', f"<a{REL}>a</a>"),
        ('<a href="java&#x200b;script:alert(1)">a</a>', f"<a{REL}>a</a>"),
        ('<a href="data:text/html,x">a</a>', f"<a{REL}>a</a>"),
        (
            '<a href="https://example.com" target=_top>a</a>',
            f'<a href="https://example.com"{REL}>a</a>',
        ),
        ("<!-- a -->b", "b"),
        ("<iframe src=//example.com></iframe><form action=/x><input></form>b", "b"),
        ("&#x202e;<b>a", "<b>a</b>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
def test_harmless_markup_alone_is_kept(sent: str, kept: str) -> None:
    assert safe_html(sent) == kept
    assert safe_html(kept) == kept


def test_what_harms_nobody_stays() -> None:
    html = "<h2>a</h2><p>b <em>c</em><br>d</p><ul><li><code>e</code></li></ul>"
    assert safe_html(html) == html


@pytest.mark.parametrize(
    "html", ["a\0b", "<a href='java\x01script:x'>", "x" * (MAX_HTML + 1)], ids=len
)
def test_what_cannot_be_read_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match=r"^must "):
        safe_html(html)


def test_markup_without_end_ends() -> None:
    html = safe_html("<p><b><i>" * (MAX_HTML // 9))
    assert set(re.findall("<[^>]*>", html)) <= {"<p>", "<b>", "<i>", "</p>", "</b>", "</i>"}
