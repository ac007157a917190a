"""Bodies of requests, read as the real server reads them, and refused in its words.

What an object may hold is for its kind to say; here it is read, and known to be an object with a kind and metadata.
"""

from typing import Any

import msgspec
import yaml
from yaml.scanner import ScannerError

from kubetui.demo.http import gojson, protobuf
from kubetui.demo.http.gojson import NotJson
from kubetui.demo.http.message import JSON, YAML
from kubetui.demo.refusals import Refusal, bad_request, refuse

Json = dict[str, Any]

APPLY = "application/apply-patch+yaml"
STRATEGIC = "application/strategic-merge-patch+json"
_TYPE_META = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
_SHOWN = 30
"""Bytes of a body that is not understood which its refusal shows."""


def decoded(body: bytes, content_type: str, kind: str = "object") -> Any:
    """The value of a body that is to be of a kind. 415 for a type that is not read, 400 for what does not parse."""
    if content_type == protobuf.MEDIA:
        return protobuf.read(body)
    try:
        if content_type in ("", JSON):
            return gojson.read(body)
        if content_type == YAML:
            return _yaml(body)
    except NotJson as why:
        raise _unrecognized(body, kind, f"couldn't get version/kind; json parse error: {why}") from None
    except _NotYaml as why:
        raise _unrecognized(body, kind, str(why)) from None
    types = ", ".join((JSON, YAML, protobuf.MEDIA))
    told = f"the body of the request was in an unknown format - accepted media types include: {types}"
    raise refuse(415, "UnsupportedMediaType", told)


def object_of(body: bytes, content_type: str, kind: str, version: str) -> Json:
    """The object of a body that is to be of a kind, with metadata. 400 and 415 as `decoded`."""
    value = decoded(body, content_type, kind)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        misfit = f"json: cannot unmarshal {json_type(value)} into Go value of type {_TYPE_META}"
        raise _unrecognized(body, kind, f"couldn't get version/kind; json parse error: {misfit}")
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key) or "", str):
            misfit = f"json: cannot unmarshal {json_type(value[key])} into Go struct field .{key} of type string"
            raise _unrecognized(body, kind, f"couldn't get version/kind; json parse error: {misfit}")
    return with_metadata(value, kind, version)


def with_metadata(obj: Json, kind: str, version: str) -> Json:
    """The object with metadata that can be asked for names. 400 where it can't."""
    handled = f'{kind} in version "{version}" cannot be handled as a {kind}'
    metadata = {} if obj.get("metadata") is None else obj["metadata"]
    if not isinstance(metadata, dict):
        field = f"Go struct field {kind}.metadata of type v1.ObjectMeta"
        raise bad_request(f"{handled}: json: cannot unmarshal {json_type(metadata)} into {field}")
    for key in ("name", "namespace", "generateName"):
        if not isinstance(metadata.get(key, ""), str):
            field = f"Go struct field ObjectMeta.metadata.{key} of type string"
            raise bad_request(f"{handled}: json: cannot unmarshal {json_type(metadata[key])} into {field}")
    obj["metadata"] = metadata
    return obj


def patch_of(body: bytes, content_type: str) -> Any:
    """The value of a patch, of one of the types that are known. 400 for what does not parse."""
    try:
        if content_type == APPLY:
            return _yaml(body)
        return gojson.read(body)
    except NotJson as why:
        raise bad_request(str(why) if content_type == STRATEGIC else f"error decoding patch: {why}") from None
    except _NotYaml as why:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {why}") from None


def configuration_of(body: bytes, kind: str, api_version: str) -> Json:
    """The object of a body that is to be applied, of that kind. 400 where it is none."""
    value = {} if (read := patch_of(body, APPLY)) is None else read
    if not isinstance(value, dict):
        misfit = f"json: cannot unmarshal {json_type(value)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {misfit}")
    its_kind, its_version = value.get("kind") or "", value.get("apiVersion") or ""
    if (its_kind, its_version) != (kind, api_version):
        raise bad_request(
            f"invalid object type: {'' if '/' in str(its_version) else '/'}{its_version}, Kind={its_kind}"
        )
    return with_metadata(value, kind, api_version.rpartition("/")[2])


def json_type(value: object) -> str:
    """What a value is, in the words of encoding/json."""
    if isinstance(value, bool):
        return "bool"
    names = {str: "string", int: "number", float: "number", dict: "object", list: "array"}
    return names.get(type(value), "null")


def _unrecognized(body: bytes, kind: str, why: str) -> Refusal:
    return bad_request(f"the object provided is unrecognized (must be of type {kind}): {why} ({_shown(body)})")


def _shown(body: bytes) -> str:
    """The beginning of a body: as it is where it looks like an object, else in hexadecimal digits."""
    more = " ..." if len(body) > _SHOWN else ""
    if body.startswith(b"{"):
        return body[:_SHOWN].decode("utf-8", "replace") + more
    return body[:_SHOWN].hex() + more or "<empty>"


class _NotYaml(Exception):
    """A text that is no YAML; as text why, in the words of go-yaml."""


def _yaml(body: bytes) -> Any:
    try:
        return gojson.read(body)
    except NotJson:
        pass
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(body, Loader=_Loader)):
            # A few lines of aliases can stand for more than fits any memory.
            raise _NotYaml("yaml: document contains excessive aliasing")
        value = yaml.load(body, Loader=_Loader)
        # What YAML has and JSON does not (sets, keys that are no texts) must not reach an object.
        return gojson.read(msgspec.json.encode(value))
    except yaml.MarkedYAMLError as why:
        line = why.problem_mark.line if why.problem_mark is not None else 0
        where = f"line {line + isinstance(why, ScannerError)}: " if line else ""
        raise _NotYaml(f"yaml: {where}{why.problem}") from None
    except (yaml.YAMLError, NotJson, TypeError, OverflowError, RecursionError, UnicodeError, ValueError) as why:
        raise _NotYaml(f"yaml: {why}") from None


class _Loader(yaml.CSafeLoader):
    """YAML without dates, as sigs.k8s.io/yaml reads it."""

    yaml_implicit_resolvers = {
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
