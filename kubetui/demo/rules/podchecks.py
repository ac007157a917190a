"""What of a pod's spec must be right, wherever one stands (pkg/apis/core/validation, the common mistakes). Pure."""

from typing import Any

from kubetui.demo.quantity import number
from kubetui.demo.refusals import Cause, duplicate, not_supported, quoted, required, wrong_value
from kubetui.demo.rules.checks import label_name, port

Json = dict[str, Any]

_PULL = ("Always", "IfNotPresent", "Never")
_PROTOCOLS = ("SCTP", "TCP", "UDP")


def pod_spec(field: str, spec: Json) -> list[Cause]:
    """Everything that is wrong with a pod's spec; the restart policy is for its owner to judge."""
    causes: list[Cause] = []
    volumes: set[str] = set()
    for at, volume in enumerate(spec.get("volumes") or ()):
        here = f"{field}.volumes[{at}].name"
        name = volume.get("name", "")
        causes += label_name(here, name) if name else [required(here)]
        if name in volumes:
            causes.append(duplicate(here, name))
        volumes.add(name)
    if not spec.get("containers"):
        causes.append(required(f"{field}.containers"))
    names: set[str] = set()
    for kind in ("containers", "initContainers"):
        for at, container in enumerate(spec.get(kind) or ()):
            causes += _container(f"{field}.{kind}[{at}]", container, names, volumes)
    for at, toleration in enumerate(spec.get("tolerations") or ()):
        causes += _toleration(f"{field}.tolerations[{at}]", toleration)
    return causes


def _container(field: str, container: Json, names: set[str], volumes: set[str]) -> list[Cause]:
    causes: list[Cause] = []
    name = container.get("name", "")
    if not name:
        causes.append(required(f"{field}.name"))
    else:
        causes += label_name(f"{field}.name", name)
    if not container.get("image"):
        causes.append(required(f"{field}.image"))
    for at, mount in enumerate(container.get("volumeMounts") or ()):
        if mount.get("name") not in volumes:
            found = Cause(
                "FieldValueNotFound", f"Not found: {quoted(mount.get('name', ''))}", f"{field}.volumeMounts[{at}].name"
            )
            causes.append(found)
        if not mount.get("mountPath"):
            causes.append(required(f"{field}.volumeMounts[{at}].mountPath"))
    for at, one in enumerate(container.get("ports") or ()):
        here = f"{field}.ports[{at}]"
        causes += port(f"{here}.containerPort", one.get("containerPort", 0))
        if one.get("protocol") not in _PROTOCOLS:
            causes.append(not_supported(f"{here}.protocol", one.get("protocol"), _PROTOCOLS))
    for at, one in enumerate(container.get("env") or ()):
        if not one.get("name"):
            causes.append(required(f"{field}.env[{at}].name"))
    causes += _probes(field, container)
    policy = container.get("imagePullPolicy")
    if policy not in _PULL:
        causes.append(not_supported(f"{field}.imagePullPolicy", policy, _PULL))
    causes += _resources(f"{field}.resources", container.get("resources") or {})
    if name and name in names:
        causes.append(duplicate(f"{field}.name", name))
    names.add(name)
    return causes


_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")


def _probes(field: str, container: Json) -> list[Cause]:
    """A probe has to do something."""
    return [
        required(f"{field}.{kind}", "must specify a handler type")
        for kind in ("livenessProbe", "readinessProbe", "startupProbe")
        if kind in container and not any((container[kind] or {}).get(handler) for handler in _HANDLERS)
    ]


EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _toleration(field: str, toleration: Json) -> list[Cause]:
    causes: list[Cause] = []
    key, operator = toleration.get("key"), toleration.get("operator", "")
    effect = toleration.get("effect")
    if not key and operator != "Exists":
        detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        causes.append(wrong_value(f"{field}.operator", operator, detail))
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        causes.append(wrong_value(f"{field}.effect", effect or "", detail))
    if operator == "Exists" and toleration.get("value"):
        detail = "value must be empty when `operator` is 'Exists'"
        causes.append(wrong_value(f"{field}.operator", toleration["value"], detail))
    if operator not in ("", "Equal", "Exists"):
        causes.append(not_supported(f"{field}.operator", operator, ("Equal", "Exists")))
    if effect and effect not in EFFECTS:
        causes.append(not_supported(f"{field}.effect", effect, EFFECTS))
    return causes


def _resources(field: str, resources: Json) -> list[Cause]:
    causes: list[Cause] = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    numbers: dict[tuple[str, str], float] = {}
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            try:
                numbers[kind, name] = number(amount)
            except ValueError:
                detail = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                causes.append(wrong_value(f"{field}.{kind}[{name}]", amount, detail))
                continue
            if numbers[kind, name] < 0:
                detail = "must be greater than or equal to 0"
                causes.append(wrong_value(f"{field}.{kind}[{name}]", str(amount), detail))
    for name, amount in requests.items():
        wanted, most = numbers.get(("requests", name)), numbers.get(("limits", name))
        if wanted is not None and most is not None and wanted > most:
            detail = f"must be less than or equal to {name} limit of {limits[name]}"
            causes.append(wrong_value(f"{field}.requests", str(amount), detail))
    return causes
