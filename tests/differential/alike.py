"""What no two runs have in common made alike: times, uids, versions, addresses, and the random ends of names. Pure.

Also leaves out what kubelets write. The real control plane's nodes are kwok's, which run nothing and tell less than a
kubelet does; the built-in kubelets are held to what real ones do by tests of their own.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from kubetui.demo.quantity import number

Json = dict[str, Any]

_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_AGE = r"(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?"
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"

_ENDS = (
    (re.compile(rf"(?<=[a-z0-9]-){_SAFE}{{7,10}}(?![\w])"), "HASH"),
    (re.compile(rf"(?<=[a-z0-9H]-){_SAFE}{{5}}(?![\w])"), "RANDOM"),
    (re.compile(r"(?<=[a-z0-9]-)\d{8}(?!\d)"), "MINUTE"),
)
_DUMPS = (
    (re.compile(r"\n@@ .*?(?=\]?\Z)", re.DOTALL), ""),
    (
        re.compile(r'(?<=Invalid value: )\{"(?:labels|metadata|spec)":.*\}(?=: field is immutable)', re.DOTALL),
        "TEMPLATE",
    ),
)
"""What the real server shows of its Go structs, beside the fields that are wrong."""
_WORDS = (
    (re.compile(r"\bkwok-\d+\.\d+\.\d+"), "v1.36.3"),
    (re.compile(rf'((?:pod-template-hash|controller-revision-hash)"?[:=] ?"?){_SAFE}+'), r"\1HASH"),
    (re.compile(r"(?<=[a-z0-9]\.)[0-9a-f]{16}\b"), "MARK"),
    (re.compile(_STAMP), "TIME"),
    (re.compile(_DAY), "TIME"),
    (re.compile(_UUID), "UID"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "ADDRESS"),
    (re.compile(r"(?<=to )node-\d\b"), "NODE"),
    (re.compile(r"(?<=:)3[0-2]\d{3}(?=/)"), "PORT"),
    (re.compile(r"127\.0\.0\.1:\d+"), "SERVER"),
    (re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\s*", re.DOTALL), "CERTIFICATE"),
)
_PRINTED = (
    (re.compile(r"(?m)^[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ .*\n"), ""),
    (re.compile(r"/tmp/(LIVE|MERGED)-\d+"), r"\1"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000( UTC)?"), "TIME"),
    (re.compile(r'(nodeName"?[:=] ?"?)node-\d'), r"\1NODE"),
    (re.compile(r"(?m)^ *annotations:\n *endpoints\.kubernetes\.io/last-change-trigger-time: .*\n"), ""),
    (re.compile(r"endpoints\.kubernetes\.io/last-change-trigger-time: .*"), "<none>"),
    (re.compile(r" *\(x\d+ over \w+\)"), ""),
    (re.compile(r"(?m)^(.*FailedScheduling .*\n)(?:.*FailedScheduling .*\n)+"), r"\1"),
    (re.compile(r"(?m)^Node: +node-\d.*$"), "Node: NODE"),
    (re.compile(r"(topology\.kubernetes\.io/\w+[=:] ?)[\w-]+"), r"\1PLACE"),
    (re.compile(r'([rR]esource ?[vV]ersion"?[:=] *)"?\d+"?'), r"\1VERSION"),
    (re.compile(rf"(?m)(?:(?<=[ (])(?<!for )|^)(?=\d){_AGE}(?= ago| old|[ )]|$)"), "AGE"),
    (re.compile(r"(?<=\S) +"), " "),
)


def names(text: str) -> str:
    """A text without the random ends of generated names."""
    for pattern, word in _ENDS:
        text = pattern.sub(word, text)
    return text


def told(text: str) -> str:
    """A text out of an object or of an answer."""
    if "is immutable" in text or "may not change fields" in text:
        for pattern, word in _DUMPS:
            text = pattern.sub(word, text)
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return names(text)


def printed(text: str) -> str:
    """What kubectl prints. Columns are as wide as their widest cell, so all spaces are one."""
    if " is invalid:" in text:
        text = re.sub(r"\n@@ .*", "", text, flags=re.DOTALL)
    text = told(text)
    for pattern, word in _PRINTED:
        text = pattern.sub(word, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def value(found: Any) -> Any:
    """An answer of the API, or a part of it."""
    if isinstance(found, dict):
        return _object({key: value(one) for key, one in found.items()})
    if isinstance(found, list):
        return [value(one) for one in found]
    if isinstance(found, str):
        return told(found)
    return found


_KEPT_OUT = frozenset(
    (
        "ca.crt",
        "endpoints.kubernetes.io/last-change-trigger-time",
        "resourceVersion",
        "selfLink",
        "remainingItemCount",
        "continue",
    )
)
_HASHES = frozenset(("pod-template-hash", "controller-revision-hash", "controller.kubernetes.io/hash"))
_PLACES = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
"""Labels that a pod has of its node, and what is made of a pod has too."""
_NOT_OWNERS = ("kubelet", "kwok", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
"""Those of whose writes the built-in cluster keeps no trail."""


def _object(found: Json) -> Json:
    if "managedFields" in found:
        managers = _managers(found.pop("managedFields"))
        if managers:
            found["managedFields"] = managers
    for key in _KEPT_OUT:
        found.pop(key, None)
    if found.get("annotations") == {}:
        del found["annotations"]
    if "kubernetes.io/hostname" not in found:
        for key in _PLACES:
            if key in found:
                found[key] = "PLACE"
    for key in _HASHES:
        if isinstance(found.get(key), str):
            found[key] = "HASH"
    match found.get("kind"):
        case "Table":
            return _table(found)
        case "Pod" if "status" in found:
            found = _pod(found)
        case "Node" if "status" in found:
            found = _node(found)
        case _:
            pass
    if isinstance(found.get("nodePort"), int):
        found["nodePort"] = "PORT"
    if "involvedObject" in found:
        for key in ("count", "reportingInstance", "series"):
            found.pop(key, None)
    if isinstance(found.get("causes"), list):  # once for each of the validators that looked
        found["causes"] = list({msgspec.json.encode(one): one for one in found["causes"]}.values())
    if found.get("type") == "BOOKMARK":
        return {"type": "BOOKMARK"}
    for key in ("resourceRules", "nonResourceRules"):  # in the order in which a hash table has their bindings
        if isinstance(found.get(key), list):
            found[key].sort(key=order)
    if isinstance(found.get("items"), list):
        found["items"] = [_item(one, str(found.get("kind", ""))) for one in found["items"]]
        if any(map(_ends_at_random, found["items"])):
            found["items"].sort(key=order)
        if found["items"] and "involvedObject" in found["items"][0]:
            # One that is told again may be told as a series, in an event of its own.
            found["items"] = list({msgspec.json.encode(one): one for one in found["items"]}.values())
    return found


def _item(found: Any, listed: str) -> Any:
    """An object in a list, which does not tell its own kind."""
    if listed == "PodList" and isinstance(found.get("status"), dict):
        return _pod(found)
    if listed == "NodeList" and isinstance(found.get("status"), dict):
        return _node(found)
    return found


def _ends_at_random(found: Any) -> bool:
    """Whether the order of a list hangs on this name in it, made alike."""
    name = (found.get("metadata") or {}).get("name", "") if isinstance(found, dict) else ""
    return any(word in name for word in ("HASH", "RANDOM", "MINUTE", "MARK"))


def order(found: Any) -> tuple[str, bytes]:
    """What alike objects are sorted by: names, which end at random, come in any order."""
    name = found.get("metadata", {}).get("name", "") if isinstance(found, dict) else ""
    return name, msgspec.json.encode(found, order="deterministic")


def _managers(found: Any) -> Any:
    """Who has set fields, and by what: which fields is compared where a session asks for them."""
    if not isinstance(found, list):
        return found
    texts = {
        " ".join(filter(None, (one.get("manager"), one.get("operation"), one.get("subresource"))))
        for one in found
        if isinstance(one, dict) and one.get("manager") not in _NOT_OWNERS
    }
    return sorted(texts)


def _table(found: Json) -> Json:
    columns = [
        {key: column[key] for key in ("name", "type", "format", "priority") if key in column}
        for column in found.get("columnDefinitions") or ()
    ]
    # A table of one column a line, as it is easier to read.
    texts = [" ".join(str(part) for part in column.values()) for column in columns]
    rows = [
        {"cells": [_cell(cell) for cell in row["cells"]], "object": _bare(row.get("object"))}
        for row in found.get("rows") or ()
    ]
    if "Nominated Node string  1" in texts:
        for row in rows:
            row["cells"][6] = re.sub(r"^node-\d$", "NODE", row["cells"][6])
    if "Container-Runtime string  1" in texts:
        for row in rows:
            row["cells"][4:] = []  # of what a node is made
    if any(_ends_at_random({"metadata": row["object"]}) for row in rows):
        rows.sort(key=msgspec.json.encode)
    return {"kind": "Table", "columns": texts, "rows": rows}


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return re.sub(rf"^(?=\d){_AGE}$|(?<=\()(?=\d){_AGE}(?= ago\))", "AGE", cell)
    return cell


def _bare(found: Any) -> Any:
    """The metadata of a row's object."""
    if not isinstance(found, Mapping):
        return found
    metadata = found.get("metadata") or {}
    return {key: metadata[key] for key in ("name", "namespace", "labels") if key in metadata}


