"""The environment of a container: what its spec says, resolved, and what the kubelet and the runtime add. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubetui.demo.kubelet.inside.fields import field_of, keys_of, resource_of
from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CONFIGMAPS, SECRETS, SERVICES, Resource

Json = dict[str, Any]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]*)\)")


def environment(registry: Registry, pod: Json, container: Json) -> dict[str, str]:
    """The variables with which a container's first process is started, in the order that `env` prints."""
    namespace = namespace_of(pod)
    services = _services(registry, pod)
    given: dict[str, str] = {}
    for source in container.get("envFrom") or ():
        prefix = source.get("prefix", "")
        for kind, resource in (("configMapRef", CONFIGMAPS), ("secretRef", SECRETS)):
            if source.get(kind):
                found = registry.find(resource, namespace, source[kind]["name"])
                given |= {prefix + key: value.decode("utf-8", "replace") for key, value in keys_of(found).items()}
    for variable in container.get("env") or ():
        value = _value(registry, pod, container, variable)
        if value is not None:
            known = services | given
            given[variable["name"]] = expanded(value, known)
    first = {"PATH": PATH, "HOSTNAME": hostname(pod)}
    if container.get("tty"):
        first["TERM"] = "xterm"
    return first | services | given | {"HOME": given.get("HOME", "/root")}


def expanded(text: str, known: Mapping[str, str]) -> str:
    """A value with `$(NAME)` put in; a name that is not known stays, and `$$` is a `$`."""

    def put(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return known.get(found[1], found[0])

    return _REFERENCE.sub(put, text)


def hostname(pod: Json) -> str:
    """What a pod's containers take for the name of their host."""
    spec = pod["spec"]
    if spec.get("hostNetwork"):
        return str(spec.get("nodeName", ""))
    return str(spec.get("hostname") or name_of(pod))[:63].rstrip("-.")


def _value(registry: Registry, pod: Json, container: Json, variable: Json) -> str | None:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    if source.get("fieldRef"):
        return field_of(pod, source["fieldRef"].get("fieldPath", ""))
    if source.get("resourceFieldRef"):
        return resource_of(pod, container, source["resourceFieldRef"])
    pairs: Iterable[tuple[str, Resource]] = (("configMapKeyRef", CONFIGMAPS), ("secretKeyRef", SECRETS))
    for kind, resource in pairs:
        if source.get(kind):
            found = registry.find(resource, namespace_of(pod), source[kind].get("name", ""))
            data = keys_of(found).get(source[kind].get("key", ""))
            return None if data is None else data.decode("utf-8", "replace")
    return None


def _services(registry: Registry, pod: Json) -> dict[str, str]:
    """What containers are told of Services: the API server, and those of their namespace where that is wanted."""
    known = [registry.find(SERVICES, "default", "kubernetes")]
    if pod["spec"].get("enableServiceLinks", True):
        known += [one for one in registry.list(SERVICES, namespace_of(pod)) if name_of(one) != "kubernetes"]
    told: dict[str, str] = {}
    for service in known:
        if service is None or service["spec"].get("clusterIP") in (None, "", "None"):
            continue
        told |= _told_of(service)
    return told


def _told_of(service: Json) -> dict[str, str]:
    name, address = name_of(service).upper().replace("-", "_"), service["spec"]["clusterIP"]
    ports = service["spec"].get("ports") or ()
    told: dict[str, str] = {}
    for first, port in enumerate(ports):
        number, protocol = port["port"], port.get("protocol", "TCP")
        if not first:
            told |= {f"{name}_SERVICE_HOST": address, f"{name}_SERVICE_PORT": str(number)}
            told[f"{name}_PORT"] = f"{protocol.lower()}://{address}:{number}"
        if port.get("name"):
            told[f"{name}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(number)
        each = f"{name}_PORT_{number}_{protocol}"
        told |= {
            each: f"{protocol.lower()}://{address}:{number}",
            f"{each}_PROTO": protocol.lower(),
            f"{each}_PORT": str(number),
            f"{each}_ADDR": address,
        }
    return told
