"""The page of a pod: its containers with their states, where it runs, and what it asks of a node. Pure."""

from kubetui.kinds.page import (
    Around,
    Body,
    Fact,
    Page,
    Reference,
    Span,
    ago,
    at,
    fact,
    listed,
    section,
    sections,
    soft,
    text,
)
from kubetui.kinds.pages import metadata
from kubetui.kinds.pages.containers import given, pod_containers, refer, volume_spans

_DEFAULT_TOLERATIONS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def page(body: Body, around: Around) -> Page:
    """The page."""
    spec, status = at(body, "spec"), at(body, "status")
    namespace = text(body, "metadata", "namespace")
    node = text(spec, "nodeName")
    told = ": ".join(filter(None, (text(status, "reason"), text(status, "message"))))
    addresses = [text(each, "ip") for each in listed(status, "podIPs")] or [text(status, "podIP")]
    grace = text(spec, "terminationGracePeriodSeconds")
    account = text(spec, "serviceAccountName")
    priority = text(spec, "priorityClassName") or text(spec, "priority")
    lines: list[Fact | None] = [
        fact("Phase", text(status, "phase"), f"  {told}" if told else None),
        fact("Node", Span(node, link=Reference("Node", node, "", "v1")) if node else soft("waiting for one")),
        fact("Addresses", ", ".join(filter(None, addresses)), soft("  the node's network") if _host(spec) else None),
        *metadata.about(body),
        fact("Started", ago(text(status, "startTime"), "", " ago")) if text(status, "startTime") else None,
        fact("QoS", text(status, "qosClass")),
        fact("Restarts", text(spec, "restartPolicy")),
        fact("Grace", f"{grace} s") if grace else None,
        fact("Priority", priority) if priority not in ("", "0") else None,
        fact("Account", refer("ServiceAccount", account, namespace)) if account else None,
        _selector(spec),
        _tolerations(spec),
    ]
    volumes = section("Volumes", (fact("", *volume_spans(each, namespace)) for each in listed(spec, "volumes")))
    return sections(
        section("Pod", lines),
        *pod_containers(body),
        metadata.conditions(body),
        *given(body),
        volumes,
        *metadata.labels(body),
    )


def _host(spec: Body) -> bool:
    return at(spec, "hostNetwork") is True


def _selector(spec: Body) -> Fact | None:
    chosen = at(spec, "nodeSelector")
    return fact("On nodes with", ", ".join(f"{key}={value}" for key, value in chosen.items())) if chosen else None


def _tolerations(spec: Body) -> Fact | None:
    """Those that not every pod has."""
    told = [_toleration(each) for each in listed(spec, "tolerations") if text(each, "key") not in _DEFAULT_TOLERATIONS]
    return fact("Tolerates", ", ".join(told)) if told else None


def _toleration(toleration: Body) -> str:
    key, value, effect = (text(toleration, each) for each in ("key", "value", "effect"))
    what = f"{key or 'every taint'}{f'={value}' if value else ''}{f':{effect}' if effect else ''}"
    seconds = text(toleration, "tolerationSeconds")
    return f"{what} for {seconds} s" if seconds else what
