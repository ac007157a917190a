"""Containers as a page tells them: of a running pod with their states, of a template as they will be. Pure.

A secret's value is never here: an environment names the secret, as the API does, and what looks like one is masked.
"""

from collections.abc import Iterator

from kubetui.kinds import variables
from kubetui.kinds.kind import Health
from kubetui.kinds.page import (
    Body,
    Fact,
    Reference,
    Row,
    Said,
    Section,
    Span,
    ago,
    at,
    between,
    fact,
    listed,
    mapping,
    section,
    soft,
    text,
)

BRICK = "▣"
_STARTING = ("", "ContainerCreating", "PodInitializing")
_PROBES = (("Startup", "startupProbe"), ("Readiness", "readinessProbe"), ("Liveness", "livenessProbe"))


_SORTS = ("initContainers", "containers", "ephemeralContainers")


def pod_containers(body: Body) -> tuple[Section, Section, Section]:
    """Ordinary, init and ephemeral containers of a pod, with their states."""
    return (
        _section(body, "Containers", "containers", "containerStatuses"),
        _section(body, "Init containers", "initContainers", "initContainerStatuses"),
        _section(body, "Ephemeral containers", "ephemeralContainers", "ephemeralContainerStatuses"),
    )


def template_containers(body: Body) -> tuple[Section, Section, Section, Section]:
    """The containers of the pods that a workload makes, with what they are given."""
    pod = as_pod(body)
    return (
        _section(pod, "Containers of its pods", "containers", ""),
        _section(pod, "Init containers of its pods", "initContainers", ""),
        *given(pod),
    )


def as_pod(body: Body) -> Body:
    """A pod as the workload's template has it, in the workload's namespace."""
    return {"metadata": body["metadata"], "spec": mapping(body, "spec", "template", "spec")}


def given(pod: Body) -> tuple[Section, Section]:
    """What the containers of a pod find: their environment and what is mounted."""
    namespace = text(pod, "metadata", "namespace")
    volumes = {text(each, "name"): each for each in listed(pod, "spec", "volumes")}
    environment: list[Fact | Row] = []
    mounts: list[Fact | Row] = []
    for container in (each for sort in _SORTS for each in listed(pod, "spec", sort)):
        head = fact("", Span(text(container, "name"), strong=True))
        if lines := list(_environment(container, namespace)):
            environment += (head, *lines)
        if lines := list(_mounts(container, namespace, volumes)):
            mounts += (head, *lines)
    return section("Environment", environment), section("Mounts", mounts)


def _section(body: Body, title: str, key: str, status_key: str) -> Section:
    statuses = {text(each, "name"): each for each in listed(body, "status", status_key)} if status_key else None
    lines: list[Fact | Row] = []
    for container in listed(body, "spec", key):
        status = None if statuses is None else statuses.get(text(container, "name"), {})
        lines += _container(container, status)
    return section(title, lines)


def _container(container: Body, status: Body | None) -> Iterator[Fact]:
    tint = container_health(status) if status is not None else None
    sidecar = soft("  sidecar") if container.get("restartPolicy") == "Always" else None
    name = Span(text(container, "name"), strong=True)
    yield fact("", Span(f"{BRICK} ", tint), name, "  ", text(container, "image"), sidecar)
    if status is not None and not status:
        yield fact("State", Span("not started", Health.UNKNOWN), depth=1)
    elif status is not None:
        yield fact("State", *_state(mapping(status, "state")), *_readiness(status), depth=1)
        if ended := mapping(status, "lastState"):
            yield fact("Before", *_state(ended), depth=1)
    if command := [*(at(container, "command") or ()), *(at(container, "args") or ())]:
        yield fact("Command", " ".join(map(str, command)), depth=1)
    if ports := listed(container, "ports"):
        yield fact("Ports", ", ".join(map(_port, ports)), depth=1)
    for label, key in _PROBES:
        if probe := mapping(container, key):
            yield fact(label, *_probe(probe), depth=1)
    for label, key in (("Requests", "requests"), ("Limits", "limits")):
        if amounts := mapping(container, "resources", key):
            yield fact(label, ", ".join(f"{what} {amount}" for what, amount in amounts.items()), depth=1)


def container_health(status: Body) -> Health:
    """How a container is doing, by its state."""
    state = mapping(status, "state")
    if "running" in state:
        return Health.WELL if status.get("ready") else Health.PROGRESS
    if "terminated" in state:
        return Health.OFF if at(state, "terminated", "exitCode") == 0 else Health.BROKEN
    if "waiting" in state:
        return Health.PROGRESS if text(state, "waiting", "reason") in _STARTING else Health.BROKEN
    return Health.UNKNOWN


