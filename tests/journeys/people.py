"""People of a running stack, and looking into its database."""

import json
from dataclasses import dataclass

import httpx
import psycopg

from kgcurate.servers.places import socket_dir


@dataclass
class Person:
    """Somebody who uses the API of a running stack with a token."""

    url: str
    pk: int
    secret: str

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

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=self.headers, timeout=30)

    def post(self, path: str, data: dict) -> httpx.Response:
        return httpx.post(self.url + path, json=data, headers=self.headers, timeout=30)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def sql(stack, query: str, values=()) -> list[tuple]:
    """Rows of the stack's own database, read past the application."""
    with psycopg.connect(host=str(socket_dir(stack.var)), dbname="kgcurate", user="postgres") as connection:
        return connection.execute(query, values or None).fetchall()


def campaign_of(stack, question: str) -> int:
    return sql(stack, "select id from annotation_campaign where question = %s", [question])[0][0]
