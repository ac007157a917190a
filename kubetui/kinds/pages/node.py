"""The page of a node: what it has, what its pods ask of it, its taints and addresses, its pods. Pure."""

from collections.abc import Iterator

from kubetui.kinds.asking import ASKING, PodAsking, asked
from kubetui.kinds.kind import Health
from kubetui.kinds.page import (
    Around,
    Body,
    Fact,
    Page,
    Row,
    Section,
    Span,
    ago,
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
from kubetui.kinds.pages.workload import pods_section
from kubetui.kinds.pod import POD
from kubetui.text import quantity

_SYSTEM = ("osImage", "kernelVersion", "architecture")
_FULL, _CROWDED = 1.0, 0.9


def page(body: Body, around: Around) -> Page:
    """The page."""
    spec, status = mapping(body, "spec"), mapping(body, "status")
    info = mapping(status, "nodeInfo")
    lines: list[Fact | None] = [
        fact("Schedulable", Span("no: cordoned", Health.OFF)) if spec.get("unschedulable") else None,
        *(fact(text(each, "type"), text(each, "address")) for each in listed(status, "addresses")),
        fact("Kubelet", text(info, "kubeletVersion"), soft(f", {text(info, 'containerRuntimeVersion')}")),
        fact("System", ", ".join(filter(None, (text(info, each) for each in _SYSTEM)))),
        fact("Pod ranges", ", ".join(map(str, spec["podCIDRs"]))) if spec.get("podCIDRs") else None,
        *metadata.about(body),
    ]
    pods = around.below(POD)
    return sections(
        section("Node", lines),
        _resources(status, around.below(ASKING), len(pods)),
        section("Taints", map(_taint, listed(spec, "taints"))),
        metadata.conditions(body),
        pods_section(pods),
        *metadata.labels(body),
    )


def _resources(status: Body, pods: list[PodAsking], count: int) -> Section:
    """Each resource: what pods may have of it, what they ask for, what there is."""
    allocatable, capacity = mapping(status, "allocatable"), mapping(status, "capacity")
    return section("Resources", _amounts(allocatable, capacity, asked(pods) | {"pods": float(count)}, bool(pods)))


def _amounts(allocatable: Body, capacity: Body, wanted: dict[str, float], known: bool) -> Iterator[Row]:
    head = [soft(""), soft("requested"), soft("allocatable"), soft("capacity")]
    yield row(*head)
    for what, amount in allocatable.items():
        room, taken = quantity(str(amount)), wanted.get(what, 0.0)
        share = taken / room if room else 0.0
        tint = Health.BROKEN if share > _FULL else Health.PROGRESS if share > _CROWDED else None
        told = Span(f"{readable(what, taken)} ({share:.0%})", tint)
        yield row(what, told if known or what == "pods" else soft("?"), str(amount), soft(text(capacity, what)))


def readable(what: str, amount: float) -> str:
    """An amount as people read it: bytes in binary units, processors in thousandths."""
    if what == "cpu":
        return f"{amount:g}" if amount == int(amount) else f"{amount * 1000:.0f}m"
    if what in ("memory", "ephemeral-storage") or what.startswith("hugepages-"):
        for power, unit in ((4, "Ti"), (3, "Gi"), (2, "Mi"), (1, "Ki")):
            if amount >= 1024**power:
                return f"{amount / 1024**power:.4g}{unit}"
    return f"{amount:g}"


def _taint(taint: Body) -> Fact:
    value = text(taint, "value")
    told = f"={value}" if value else ""
    return fact("", f"{text(taint, 'key')}{told}:{text(taint, 'effect')}", ago(text(taint, "timeAdded"), "  for "))
