"""Rules about where other pods are: affinity, anti-affinity and topology spread, computed once for each pod. Pure.

Each rule counts the pods it selects in each domain of a label (a zone, a host) and then judges a node by its domain.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from kubetui.demo.objects import Json, deleting, labels_of, namespace_of
from kubetui.demo.scheduler import terms
from kubetui.demo.scheduler.expressions import fits_node, untolerated
from kubetui.demo.scheduler.nodes import NodeInfo
from kubetui.demo.scheduler.terms import Namespaces, Term
from kubetui.demo.selectors import LabelSelector, object_selector

AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
SPREAD = "node(s) didn't match pod topology spread constraints"
SPREAD_LABEL = f"{SPREAD} (missing required label)"


class Spread(msgspec.Struct, frozen=True):
    """A topology spread constraint, with the pods that it counts in each domain now."""

    key: str
    most: int
    """How many more pods a domain may have than the emptiest."""
    fewest: int
    counts: Mapping[str, int]
    itself: int
    """1 where the pod counts itself."""


class Neighbours:
    """The pod's rules about its neighbours, as the cluster stands at this moment."""

    def __init__(
        self,
        pod: Json,
        nodes: Sequence[NodeInfo],
        guarded: Iterable[tuple[Json, NodeInfo]],
        namespaces: Namespaces,
    ) -> None:
        """`guarded` are the pods with required anti-affinity of their own, each with its node."""
        self._spread = spreads(pod, nodes, "DoNotSchedule")
        wanted = terms.required(pod, terms.AFFINITY, namespaces)
        shunned = terms.required(pod, terms.ANTI_AFFINITY, namespaces)
        self._wanted = [(term, counts(term, nodes)) for term in wanted]
        self._shunned = [(term, counts(term, nodes)) for term in shunned]
        self._first_of_its_kind = all(not found and term.selects(pod) for term, found in self._wanted)
        self._guarded: set[tuple[str, str]] = set()
        for other, node in guarded:
            for term in terms.required(other, terms.ANTI_AFFINITY, namespaces):
                domain = node.topology(term.key)
                if domain is not None and term.selects(pod):
                    self._guarded.add((term.key, domain))

    def objection(self, node: NodeInfo) -> str:
        """Why the pod may not be on this node; empty where it may."""
        return self._spread_objection(node) or self._affinity_objection(node)

    def _spread_objection(self, node: NodeInfo) -> str:
        for rule in self._spread:
            domain = node.topology(rule.key)
            if domain is None:
                return SPREAD_LABEL
            if rule.counts.get(domain, 0) + rule.itself - rule.fewest > rule.most:
                return SPREAD
        return ""

    def _affinity_objection(self, node: NodeInfo) -> str:
        for term, found in self._wanted:
            domain = node.topology(term.key)
            if domain is None or (not found.get(domain) and not self._first_of_its_kind):
                return AFFINITY
        for term, found in self._shunned:
            domain = node.topology(term.key)
            if domain is not None and found.get(domain):
                return ANTI_AFFINITY
        for key, domain in self._guarded:
            if node.topology(key) == domain:
                return EXISTING_ANTI_AFFINITY
        return ""


def counts(term: Term, nodes: Iterable[NodeInfo]) -> Counter[str]:
    """How many pods the term selects in each domain."""
    found: Counter[str] = Counter()
    for node in nodes:
        domain = node.topology(term.key)
        if domain is not None:
            number = sum(term.selects(other) for other, _ in node.pods.values())
            if number:
                found[domain] += number
    return found


def spreads(pod: Json, nodes: Sequence[NodeInfo], otherwise: str) -> list[Spread]:
    """The pod's spread constraints of one kind: `DoNotSchedule` or `ScheduleAnyway` where they can't be met."""
    return [
        _spread(pod, one, nodes)
        for one in pod["spec"].get("topologySpreadConstraints") or ()
        if one.get("whenUnsatisfiable", "DoNotSchedule") == otherwise
    ]


def _spread(pod: Json, constraint: Json, nodes: Iterable[NodeInfo]) -> Spread:
    """Domains that the pod may not use at all don't count, empty ones do."""
    key = constraint["topologyKey"]
    selector = object_selector(constraint.get("labelSelector"))
    alike = {name: labels_of(pod)[name] for name in constraint.get("matchLabelKeys") or () if name in labels_of(pod)}
    found: Counter[str] = Counter()
    for node in nodes:
        domain = node.topology(key)
        if domain is None or not _counts_for(pod, constraint, node):
            continue
        found[domain] += sum(
            namespace_of(other) == namespace_of(pod) and not deleting(other) and _selected(other, selector, alike)
            for other, _ in node.pods.values()
        )
    fewest = min(found.values(), default=0)
    if len(found) < (constraint.get("minDomains") or 1):
        fewest = 0
    return Spread(key, constraint["maxSkew"], fewest, found, int(_selected(pod, selector, alike)))


def _counts_for(pod: Json, constraint: Json, node: NodeInfo) -> bool:
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor" and not fits_node(pod["spec"], node.labels, node.name):
        return False
    honoured = constraint.get("nodeTaintsPolicy", "Ignore") == "Honor"
    return not honoured or untolerated(pod["spec"], node.taints, ("NoSchedule", "NoExecute")) is None


def _selected(pod: Json, selector: LabelSelector | None, alike: Mapping[str, str]) -> bool:
    labels = labels_of(pod)
    return (
        selector is not None
        and selector.matches(labels)
        and all(labels.get(name) == value for name, value in alike.items())
    )
