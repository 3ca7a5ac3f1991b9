"""People of a running stack, and looking into its database."""

import json
from dataclasses import dataclass, field

import httpx
import psycopg

from kgcurate.servers.places import socket_dir


@dataclass
class Person:
    """Somebody who uses the API of a running stack with a token."""

    url: str
    pk: int
    secret: str
    # One client for all requests: a new one costs more than the request.
    client: httpx.Client = field(init=False)

    def __post_init__(self):
        headers = {"Authorization": f"Bearer {self.secret}"}
        self.client = httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)  # noqa: S501

    @classmethod
    def with_token(cls, stack, username: str, role: str = "annotator") -> "Person":
        code = (
            "from people.models import ApiToken, User; import json\n"
            f"user = User.objects.create_user({username!r}, role={role!r})\n"
            "token, secret = ApiToken.issue(user=user, name='test')\n"
            "print('TOKEN', json.dumps([user.pk, secret]))"
        )
        said = stack.manage("shell", "--verbosity", "0", "-c", code).stdout
        line = next(line for line in said.splitlines() if line.startswith("TOKEN"))
        pk, secret = json.loads(line.removeprefix("TOKEN "))
        return cls(stack.url, pk, secret)

    def close(self) -> None:
        self.client.close()

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, data: dict) -> httpx.Response:
        return self.client.post(path, json=data)


def sql(stack, query: str, values=()) -> list[tuple]:
    """Rows of the stack's own database, read past the application."""
    with psycopg.connect(host=str(socket_dir(stack.var)), dbname="kgcurate", user="postgres") as connection:
        return connection.execute(query, values or None).fetchall()


def campaign_of(stack, question: str) -> int:
    return sql(stack, "select id from annotation_campaign where question = %s", [question])[0][0]
