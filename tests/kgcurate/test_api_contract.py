"""The API keeps to its description, whatever it is sent: no server error, no answer of another shape."""

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

from kgcurate.wsgi import application
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


def test_the_description_is_made_without_a_warning(tmp_path):
    file = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)

    assert "/api/v1/campaigns/{id}/judgments" in file.read_text()


def explore(schema, ids, headers, *, examples):
    """Every operation with what fits its description and what does not; the failures by operation."""
    failures = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        known = {name: ids.get(operation.path.split("/")[3]) for name in ("id", "pk", "number", "batch")}
        named = {parameter.name for parameter in operation.path_parameters}
        fixed = {name: value for name, value in known.items() if name in named and value is not None}
        for mode, there in (
            (GenerationMode.POSITIVE, fixed),
            (GenerationMode.POSITIVE, {}),
            (GenerationMode.NEGATIVE, fixed),
        ):
            if there or mode == GenerationMode.POSITIVE or operation.body or operation.query:
                try:
                    attack(operation, mode, there, headers, examples)
                except BaseException as error:
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    failures.setdefault(operation.label, told(error))
    return failures


def told(error):
    inner = getattr(error, "exceptions", [error])
    return "\n".join(str(one)[:1500] for one in inner)


def attack(operation, mode, there, headers, examples):
    strategy = operation.as_strategy(generation_mode=mode, path_parameters=there or None)

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)
    def each(case):
        # An example may have revoked the token that the next one needs.
        ApiToken.objects.update(revoked_at=None)
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    each()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_whatever_is_sent_is_answered_as_described(settings, examples):
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 0)
    admin = make_admin()
    ids = make_workspace(admin)
    token, secret = issue_token(user=admin, name="schemathesis")
    ids["tokens"] = token.pk
    headers = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application, headers=headers)

    failures = explore(schema, ids, headers, examples=examples)

    assert failures == {}, "\n\n".join(f"=== {name}\n{why}" for name, why in failures.items())
