"""The page of a service: its ports, whom it chooses, and the endpoints behind it, ready or not. Pure."""

from collections.abc import Iterator

from kubetui.kinds.endpointslice import ENDPOINTSLICE, Endpoint, EndpointSlice
from kubetui.kinds.kind import Health
from kubetui.kinds.page import (
    Around,
    Body,
    Fact,
    Page,
    Reference,
    Row,
    Section,
    Span,
    at,
    fact,
    listed,
    mapping,
    row,
    section,
    sections,
    soft,
    text,
)
from kubetui.kinds.pages import metadata
from kubetui.kinds.pages.workload import MOST, more


def page(body: Body, around: Around) -> Page:
    """The page."""
    spec = mapping(body, "spec")
    chosen = mapping(spec, "selector")
    ingress = [text(each, "ip") or text(each, "hostname") for each in listed(body, "status", "loadBalancer", "ingress")]
    affinity = text(spec, "sessionAffinity")
    lines: list[Fact | None] = [
        fact("Type", text(spec, "type")),
        fact("Cluster IP", ", ".join(map(str, at(spec, "clusterIPs") or [text(spec, "clusterIP")]))),
        fact("External IPs", ", ".join(map(str, spec["externalIPs"]))) if spec.get("externalIPs") else None,
        fact("Balancer", ", ".join(ingress) or Span("none yet", Health.PROGRESS)) if _balanced(spec) else None,
        fact("Leads to", text(spec, "externalName")) if text(spec, "externalName") else None,
        fact("Selector", ", ".join(f"{key}={value}" for key, value in chosen.items())),
        fact("Affinity", affinity) if affinity not in ("", "None") else None,
        *metadata.about(body),
    ]
    ports = section("Ports", map(_port, listed(spec, "ports")))
    return sections(
        section("Service", lines), ports, endpoints_section(around.below(ENDPOINTSLICE)), *metadata.labels(body)
    )


def _balanced(spec: Body) -> bool:
    return text(spec, "type") == "LoadBalancer"


def _port(port: Body) -> Row:
    node = text(port, "nodePort")
    return row(
        text(port, "name") or soft("unnamed"),
        f"{text(port, 'port')}/{text(port, 'protocol') or 'TCP'}",
        [soft("to "), text(port, "targetPort")],
        f"{node} on every node" if node not in ("", "0") else "",
    )


def endpoints_section(slices: list[EndpointSlice]) -> Section:
    """The endpoints of all slices, counted by whether they get traffic."""
    found = [(each.metadata.namespace, endpoint) for each in slices for endpoint in each.endpoints]
    ready = sum(endpoint.ready for _, endpoint in found)
    lines: list[Fact | Row] = [*_rows(found[:MOST]), *more(len(found))]
    if slices and not found:
        lines.append(fact("", Span("None: nothing that it chooses runs.", Health.BROKEN)))
    return section(f"Endpoints ({ready} of {len(found)} ready)", lines)


def _rows(found: list[tuple[str, Endpoint]]) -> Iterator[Row]:
    for namespace, endpoint in found:
        health = Health.WELL if endpoint.ready else Health.PROGRESS
        target = endpoint.target_ref
        word = "ready" if endpoint.ready else "terminating" if endpoint.conditions.terminating else "not ready"
        yield row(
            Span(health.value, health),
            ", ".join(endpoint.addresses),
            Span(word, health),
            Span(target.name, link=Reference(target.kind, target.name, namespace, "v1")) if target else "",
            Span(endpoint.node_name, link=Reference("Node", endpoint.node_name, "", "v1"))
            if endpoint.node_name
            else "",
        )
