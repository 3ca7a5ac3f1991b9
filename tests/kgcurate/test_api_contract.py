"""The API keeps to its description, whatever it is sent: no server error, no answer of another shape."""

import os
import re

import pytest
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kgcurate.wsgi import application as served
from people.actions.tokens import issue_token
from people.models import ApiToken
from tests.factories.people import make_admin
from tests.factories.workspace import make_workspace

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

# Which paths are attacked, as a regular expression, and how often: for looking closely at new ones.
ROUTES = os.environ.get("CONTRACT_ROUTES", "")
MANY = int(os.environ.get("CONTRACT_EXAMPLES", "60"))
ORDER = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def test_the_description_is_made_without_a_warning(tmp_path):
    file = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)

    assert "/api/v1/campaigns/{id}/judgments" in file.read_text()


def application(environ, start_response):
    """Ours, with its answers closed, as a server closes them."""
    response = served(environ, start_response)
    try:
        return [b"".join(response)]
    finally:
        response.close()


class Exploring:
    """Every operation with what fits its description and what does not; what failed, and what was reached."""

    def __init__(self, ids, headers, *, examples):
        self.ids, self.headers, self.examples = ids, headers, examples
        self.failures: dict[str, str] = {}
        self.reached: set[str] = set()

    def explore(self, operations):
        # Reading first and deleting last, so that what is there is found by all.
        for operation in sorted(operations, key=lambda one: ORDER.index(one.method.upper())):
            there = self.there(operation)
            self.attack(operation, GenerationMode.POSITIVE, there, self.examples)
            if there:
                self.attack(operation, GenerationMode.POSITIVE, {}, max(1, self.examples // 3))
            if operation.body or operation.query:
                self.attack(operation, GenerationMode.NEGATIVE, there, max(2, self.examples * 2 // 3))

    def there(self, operation):
        """Parameters of its path with which it finds something."""
        folder = operation.path.split("/")[3]
        known = {"annotator", "label_id", "other"}
        found = {}
        for name in (parameter.name for parameter in operation.path_parameters):
            if name in ("id", "pk", "number", "batch", "campaign_id"):
                found[name] = self.ids[folder]
            elif name in known:
                found[name] = self.ids[name]
        return found

    def attack(self, operation, mode, there, examples):
        strategy = operation.as_strategy(generation_mode=mode, path_parameters=there or None)

        @settings(
            max_examples=examples, derandomize=True, database=None, deadline=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=strategy)
        def each(case):
            # An example may have revoked the token that the next one needs.
            ApiToken.objects.exclude(revoked_at=None).update(revoked_at=None)
            response = case.call(headers=self.headers)
            if response.status_code < 300:
                self.reached.add(operation.label)
            case.validate_response(response, checks=CHECKS)

        try:
            each()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.failures.setdefault(operation.label, told(error))


def told(error):
    inner = getattr(error, "exceptions", [error])
    return "\n".join(str(one)[:1500] for one in inner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("examples", [3, pytest.param(MANY, marks=pytest.mark.slow)])
def test_whatever_is_sent_is_answered_as_described(settings, examples):
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 0)
    admin = make_admin()
    ids = make_workspace(admin)
    token, secret = issue_token(user=admin, name="schemathesis")
    ids["tokens"] = token.pk
    headers = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application, headers=headers)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if re.search(ROUTES, operation.path)]

    exploring = Exploring(ids, headers, examples=examples)
    exploring.explore(operations)

    failures = exploring.failures
    told = "\n\n".join(f"=== {name}\n{why}" for name, why in failures.items())
    assert not failures, told
    # Otherwise "it answers as described" would say no more than that there is nothing to be found.
    reading = {operation.label for operation in operations if operation.method.upper() == "GET"}
    assert reading - exploring.reached == set()
