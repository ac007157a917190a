"""Rules about where other pods are: affinity, anti-affinity and topology spread, computed once for each pod. Pure.

Each rule counts the pods it selects in each domain of a label (a zone, a host) and then judges a node by its domain.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from kubetui.demo.objects import Json, deleting, labels_of, namespace_of
from kubetui.demo.scheduler.expressions import fits_node, pod_term_matches, required_terms
from kubetui.demo.scheduler.nodes import NodeInfo
from kubetui.demo.selectors import object_selector

AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
SPREAD = "node(s) didn't match pod topology spread constraints"
SPREAD_LABEL = f"{SPREAD} (missing required label)"


class Neighbours:
    """The pod's rules about its neighbours, as the cluster stands at this moment."""

    def __init__(self, pod: Json, nodes: Sequence[NodeInfo], guarded: Iterable[tuple[Json, NodeInfo]]) -> None:
        """`guarded` are the pods with required anti-affinity of their own, each with its node."""
        self._spread = [
            (one, _spread_counts(pod, one, nodes))
            for one in pod["spec"].get("topologySpreadConstraints") or ()
            if one.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
        ]
        self._self_labels = labels_of(pod)
        self._wanted = [(term, _counts(pod, term, nodes)) for term in required_terms(pod, "podAffinity")]
        self._shunned = [(term, _counts(pod, term, nodes)) for term in required_terms(pod, "podAntiAffinity")]
        self._first_of_its_kind = all(not counts and pod_term_matches(term, pod, pod) for term, counts in self._wanted)
        self._guarded: set[tuple[str, str]] = set()
        for other, node in guarded:
            for term in required_terms(other, "podAntiAffinity"):
                domain = node.topology(term["topologyKey"])
                if domain is not None and pod_term_matches(term, other, pod):
                    self._guarded.add((term["topologyKey"], domain))

    def objection(self, node: NodeInfo) -> str:
        """Why the pod may not be on this node; empty where it may."""
        return self._spread_objection(node) or self._affinity_objection(node)

    def _spread_objection(self, node: NodeInfo) -> str:
        for constraint, counts in self._spread:
            domain = node.topology(constraint["topologyKey"])
            if domain is None:
                return SPREAD_LABEL
            selector = object_selector(constraint.get("labelSelector"))
            itself = int(selector is not None and selector.matches(self._self_labels))
            fewest = min(counts.values(), default=0)
            if len(counts) < constraint.get("minDomains", 1):
                fewest = 0
            if counts.get(domain, 0) + itself - fewest > constraint["maxSkew"]:
                return SPREAD
        return ""

    def _affinity_objection(self, node: NodeInfo) -> str:
        for term, counts in self._wanted:
            domain = node.topology(term["topologyKey"])
            if domain is None or (not counts.get(domain) and not self._first_of_its_kind):
                return AFFINITY
        for term, counts in self._shunned:
            domain = node.topology(term["topologyKey"])
            if domain is not None and counts.get(domain):
                return ANTI_AFFINITY
        for key, domain in self._guarded:
            if node.topology(key) == domain:
                return EXISTING_ANTI_AFFINITY
        return ""


def _counts(pod: Json, term: Json, nodes: Iterable[NodeInfo]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for node in nodes:
        domain = node.topology(term["topologyKey"])
        if domain is not None:
            found = sum(pod_term_matches(term, pod, other) for other, _ in node.pods.values())
            if found:
                counts[domain] += found
    return counts


def _spread_counts(pod: Json, constraint: Json, nodes: Iterable[NodeInfo]) -> Counter[str]:
    """Matching pods by domain; domains that the pod may not use at all don't count, empty ones do."""
    selector = object_selector(constraint.get("labelSelector"))
    counts: Counter[str] = Counter()
    for node in nodes:
        domain = node.topology(constraint["topologyKey"])
        if domain is None or not fits_node(pod["spec"], node.labels, node.name):
            continue
        counts[domain] += sum(
            selector is not None
            and namespace_of(other) == namespace_of(pod)
            and not deleting(other)
            and selector.matches(labels_of(other))
            for other, _ in node.pods.values()
        )
    return counts
