"""The cluster's own objects: nodes, namespaces, events, volumes, quotas, rights, configuration."""

from typing import Any

from kubetui.demo.conditions import condition
from kubetui.demo.objects import deleting, name_of
from kubetui.demo.tables.age import UNKNOWN, since
from kubetui.demo.tables.printer import Column, Printer, columns
from kubetui.demo.tables.words import NONE

Json = dict[str, Any]
_ROLE = "node-role.kubernetes.io/"
_MODES = (
    ("ReadWriteOnce", "RWO"),
    ("ReadOnlyMany", "ROX"),
    ("ReadWriteMany", "RWX"),
    ("ReadWriteOncePod", "RWOP"),
)
_UNSET = "<unset>"


def _age(obj: Json, now: float) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now)


def _node(obj: Json, now: float) -> list[Any]:
    status, labels = obj.get("status") or {}, obj["metadata"].get("labels") or {}
    ready = condition(obj, "Ready")
    word = "Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"
    if (obj.get("spec") or {}).get("unschedulable"):
        word += ",SchedulingDisabled"
    roles = {label.removeprefix(_ROLE) for label in labels if label.startswith(_ROLE)}
    roles |= {value for label, value in labels.items() if label == "kubernetes.io/role"}
    info = status.get("nodeInfo") or {}
    kernel = info.get("kernelVersion") or UNKNOWN
    if info.get("architecture"):
        kernel += f" ({info['architecture']})"
    return [
        name_of(obj),
        word,
        ",".join(sorted(roles - {""})) or NONE,
        _age(obj, now),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        kernel,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _address(status: Json, kind: str) -> str:
    found = (one["address"] for one in status.get("addresses") or () if one["type"] == kind)
    return next(found, NONE)


def _namespace(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), (obj.get("status") or {}).get("phase", ""), _age(obj, now)]


def _event(obj: Json, now: float) -> list[Any]:
    first = since(obj.get("firstTimestamp") or obj.get("eventTime"), now)
    last = since(obj["lastTimestamp"], now) if obj.get("lastTimestamp") else first
    count = obj.get("count") or 1
    series = obj.get("series")
    if series:
        last, count = since(series.get("lastObservedTime"), now), series["count"]
    about = obj.get("involvedObject") or {}
    kind, name = about.get("kind", "").lower(), about.get("name")
    return [
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{name}" if name else kind,
        about.get("fieldPath", ""),
        _source(obj),
        obj.get("message", "").strip(),
        first,
        count,
        name_of(obj),
    ]


def _source(obj: Json) -> str:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent", "")
    host = source.get("host") or obj.get("reportingInstance", "")
    return f"{component}, {host}" if host else component


def _modes(modes: list[str] | None) -> str:
    return ",".join(short for mode, short in _MODES if mode in (modes or ()))


def _claim(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    bound = bool(spec.get("volumeName"))
    return [
        name_of(obj),
        "Terminating" if deleting(obj) else status.get("phase", ""),
        spec.get("volumeName", ""),
        (status.get("capacity") or {}).get("storage", "0") if bound else "",
        _modes(status.get("accessModes")) if bound else "",
        _class(obj),
        spec.get("volumeAttributesClassName") or _UNSET,
        _age(obj, now),
        spec.get("volumeMode") or _UNSET,
    ]


def _volume(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    claim = spec.get("claimRef")
    return [
        name_of(obj),
        (spec.get("capacity") or {}).get("storage", "0"),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if deleting(obj) else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        _class(obj),
        spec.get("volumeAttributesClassName") or _UNSET,
        status.get("reason", ""),
        _age(obj, now),
        spec.get("volumeMode") or _UNSET,
    ]


def _class(obj: Json) -> str:
    annotated = (obj["metadata"].get("annotations") or {}).get("volume.beta.kubernetes.io/storage-class")
    return str(annotated or obj["spec"].get("storageClassName") or "")


def _storage_class(obj: Json, now: float) -> list[Any]:
    annotations = obj["metadata"].get("annotations") or {}
    default = " (default)" if annotations.get("storageclass.kubernetes.io/is-default-class") == "true" else ""
    return [
        name_of(obj) + default,
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        bool(obj.get("allowVolumeExpansion")),
        _age(obj, now),
    ]


def _quota(obj: Json, now: float) -> list[Any]:
    status = obj.get("status") or {}
    used = status.get("used") or {}
    texts: dict[bool, list[str]] = {False: [], True: []}
    for name, hard in sorted((status.get("hard") or {}).items()):
        texts[name.startswith("limits.")].append(f"{name}: {used.get(name, '0')}/{hard}")
    return [name_of(obj), ", ".join(texts[False]), ", ".join(texts[True]), _age(obj, now)]


def _config(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), _age(obj, now)]


def _secret(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), obj.get("type", ""), len(obj.get("data") or ()), _age(obj, now)]


