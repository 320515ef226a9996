"""URLs of public hosts are told from those of private ones, however these are written."""

import pytest

from app.public_urls import public_url


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTP://Example.COM:80/a?b=c#d", "http://example.com/a?b=c#d"),
        ("https://bücher.example.com/ü", "https://xn--bcher-kva.example.com/%C3%BC"),
        ("http://93.184.215.14/", "http://93.184.215.14/"),
        ("http://[2606:2800:21f::1]/", "http://[2606:2800:21f::1]/"),
        ("https://localhost.example.com/", "https://localhost.example.com/"),
    ],
)
def test_a_public_host_stays(sent: str, kept: str) -> None:
    assert public_url(sent) == kept
    assert public_url(kept) == kept


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "0x7f.1"),
        *("127.0.0.1.", "%31%32%37.0.0.1", "１２７。0。0。1", "0", "0.0.0.0", "①②⑦.0.0.1"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "2852039166"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]"),
        *("[ff02::1]", "[2001:db8::1]", "localhost", "LOCALHOST.", "a.localhost", "localhoſt"),
        *(
            "printer.local",
            "db.internal",
            "db.internal.",
            "router.lan",
            "nas.home.arpa",
            "intranet",
        ),
    ],
)
def test_a_private_host_is_refused(host: str) -> None:
    for url in (f"http://{host}", f"https://{host}:8443/a"):
        with pytest.raises(ValueError, match=r"must be a URL of a public host"):
            public_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "ftp://example.com/", "//example.com", "x"),
        *("https://user:pw@example.com/", "https://user@example.com/", "http://:pw@example.com/"),
        *("http://example.com\\@127.0.0.1/", "http:/\\example.com", "http:example.com"),
        *("http:///example.com", " https://example.com", "https://exa\nmple.com", "https://a.b/ c"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|should"):
        public_url(url)


def test_what_is_no_text_is_left_to_others() -> None:
    assert public_url(1) == 1
