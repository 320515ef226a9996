"""Who limits take for one client."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import Request

HOST_BITS = 64  # of an address of IPv6, which whoever has a network chooses as they like


def client_of(request: Request) -> str:
    """The address that a request is from; of IPv6 the network, since one client has all of its addresses."""
    host = request.client.host if request.client else "local"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:  # a socket of the same machine
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 128 - HOST_BITS), strict=False))