def _plain(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), _age(obj, now)]


def _lease(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), (obj.get("spec") or {}).get("holderIdentity", ""), _age(obj, now)]


def _budget(obj: Json, now: float) -> list[Any]:
    spec = obj.get("spec") or {}
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    return [
        name_of(obj),
        "N/A" if least is None else str(least),
        "N/A" if most is None else str(most),
        (obj.get("status") or {}).get("disruptionsAllowed", 0),
        _age(obj, now),
    ]


def _binding(obj: Json, now: float) -> list[Any]:
    role = obj["roleRef"]
    who: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in obj.get("subjects") or ():
        named = subject["name"]
        if subject["kind"] == "ServiceAccount":
            named = f"{subject.get('namespace', '')}/{named}"
        who.setdefault(subject["kind"], []).append(named)
    shown = [", ".join(who[kind]) for kind in ("User", "Group", "ServiceAccount")]
    return [name_of(obj), f"{role['kind']}/{role['name']}", _age(obj, now), *shown]


def _priority(obj: Json, now: float) -> list[Any]:
    default, policy = bool(obj.get("globalDefault")), obj.get("preemptionPolicy", "")
    return [name_of(obj), obj.get("value", 0), default, _age(obj, now), policy]


def _api_service(obj: Json, now: float) -> list[Any]:
    service = (obj.get("spec") or {}).get("service")
    available = condition(obj, "Available")
    word = UNKNOWN
    if available is not None:
        reason = f" ({available['reason']})" if available["status"] != "True" else ""
        word = f"{available['status']}{reason}"
    return [
        name_of(obj),
        f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local",
        word,
        _age(obj, now),
    ]


_EVENT = (
    Column("Last Seen"),
    Column("Type"),
    Column("Reason"),
    Column("Object"),
    Column("Subobject", priority=1),
    Column("Source", priority=1),
    Column("Message"),
    Column("First Seen", priority=1),
    Column("Count", priority=1),
    Column("Name", format="name", priority=1),
)
_BOUND = columns("Role", "Age", "~Users", "~Groups", "~ServiceAccounts")

CLUSTER = {
    "nodes": Printer(
        columns(
            "Status", "Roles", "Age", "Version", "~Internal-IP", "~External-IP", "~OS-Image", "~Kernel-Version",
            "~Container-Runtime",
        ),
        _node,
    ),
    "namespaces": Printer(columns("Status", "Age"), _namespace),
    "events": Printer(_EVENT, _event),
    "persistentvolumeclaims": Printer(
        columns(
            "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age",
            "~VolumeMode",
        ),
        _claim,
    ),
    "persistentvolumes": Printer(
        columns(
            "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass", "VolumeAttributesClass",
            "Reason", "Age", "~VolumeMode",
        ),
        _volume,
    ),
    "storageclasses.storage.k8s.io": Printer(
        columns("Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"), _storage_class
    ),
    "resourcequotas": Printer(columns("Request", "Limit", "Age"), _quota),
    "configmaps": Printer(columns("Data", "Age"), _config),
    "secrets": Printer(columns("Type", "Data", "Age"), _secret),
    "serviceaccounts": Printer(columns("Age"), _plain),
    "leases.coordination.k8s.io": Printer(columns("Holder", "Age"), _lease),
    "poddisruptionbudgets.policy": Printer(
        columns("Min Available", "Max Unavailable", "#Allowed Disruptions", "Age"), _budget
    ),
    "rolebindings.rbac.authorization.k8s.io": Printer(_BOUND, _binding),
    "clusterrolebindings.rbac.authorization.k8s.io": Printer(_BOUND, _binding),
    "priorityclasses.scheduling.k8s.io": Printer(
        columns("#Value", Column("Global-Default", "boolean"), "Age", "PreemptionPolicy"), _priority
    ),
    "apiservices.apiregistration.k8s.io": Printer(columns("Service", "Available", "Age"), _api_service),
}  # fmt: skip
