"""The pages of deployments and replica sets: how many are wanted and there, their revisions, their pods. Pure."""

from collections.abc import Iterable

from kubetui.kinds import pod as pods
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
    mapping,
    row,
    section,
    sections,
    soft,
    text,
)
from kubetui.kinds.pages import metadata
from kubetui.kinds.pages.containers import template_containers
from kubetui.kinds.pod import POD, Pod
from kubetui.kinds.replicaset import REPLICASET, ReplicaSet
from kubetui.kinds.replicaset import health as replica_set_health
from kubetui.text import Aged

MOST = 100
"""Objects listed on a page; the rest is counted."""


def deployment(body: Body, around: Around) -> Page:
    """The page of a deployment."""
    spec, status = mapping(body, "spec"), mapping(body, "status")
    wanted = at(spec, "replicas")
    lines: list[Fact | None] = [
        fact("Replicas", *_counts(wanted, status, ("updated", "ready", "available", "unavailable"))),
        fact("Paused", Span("yes: changes are not rolled out", Health.PROGRESS)) if spec.get("paused") else None,
        fact("Strategy", *_strategy(spec)),
        fact("Selector", selector(mapping(spec, "selector"))),
        *metadata.about(body),
    ]
    return sections(
        section("Deployment", lines),
        metadata.conditions(body),
        _revisions(around.below(REPLICASET)),
        pods_section(around.below(POD)),
        *template_containers(body),
        *metadata.labels(body),
    )


def replica_set(body: Body, around: Around) -> Page:
    """The page of a replica set."""
    spec, status = mapping(body, "spec"), mapping(body, "status")
    revision = text(body, "metadata", "annotations", "deployment.kubernetes.io/revision")
    lines: list[Fact | None] = [
        fact("Replicas", *_counts(at(spec, "replicas"), status, ("ready", "available"))),
        fact("Revision", revision) if revision else None,
        fact("Selector", selector(mapping(spec, "selector"))),
        *metadata.about(body),
    ]
    return sections(
        section("Replica set", lines),
        metadata.conditions(body),
        pods_section(around.below(POD)),
        *template_containers(body),
        *metadata.labels(body),
    )


def pods_section(found: list[Pod], title: str = "Pods") -> Section:
    """Pods with their states, as links."""
    return section(f"{title} ({len(found)})", [*map(pod_row, found[:MOST]), *more(len(found))])


def pod_row(pod: Pod) -> Row:
    """A pod in a line."""
    meta, health = pod.metadata, pods.health(pod)
    node = pod.spec.node_name
    return row(
        Span(health.value, health),
        Span(meta.name, link=Reference("Pod", meta.name, meta.namespace, "v1")),
        pods.ready(pod),
        Span(pods.status(pod), health),
        soft(Aged(meta.creation_timestamp)),
        Span(node, link=Reference("Node", node, "", "v1")) if node else soft("no node yet"),
    )


def more(count: int) -> Iterable[Fact]:
    """That not all are listed."""
    if count > MOST:
        yield fact("", soft(f"… and {count - MOST:,} more"))


def selector(selector: Body) -> str:
    """A label selector in the words of kubectl."""
    told = [f"{key}={value}" for key, value in mapping(selector, "matchLabels").items()]
    for each in at(selector, "matchExpressions") or ():
        values = ", ".join(map(str, at(each, "values") or ()))
        told.append(f"{text(each, 'key')} {text(each, 'operator')}" + (f" ({values})" if values else ""))
    return ", ".join(told)


def _counts(wanted: object, status: Body, words: tuple[str, ...]) -> Iterable[Span]:
    yield Span(f"{wanted} wanted", strong=True)
    for word in words:
        count = at(status, f"{word}Replicas") or 0
        if word == "unavailable" and not count:
            continue
        well = count == wanted if word != "unavailable" else False
        yield Span(f", {count} {word}", None if well else Health.PROGRESS)


def _strategy(spec: Body) -> Iterable[Span]:
    yield Span(text(spec, "strategy", "type"))
    if rolling := mapping(spec, "strategy", "rollingUpdate"):
        surge, missing = text(rolling, "maxSurge"), text(rolling, "maxUnavailable")
        yield soft(f", {surge} more and {missing} fewer at a time")
    yield soft(f", stuck after {text(spec, 'progressDeadlineSeconds')} s")


def _revisions(found: list[ReplicaSet]) -> Section:
    """The newest first: the one whose pods are wanted."""
    newest = sorted(found, key=lambda each: int(each.revision) if each.revision.isdecimal() else 0, reverse=True)
    return section(f"Revisions ({len(found)})", map(_revision, newest))


def _revision(each: ReplicaSet) -> Row:
    meta, health = each.metadata, replica_set_health(each)
    return row(
        Span(health.value, health),
        f"#{each.revision}",
        Span(meta.name, link=Reference("ReplicaSet", meta.name, meta.namespace, "apps/v1")),
        Span(f"{each.status.ready_replicas}/{each.spec.replicas}", health),
        soft(Aged(meta.creation_timestamp)),
        soft(each.spec.template.images.replace(",", ", ")),
    )
