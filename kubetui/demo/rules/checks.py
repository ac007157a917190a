"""What names, labels and numbers must look like, in the server's wording (apimachinery's util/validation). Pure."""

import re
from collections.abc import Mapping
from typing import Any

from kubetui.demo.refusals import Cause, wrong_value

Json = dict[str, Any]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_QUALIFIED})?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"

LABEL_ERROR = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
SUBDOMAIN_ERROR = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_QUALIFIED_ERROR = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    f"character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
_VALUE_ERROR = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'{_VALUE}')"
)
_KEY_ERROR = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    f"'key-name', regex used for validation is '{_CONFIG_KEY}')"
)


def label_name(field: str, name: str) -> list[Cause]:
    """A name that must be one DNS label, as those of namespaces and containers."""
    causes = _too_long(field, name, 63)
    if not re.fullmatch(_LABEL, name):
        causes.append(wrong_value(field, name, LABEL_ERROR))
    return causes


def subdomain_name(field: str, name: str) -> list[Cause]:
    """A name that may have dots, as those of most objects."""
    causes = _too_long(field, name, 253)
    if not re.fullmatch(_SUBDOMAIN, name):
        causes.append(wrong_value(field, name, SUBDOMAIN_ERROR))
    return causes


def path_name(field: str, name: str) -> list[Cause]:
    """A name that only has to fit into a path, as those of roles."""
    if name in (".", ".."):
        return [wrong_value(field, name, f"may not be '{name}'")]
    return [wrong_value(field, name, f"may not contain '{sign}'") for sign in "/%" if sign in name]


def labels(field: str, found: Any) -> list[Cause]:
    """Keys and values of labels."""
    causes: list[Cause] = []
    for key, value in found.items() if isinstance(found, Mapping) else ():
        causes += _key(field, key)
        if len(value) > 63:
            causes.append(wrong_value(field, value, "must be no more than 63 bytes"))
        if not re.fullmatch(_VALUE, value):
            causes.append(wrong_value(field, value, _VALUE_ERROR))
    return causes


def annotations(field: str, found: Any) -> list[Cause]:
    """Keys of annotations, and the size of them all."""
    causes: list[Cause] = []
    size = 0
    for key, value in found.items() if isinstance(found, Mapping) else ():
        causes += _key(field, key.lower())
        size += len(key) + len(value)
    if size > 256 * 1024:
        causes.append(Cause("FieldValueTooLong", "Too long: may not be more than 262144 bytes", field))
    return causes


_FINALIZERS = ("customresourcecleanup.apiextensions.k8s.io", "foregroundDeletion", "kubernetes", "orphan")


def finalizers(field: str, found: Any) -> list[Cause]:
    """Names of finalizers."""
    detail = "name is neither a standard finalizer name nor is it fully qualified"
    return [
        wrong_value(f"{field}[{at}]", name, detail)
        for at, name in enumerate(found or ())
        if "/" not in name and name not in _FINALIZERS
    ]


def owners(field: str, found: Any) -> list[Cause]:
    """Owner references, which name a kind and an object."""
    causes: list[Cause] = []
    for owner in found or ():
        version = owner.get("apiVersion") or ""
        if not version or version.endswith("/"):
            causes.append(wrong_value(f"{field}.apiVersion", version, "version must not be empty"))
        for key in ("kind", "name", "uid"):
            if not owner.get(key):
                causes.append(wrong_value(f"{field}.{key}", "", "must not be empty"))
    controllers = [owner for owner in found or () if owner.get("controller")]
    if len(controllers) > 1:
        first, second = (f"{one.get('kind', '')}/{one.get('name', '')}" for one in controllers[:2])
        told = (
            f'Only one reference can have Controller set to true. Found "true" in references for {first} and {second}'
        )
        causes.append(wrong_value(field, None, told))
    return causes


def config_keys(field: str, found: Any) -> list[Cause]:
    """Keys of a ConfigMap or a Secret."""
    names = found if isinstance(found, Mapping) else ()
    return [wrong_value(f"{field}[{name}]", name, _KEY_ERROR) for name in names if not re.fullmatch(_CONFIG_KEY, name)]


def port(field: str, value: Any) -> list[Cause]:
    """A port's number."""
    if isinstance(value, int) and not 1 <= value <= 65_535:
        return [wrong_value(field, value, "must be between 1 and 65535, inclusive")]
    return []


def not_negative(field: str, value: Any) -> list[Cause]:
    """A count."""
    if isinstance(value, int) and value < 0:
        return [wrong_value(field, value, "must be greater than or equal to 0")]
    return []


def _key(field: str, key: str) -> list[Cause]:
    prefix, slash, name = key.rpartition("/")
    causes = []
    if slash and not re.fullmatch(_SUBDOMAIN, prefix):
        causes.append(wrong_value(field, key, f"prefix part {SUBDOMAIN_ERROR}"))
    if len(name) > 63:
        causes.append(wrong_value(field, key, "name part must be no more than 63 bytes"))
    if not re.fullmatch(_QUALIFIED, name):
        causes.append(wrong_value(field, key, _QUALIFIED_ERROR))
    return causes


def _too_long(field: str, name: str, most: int) -> list[Cause]:
    return [wrong_value(field, name, f"must be no more than {most} bytes")] if len(name) > most else []
