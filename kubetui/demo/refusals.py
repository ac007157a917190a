"""Why a request is refused: a `Status` object in the API server's own wording (apimachinery's api/errors and field).

Owns the wording and the codes. What is refused is for others to decide.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubetui.demo.resources import Resource

Json = dict[str, Any]


class Refusal(Exception):
    """A request that is not carried out. `status` is what the client is told."""

    def __init__(self, status: Json) -> None:
        super().__init__(status["message"])
        self.status = status

    @property
    def code(self) -> int:
        code: int = self.status["code"]
        return code

    @property
    def reason(self) -> str:
        reason: str = self.status.get("reason", "")
        return reason


class Cause(msgspec.Struct, frozen=True):
    """One field that is wrong: `reason` of metav1.CauseType, what is wrong, and where."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def refuse(code: int, reason: str, message: str, details: Json | None = None) -> Refusal:
    """A refusal with any code and reason."""
    status: Json = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message}
    if reason:
        status["reason"] = reason
    if details is not None:
        status["details"] = details
    status["code"] = code
    return Refusal(status)


def _details(resource: Resource, name: str, **more: object) -> Json:
    details: Json = {"name": name} if name else {}
    if resource.group:
        details["group"] = resource.group
    return {**details, "kind": resource.plural, **more}


def not_found(resource: Resource, name: str) -> Refusal:
    return refuse(404, "NotFound", f'{resource.key} "{name}" not found', _details(resource, name))


def already_exists(resource: Resource, name: str) -> Refusal:
    return refuse(409, "AlreadyExists", f'{resource.key} "{name}" already exists', _details(resource, name))


def conflict(resource: Resource, name: str, why: str) -> Refusal:
    message = f'Operation cannot be fulfilled on {resource.key} "{name}": {why}'
    return refuse(409, "Conflict", message, _details(resource, name))


def modified(resource: Resource, name: str) -> Refusal:
    """The object is not at the resourceVersion that the caller built upon."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(resource, name, why)


def forbidden(resource: Resource, name: str, why: str) -> Refusal:
    named = f'{resource.key} "{name}"' if name else resource.key
    return refuse(403, "Forbidden", f"{named} is forbidden: {why}", _details(resource, name))


def bad_request(message: str) -> Refusal:
    return refuse(400, "BadRequest", message)


def expired(message: str) -> Refusal:
    return refuse(410, "Expired", message)


def too_large_version(asked: int, current: int) -> Refusal:
    """A resourceVersion that has not been reached yet (apiserver's storage.NewTooLargeResourceVersionError)."""
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return refuse(504, "Timeout", message, {"causes": [cause], "retryAfterSeconds": 1})


def too_many_requests(message: str, causes: Sequence[Json] = (), retry_after: int = 0) -> Refusal:
    details: Json = {"causes": list(causes)} if causes else {}
    if retry_after:
        details["retryAfterSeconds"] = retry_after
    return refuse(429, "TooManyRequests", message, details)


def method_not_allowed() -> Refusal:
    return refuse(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def unsupported_media(message: str) -> Refusal:
    return refuse(415, "UnsupportedMediaType", message, {})


def invalid(resource: Resource, name: str, causes: Sequence[Cause]) -> Refusal:
    """The object breaks rules of its kind; all of them are told at once."""
    texts = [str(cause) for cause in causes]
    told = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    details: Json = {"name": name} if name else {}
    if resource.group:
        details["group"] = resource.group
    details["kind"] = resource.kind
    details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return refuse(422, "Invalid", f'{kind} "{name}" is invalid: {told}', details)


def required(field: str, detail: str = "") -> Cause:
    return Cause("FieldValueRequired", f"Required value: {detail}" if detail else "Required value", field)


def wrong_value(field: str, value: object, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {quoted(value)}: {detail}", field)


def duplicate(field: str, value: object) -> Cause:
    return Cause("FieldValueDuplicate", f"Duplicate value: {quoted(value)}", field)


def not_supported(field: str, value: object, valid: Sequence[str]) -> Cause:
    choices = ", ".join(quoted(choice) for choice in valid)
    return Cause("FieldValueNotSupported", f"Unsupported value: {quoted(value)}: supported values: {choices}", field)


def forbidden_field(field: str, detail: str) -> Cause:
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field)


def quoted(value: object) -> str:
    """A value as `field.Error` prints it: text in quotes, everything else as JSON."""
    return msgspec.json.encode(value).decode()
