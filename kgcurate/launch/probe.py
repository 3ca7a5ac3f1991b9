"""Asks /health of a running web server; `python -m kgcurate.launch.probe` is the container's health check."""

import http.client
import os
import sys


def healthy(host: str, port: int, name: str) -> bool:
    """Whether the server says that it, the database and Redis are well. `name` is one of ALLOWED_HOSTS."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def name_for(allowed_hosts: list[str]) -> str:
    """A Host header that ALLOWED_HOSTS lets in."""
    name = (allowed_hosts or ["localhost"])[0].strip()
    return "localhost" if name in {"", "*"} else name.removeprefix(".")


if __name__ == "__main__":
    name = name_for(os.environ.get("ALLOWED_HOSTS", "").split(","))
    sys.exit(0 if healthy("127.0.0.1", int(os.environ.get("PORT", "8000")), name) else 1)
