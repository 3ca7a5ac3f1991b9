"""What can be said in one line before anything starts."""

import errno
import ipaddress
import os
import socket

from kgcurate.servers.errors import ServerError


def check_address(host: str, port: int, *, production: bool) -> None:
    if not 1 <= port <= 65535:
        raise ServerError(f"PORT is {port}; it must be between 1 and 65535")
    if not production and not is_loopback(host) and os.environ.get("ALLOW_REMOTE") != "1":
        raise ServerError(
            f"HOST={host} would open a development server with known demo logins to the network; "
            "set ALLOW_REMOTE=1 if you mean it"
        )
    _check_free(host, port)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} on {host} is in use; take another: PORT=8123 make run") from error
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise ServerError(f"port {port} needs more rights; take another: PORT=8123 make run") from error
        raise ServerError(f"cannot listen on {host}:{port}: {error.strerror}") from error
