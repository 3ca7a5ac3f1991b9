"""Which addresses may be called: nothing inside our own network, unless a setting says so."""

import ipaddress
import socket
from urllib.parse import urlsplit

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(ValueError):
    """This address must not be called."""


def resolve(url: str, *, allow_private: bool) -> tuple[str, str]:
    """(address to connect to, host) of a URL whose every address may be called.

    Whoever connects must use the address returned, and not the name: a second look-up could answer
    with another one.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Forbidden("only http and https addresses are called")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise Forbidden(f"{parts.hostname} cannot be resolved: {error}") from None
    addresses = [str(address[0]).partition("%")[0] for *_family, address in found]
    if not allow_private:
        for address in addresses:
            if not is_public(ipaddress.ip_address(address)):
                raise Forbidden(f"{parts.hostname} is at {address}, which is not a public address")
    return addresses[0], parts.hostname


def is_public(address: IP) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address):
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.teredo is not None:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    )