def _state(state: Body) -> Iterator[Said | None]:
    for word, told in state.items():
        reason, message = text(told, "reason"), text(told, "message").strip()
        tint = container_health({"state": state, "ready": True})
        yield Span(f"{word}: {reason}" if reason else word, tint)
        if word == "terminated":
            signal = text(told, "signal")
            yield f", exit code {text(told, 'exitCode')}" + (f", signal {signal}" if signal not in ("", "0") else "")
        yield ago(text(told, "startedAt"), ", for ") if word == "running" else None
        yield ago(text(told, "finishedAt"), ", ", " ago")
        if message:
            yield f": {message}"
        return
    yield Span("unknown", Health.UNKNOWN)


def _readiness(status: Body) -> Iterator[Said | None]:
    if "running" in mapping(status, "state"):
        yield Span(", ready", soft=True) if status.get("ready") else Span(", not ready", Health.PROGRESS)
    restarts = at(status, "restartCount") or 0
    yield Span(f", restarted {restarts}×", Health.PROGRESS if restarts else None, soft=not restarts)


def _port(port: Body) -> str:
    name = f"{text(port, 'name')} " if port.get("name") else ""
    host = f" on the node's {text(port, 'hostPort')}" if port.get("hostPort") else ""
    return f"{name}{text(port, 'containerPort')}/{text(port, 'protocol') or 'TCP'}{host}"


def _probe(probe: Body) -> Iterator[Said | None]:
    if get := mapping(probe, "httpGet"):
        scheme = text(get, "scheme").lower() or "http"
        yield f"GET {scheme}://{text(get, 'host')}:{text(get, 'port')}{text(get, 'path')}"
    elif tcp := mapping(probe, "tcpSocket"):
        yield f"connect to :{text(tcp, 'port')}"
    elif grpc := mapping(probe, "grpc"):
        yield f"gRPC :{text(grpc, 'port')} {text(grpc, 'service')}".rstrip()
    else:
        yield "run " + " ".join(map(str, at(probe, "exec", "command") or ()))
    after = f", after {text(probe, 'initialDelaySeconds')} s" if probe.get("initialDelaySeconds") else ""
    every, limit = text(probe, "periodSeconds") or "10", text(probe, "timeoutSeconds") or "1"
    yield soft(f"{after}, every {every} s, within {limit} s, {text(probe, 'failureThreshold') or '3'} misses")


def _environment(container: Body, namespace: str) -> Iterator[Fact]:
    for each in listed(container, "envFrom"):
        kind, key = ("Secret", "secretRef") if "secretRef" in each else ("ConfigMap", "configMapRef")
        yield fact(
            f"{text(each, 'prefix')}*", soft("all of "), refer(kind, text(each, key, "name"), namespace), depth=1
        )
    for each in listed(container, "env"):
        yield fact(text(each, "name"), *_value(each, namespace), depth=1)


def _value(variable: Body, namespace: str) -> Iterator[Said | None]:
    source = mapping(variable, "valueFrom")
    if not source:
        yield variables.value_of(variable)
    for key, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        if chosen := mapping(source, key):
            yield from (refer(kind, text(chosen, "name"), namespace), soft(f" {text(chosen, 'key')}"))
    if field := text(source, "fieldRef", "fieldPath"):
        yield soft(f"the pod's {field}")
    if field := text(source, "resourceFieldRef", "resource"):
        yield soft(f"the container's {field}")


def _mounts(container: Body, namespace: str, volumes: dict[str, Body]) -> Iterator[Fact]:
    for mount in listed(container, "volumeMounts"):
        volume = volumes.get(text(mount, "name"), {})
        how = ", read-only" if mount.get("readOnly") else ""
        yield fact(text(mount, "mountPath"), soft("from "), *volume_spans(volume, namespace), soft(how), depth=1)


def volume_spans(volume: Body, namespace: str) -> Iterator[Span]:
    """A volume, with links to what it holds."""
    yield Span(text(volume, "name"))
    held = [
        refer(kind, name, namespace)
        for key, kind, field in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
            ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
        )
        if (name := text(volume, key, field))
    ]
    for source in listed(volume, "projected", "sources"):
        held += [
            refer(kind, name, namespace)
            for key, kind in (("configMap", "ConfigMap"), ("secret", "Secret"))
            if (name := text(source, key, "name"))
        ]
    kind = next((key for key in volume if key != "name"), "")
    yield soft(f" ({kind}")
    if held:
        yield soft(": ")
        yield from between(held)
    yield soft(")")


def refer(kind: str, name: str, namespace: str) -> Span:
    """A link to an object of the core group."""
    return Span(f"{kind} {name}", link=Reference(kind, name, namespace, "v1"))
