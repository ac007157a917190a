"""What every object has: age, owners, labels, annotations, conditions. Pure."""

from kubetui.kinds import variables
from kubetui.kinds.kind import Health
from kubetui.kinds.page import (
    Body,
    Fact,
    Page,
    Reference,
    Row,
    Section,
    Span,
    ago,
    between,
    fact,
    listed,
    mapping,
    row,
    section,
    sections,
    soft,
    text,
)

LONGEST_VALUE = 200
"""Characters of an annotation's value that are told; the manifest has all of it."""

_TROUBLE = ("Pressure", "Unavailable", "Failure", "Failed", "Dangling", "Disrupt", "Stalled", "Degraded")
"""Parts of the types of conditions that tell of trouble where they are true."""


def about(body: Body) -> list[Fact]:
    """Its age, what it belongs to, and whether it is being deleted."""
    meta = mapping(body, "metadata")
    facts = [fact("Age", ago(text(meta, "creationTimestamp")), soft(f"  created {text(meta, 'creationTimestamp')}"))]
    if deleted := text(meta, "deletionTimestamp"):
        grace = text(meta, "deletionGracePeriodSeconds")
        facts.append(fact("Deletion", Span(f"asked for, due {deleted}", Health.PROGRESS), soft(f"  grace {grace} s")))
    if owners := [owner(meta, each) for each in listed(meta, "ownerReferences")]:
        facts.append(fact("Belongs to", *between(owners)))
    if finalizers := meta.get("finalizers"):
        facts.append(fact("Finalizers", ", ".join(map(str, finalizers))))
    return facts


def owner(meta: Body, reference: Body) -> Span:
    """A link to an owner."""
    kind, name = text(reference, "kind"), text(reference, "name")
    namespace = text(meta, "namespace")
    return Span(f"{kind} {name}", link=Reference(kind, name, namespace, text(reference, "apiVersion")))


def labels(body: Body) -> Page:
    """Labels and annotations, long values cut. Those that are the whole manifest once more are left out: it is told."""
    meta = mapping(body, "metadata")
    annotations = {
        key: value for key, value in mapping(meta, "annotations").items() if not variables.REPEATS.search(key)
    }
    return sections(_pairs("Labels", mapping(meta, "labels")), _pairs("Annotations", annotations))


def _pairs(title: str, pairs: Body) -> Section:
    return section(title, (fact(key, cut(str(value))) for key, value in sorted(pairs.items())))


def cut(value: str) -> str:
    """A value, or its beginning where it is long, with its length."""
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}… ({len(value):,} characters)"


def conditions(body: Body) -> Section:
    """The conditions of its status, with the reason and since when."""
    return section("Conditions", map(_condition, listed(body, "status", "conditions")))


def _condition(condition: Body) -> Row:
    type_, status = text(condition, "type"), text(condition, "status")
    told = ": ".join(filter(None, (text(condition, "reason"), text(condition, "message"))))
    health = condition_health(type_, status)
    since = ago(text(condition, "lastTransitionTime")) or soft("")
    return row(Span(health.value, health), type_, Span(status, health), since, told)


def condition_health(type_: str, status: str) -> Health:
    """Whether a condition tells of trouble: most should be true, some should not."""
    if status not in ("True", "False"):
        return Health.UNKNOWN
    trouble = any(word in type_ for word in _TROUBLE)
    if (status == "True") is not trouble:
        return Health.WELL
    return Health.BROKEN if trouble else Health.PROGRESS