def _pod(found: Json) -> Json:
    """A pod, wherever it runs: of nodes that suit as well the scheduler chooses one at random."""
    spec = dict(found["spec"])
    if spec.get("nodeName", "").startswith("node-"):
        spec["nodeName"] = "NODE"
    return {**found, "spec": spec, "status": _pod_status(found["status"])}


def _pod_status(status: Json) -> Json:
    """The part of a pod's status that scheduler and controllers write, and its phase."""
    conditions = [
        {key: one[key] for key in ("type", "status", "reason", "message") if key in one}
        for one in status.get("conditions") or ()
        if one.get("type") in ("PodScheduled", "DisruptionTarget")
    ]
    return {"phase": status.get("phase"), "conditions": conditions} if conditions else {"phase": status.get("phase")}


def _node(found: Json) -> Json:
    """A node without the trail of its making, which is kubectl's on the real control plane."""
    metadata = dict(found["metadata"])
    trail = [one for one in metadata.pop("managedFields", ()) if not one.startswith("kubectl Apply")]
    if trail:
        metadata["managedFields"] = trail
    return {**found, "metadata": metadata, "status": _node_status(found["status"])}


def _node_status(status: Json) -> Json:
    """What a node has room for, and whether it is ready."""
    ready = [
        {key: one.get(key) for key in ("type", "status")}
        for one in status.get("conditions") or ()
        if one.get("type") == "Ready"
    ]
    room = {key: number(value) for key, value in status.get("allocatable", {}).items() if key in ("cpu", "pods")}
    return {"conditions": ready, "allocatable": room}
