"""Errors of our actions as API answers: what happened, with the status a client can act on."""

from django.core.exceptions import ValidationError
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.views import exception_handler

from people.errors import UserError


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


def explain(error, context):
    if isinstance(error, ValidationError):
        error = ApiValidationError(error.messages)
    if isinstance(error, UserError):
        error = Conflict(str(error))
    return exception_handler(error, context)
