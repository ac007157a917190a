"""Cuts what the built-in cluster knows of Kubernetes' types out of Kubernetes' published sources.

    python tests/controlplane/extract_schemas.py GOMODCACHE VERSION kubetui/demo/schema/kubernetes.json.gz

From `k8s.io/kubernetes@v1.VERSION/api/openapi-spec/v3` (Apache License 2.0) it takes the component schemas that the
served kinds need, from the struct tags in `k8s.io/api@v0.VERSION` the numbers under which protobuf carries fields.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubetui.demo.resources import BUILT_IN

Json = dict[str, Any]
PACKAGES = (
    "core/v1", "apps/v1", "batch/v1", "autoscaling/v1", "autoscaling/v2", "policy/v1", "networking/v1", "rbac/v1",
    "storage/v1", "coordination/v1", "discovery/v1", "events/v1", "scheduling/v1", "authentication/v1",
    "authorization/v1",
)  # fmt: skip
META = "k8s.io/apimachinery/pkg/apis/meta/v1"
EXTRA_KINDS = {
    ("autoscaling/v1", "Scale"), ("policy/v1", "Eviction"), ("v1", "Binding"), ("v1", "DeleteOptions"),
    ("authentication.k8s.io/v1", "TokenRequest"), ("authorization.k8s.io/v1", "SelfSubjectAccessReview"),
    ("authorization.k8s.io/v1", "SelfSubjectRulesReview"), ("authorization.k8s.io/v1", "SubjectAccessReview"),
    ("authorization.k8s.io/v1", "LocalSubjectAccessReview"), ("authentication.k8s.io/v1", "SelfSubjectReview"),
    ("events.k8s.io/v1", "Event"), ("autoscaling/v1", "HorizontalPodAutoscaler"),
}  # fmt: skip
SPECIAL = {
    f"{META}.Time": "time",
    f"{META}.MicroTime": "microtime",
    f"{META}.Duration": "duration",
    f"{META}.FieldsV1": "raw",
    "k8s.io/apimachinery/pkg/runtime.RawExtension": "raw",
    "k8s.io/apimachinery/pkg/api/resource.Quantity": "quantity",
    "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "intorstring",
}
SCALARS = {"string": "string", "bool": "bool", "int": "int", "int32": "int", "int64": "int", "float64": "double"}
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
_NAMED = re.compile(r"^type (\w+) ((?:map\[\w+\]|\[\])?[\w.]+)$", re.M)
_FIELD = re.compile(r'^\t(?:(\w+) )?([\w\[\]*.]+) `(json:"[^`]*)`', re.M)
_IMPORT = re.compile(r'^\t(?:(\w+) )?"([\w./-]+)"$', re.M)


def main() -> None:
    cache, version, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    schemas = _schemas(cache / "k8s.io" / f"kubernetes@v1.{version}" / "api" / "openapi-spec" / "v3")
    wire = _wire(cache / "k8s.io", version)
    data = json.dumps({"schemas": schemas, "wire": wire}, sort_keys=True, separators=(",", ":")).encode()
    target.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(schemas)} schemas, {len(wire)} messages, {target.stat().st_size} bytes")


def _terse(schema: Any) -> Any:
    """The schema without its prose; only that something is a quantity has to be known of it."""
    if isinstance(schema, list):
        return [_terse(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _terse(part) for key, part in schema.items() if key != "description" or not isinstance(part, str)}
    is_quantity = str(schema.get("description", "")).startswith("Quantity")
    return kept | ({"description": "Quantity"} if is_quantity else {})


def _schemas(folder: Path) -> Json:
    known: Json = {}
    for file in sorted(folder.glob("*_openapi.json")):
        known |= json.loads(file.read_text()).get("components", {}).get("schemas", {})
    wanted = EXTRA_KINDS | {(resource.api_version, resource.kind) for resource in BUILT_IN}
    names = [name for name, schema in known.items() if _kinds(schema) & wanted]
    found: Json = {}
    while names:
        name = names.pop()
        if name not in found:
            found[name] = _terse(known[name])
            names += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(known[name]))
    # Every kind can be deleted with options of its own group's name: a list that nobody reads.
    found.get("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", {}).pop("x-kubernetes-group-version-kind", None)
    return found


def _kinds(schema: Json) -> set[tuple[str, str]]:
    return {
        (f"{one['group']}/{one['version']}" if one["group"] else one["version"], one["kind"])
        for one in schema.get("x-kubernetes-group-version-kind", ())
        if one["kind"] != "DeleteOptions" or not one["group"]
    }


def _wire(root: Path, version: str) -> Json:
    folders = {f"k8s.io/api/{package}": root / f"api@v0.{version}" / package for package in PACKAGES}
    folders[META] = root / f"apimachinery@v0.{version}" / "pkg/apis/meta/v1"
    structs: dict[str, list[tuple[str, str, str]]] = {}
    named: dict[str, str] = {}
    for package, folder in folders.items():
        for file in sorted(folder.glob("*.go")):
            if file.name.startswith(("generated", "zz_")) or file.name.endswith("_test.go"):
                continue
            text = file.read_text()
            imports = {alias or path.rsplit("/", 1)[-1]: path for alias, path in _IMPORT.findall(text)}
            for name, body in _STRUCT.findall(text):
                structs[f"{package}.{name}"] = [
                    (field, _qualified(kind, package, imports), tags) for field, kind, tags in _FIELD.findall(body)
                ]
            for name, kind in _NAMED.findall(text):
                named[f"{package}.{name}"] = _qualified(kind, package, imports)
    messages = {name: dict(_fields(fields, structs, named)) for name, fields in structs.items()}
    for name, kind in named.items():
        # A named list that is a value of a map is a message of its own, with the list as its first field.
        if kind == "[]string":
            messages[name] = {"1": ["items", "[]string", ""]}
    return {name: fields for name, fields in messages.items() if fields}


def _qualified(kind: str, package: str, imports: dict[str, str]) -> str:
    bare = re.sub(r"^(\*|\[\]|map\[[\w.]+\])*", "", kind)
    before = re.sub(r"map\[[\w.]+\]", "{}", kind[: len(kind) - len(bare)])
    if bare in SCALARS or bare == "byte":
        return before + bare
    if "." in bare:
        alias, name = bare.split(".")
        return f"{before}{imports.get(alias, alias)}.{name}"
    return f"{before}{package}.{bare}"


def _fields(
    fields: list[tuple[str, str, str]], structs: Json, named: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    for _, kind, tags in fields:
        number = re.search(r'protobuf:"\w+,(\d+),', tags)
        written = re.search(r'json:"([^"]*)"', tags)
        if number is None or written is None:
            continue
        name, *options = written.group(1).split(",")
        pointer = kind.startswith("*")
        code = _code(kind.lstrip("*"), structs, named)
        flags = "i" if "inline" in options and not name else ""
        if not pointer and "omitempty" in options and code in ("string", "bool", "int", "double"):
            flags += "o"
        yield number.group(1), [name, code, flags]


def _code(kind: str, structs: Json, named: dict[str, str]) -> str:
    if kind == "[]byte":
        return "bytes"
    if kind.startswith("[]"):
        return "[]" + _code(kind[2:].lstrip("*"), structs, named)
    if kind.startswith("{}"):
        value = kind[2:]
        return "{}" + (value if named.get(value) == "[]string" else _code(value, structs, named))
    if kind in SCALARS:
        return SCALARS[kind]
    if kind in SPECIAL:
        return SPECIAL[kind]
    if kind in structs:
        return kind
    return _code(named[kind], structs, named) if kind in named else "string"


if __name__ == "__main__":
    main()
