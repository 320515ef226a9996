"""URLs that lead to the public internet, as far as can be told from their text."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from pydantic import BeforeValidator

from app.schemas import HTTP_URL, checked_url

# Names that networks give to machines of their own: by RFC 6761, 6762, 8375 and 9476, and by custom.
LOCAL_NAMES = (
    *(".localhost", ".local", ".home.arpa", ".internal"),
    *(".corp", ".home", ".intranet", ".lan", ".localdomain", ".private"),
)
ALL_OF_INTERNET = IPv6Network("2000::/3")  # so none of those in which an address of IPv4 is written


def public_url(value: Any) -> Any:
    """A URL as browsers read it, so that nothing else reads another host in it.

    There is no look-up of its name: what that says can be another thing a second later, when somebody
    goes there. Whoever does so has to look where the connection leads.

    Raises:
        ValueError: it is no URL, its host is private or local, or it has a name or password in it.
    """
    if not isinstance(value, str):
        return value
    url = HTTP_URL.validate_python(checked_url(value))
    if url.username is not None or url.password is not None:
        raise ValueError("must be a URL without a name and password")
    if not is_public(url.host or ""):
        raise ValueError("must be a URL of a public host")
    return str(url)


def is_public(host: str) -> bool:
    """Whether a host, as a URL in normal form has it, is neither private nor local."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.removesuffix(".")
        return "." in name and not name.endswith(LOCAL_NAMES)
    if isinstance(address, IPv6Address):
        return is_public_address(address) and address in ALL_OF_INTERNET
    return is_public_address(address)


def is_public_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to one machine of the public internet."""
    if isinstance(address, IPv6Address) and (address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


PublicUrl = BeforeValidator(public_url)
