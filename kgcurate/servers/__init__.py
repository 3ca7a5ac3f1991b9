"""The embedded PostgreSQL and Redis: where they live, how they start, who owns them.

Used where DATABASE_URL or REDIS_URL is unset. Importing this package starts nothing.
"""

from kgcurate.servers.command import for_command
from kgcurate.servers.endpoints import Endpoints, endpoints
from kgcurate.servers.errors import ServerError
from kgcurate.servers.places import local_secret_key, read_env, var_dir

__all__ = [
    "Endpoints",
    "ServerError",
    "endpoints",
    "for_command",
    "local_secret_key",
    "read_env",
    "var_dir",
]
