"""What every route may answer besides its own: errors, in the one shape that people.api.errors gives them."""

from typing import Any

ERROR = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "For programs: invalid, not_found, conflict, …"},
        "detail": {"type": "string", "description": "For people."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "Field to its errors; inner fields as judgments.0.answer.",
        },
    },
    "required": ["code", "detail", "errors"],
}
WORDS = {
    "400": "Something in the request is wrong.",
    "401": "No login, or a token that is not valid.",
    "403": "The role does not allow it.",
    "404": "There is no such thing.",
    "409": "What is there now does not allow it.",
    "415": "A body of this type is not understood.",
    "429": "Too many requests.",
}


def with_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the shape of errors to every operation; what a route declares itself stays."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Error"] = ERROR
    for schema in schemas.values():
        # Rows of which some roles are told less: only what everybody is told is always there.
        if told := schema.get("x-told-to-everybody"):
            schema["required"] = told
    for path, operations in result["paths"].items():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                _add(path, operation)
    return result


def _add(path: str, operation: dict[str, Any]) -> None:
    expected = ["401", "403", "429"]
    if operation.get("parameters") or "requestBody" in operation:
        expected.append("400")
    if "{" in path or any(one["name"] == "cursor" for one in operation.get("parameters", [])):
        expected.append("404")
    if "requestBody" in operation:
        expected.append("415")
    if not operation["operationId"].endswith(("_list", "_retrieve")):
        expected.append("409")
    for status in expected:
        declared = operation["responses"].setdefault(status, {"description": WORDS[status]})
        declared.setdefault(
            "content", {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        )
    operation["responses"]["429"]["headers"] = {
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
    }
