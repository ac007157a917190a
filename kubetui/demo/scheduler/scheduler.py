"""The scheduling loop: one pod at a time, the most important first, each bound to the best node or told why not."""

from collections import Counter

from kubetui.demo.clock import Clock
from kubetui.demo.conditions import condition, with_condition
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.registry import Registry
from kubetui.demo.resources import NODES, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODDISRUPTIONBUDGETS, PODS
from kubetui.demo.scheduler import wording
from kubetui.demo.scheduler.cluster import Cluster
from kubetui.demo.scheduler.demand import Demand, demand_of
from kubetui.demo.scheduler.expressions import named_nodes
from kubetui.demo.scheduler.filters import Objection, objection
from kubetui.demo.scheduler.nodes import NodeInfo, node_name
from kubetui.demo.scheduler.preemption import best, priority_of, sacrifice_on
from kubetui.demo.scheduler.queue import PodQueue
from kubetui.demo.scheduler.scores import scores
from kubetui.demo.scheduler.topology import Neighbours
from kubetui.demo.scheduler.volumes import Claims

NAME = "default-scheduler"

ENOUGH = 30
"""How many nodes that fit are scored; the search goes on from where the last one ended. kube-scheduler scores at
least 100: here a pod has to be placed in a millisecond."""

VICTIM_REASON = "PreemptionByScheduler"


class Scheduler:
    """Binds pods that name it as their scheduler and have no node."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._cluster = Cluster(registry)
        self._queue = PodQueue(clock, self._schedule, self._priority)
        self._start_at = 0
        self._awaited: dict[Key, str] = {}
        """Pods whose node is chosen, and whose claims are still to be bound."""

    def start(self) -> None:
        """Take up the nodes and pods that are there, and from now on each that changes."""
        self._registry.subscribe(NODES, self._node_changed)
        self._registry.subscribe(PODS, self._pod_changed)
        self._registry.subscribe(PERSISTENTVOLUMECLAIMS, self._claim_changed)
        self._registry.subscribe(PERSISTENTVOLUMES, lambda event, volume, old: self._queue.reconsider())
        for node in self._registry.list(NODES):
            self._node_changed("ADDED", node, None)
        for pod in self._registry.list(PODS):
            self._pod_changed("ADDED", pod, None)

    # What is heard.

    def _node_changed(self, event: str, node: Json, old: Json | None) -> None:
        if event == "DELETED":
            self._cluster.node_went(name_of(node))
        elif old is None or _schedulable_part(old) != _schedulable_part(node):
            self._cluster.node_came(node)
            self._queue.reconsider()

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        key = key_of(pod)
        node = node_name(pod)
        finished = event == "DELETED" or (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if node:
            self._forget(key)
            self._cluster.account(pod, self._cluster.info(node), present=not finished)
            if finished or (old is not None and not node_name(old)):
                self._queue.reconsider()
        elif event == "DELETED" or deleting(pod):
            self._forget(key)
            self._cluster.forget(key)
        elif (old is None or pod["spec"] != old["spec"]) and _is_ours(pod) and key not in self._awaited:
            self._queue.renew(key)

    def _claim_changed(self, event: str, claim: Json, old: Json | None) -> None:
        for key in [key for key in self._awaited if key[0] == namespace_of(claim)]:
            pod = self._registry.find(PODS, *key)
            if pod is None:
                del self._awaited[key]
            else:
                claims = Claims(self._registry, pod)
                if not claims.waiting and not claims.refusal:
                    self._bind(pod, self._awaited.pop(key))
        self._queue.reconsider()

    def _forget(self, key: Key) -> None:
        self._queue.forget(key)
        self._awaited.pop(key, None)

    def _priority(self, key: Key) -> int | None:
        pod = self._registry.find(PODS, *key)
        waits = pod is not None and not node_name(pod) and not deleting(pod) and key not in self._awaited
        return priority_of(pod) if waits and pod is not None else None

    # One pod.

    def _schedule(self, key: Key) -> None:
        pod = self._registry.get(PODS, *key)
        demand = demand_of(pod["spec"])
        claims = Claims(self._registry, pod)
        why: dict[str, Objection] = {}
        if claims.refusal:
            self._fail(key, pod, wording.refused(len(self._cluster.order), claims.refusal))
            return
        neighbours = self._neighbours(pod, self._cluster.order)
        fitting = self._fitting(pod, demand, claims, neighbours, why)
        if not fitting:
            nominated, told = self._preempt(pod, demand, why)
            message = wording.unfit(len(self._cluster.order), why.values(), told)
            self._fail(key, pod, message, nominated, keep=told == wording.TERMINATING)
            return
        zones = self._cluster.zones_of(pod)
        ranked = scores(pod, demand, fitting, self._cluster, zones) if len(fitting) > 1 else [0.0]
        chosen = fitting[ranked.index(max(ranked))].name
        if claims.waiting:
            self._awaited[key] = chosen
            claims.select(chosen)
        else:
            self._bind(pod, chosen)

    def _neighbours(self, pod: Json, nodes: list[NodeInfo]) -> Neighbours | None:
        """The pod's rules about others, where it has any or others have some about it."""
        spec, guarded = pod["spec"], self._cluster.guarded
        if "affinity" not in spec and "topologySpreadConstraints" not in spec and not guarded:
            return None
        return Neighbours(pod, nodes, guarded, self._cluster.namespaces)

    def _fitting(
        self, pod: Json, demand: Demand, claims: Claims, neighbours: Neighbours | None, why: dict[str, Objection]
    ) -> list[NodeInfo]:
        named = named_nodes(pod["spec"]) if "affinity" in pod["spec"] else None
        order = self._cluster.order
        if named is not None:
            why.update((node.name, wording.ELSEWHERE) for node in order if node.name not in named)
            order = [node for node in order if node.name in named]
        fitting: list[NodeInfo] = []
        total = len(order)
        looked = 0
        for step in range(total):
            node = order[(self._start_at + step) % total]
            looked += 1
            problem = objection(pod, demand, self._cluster.with_nominated(pod, node), neighbours)
            problem = problem or claims.objection(node)
            if problem is not None:
                why[node.name] = problem
                continue
            fitting.append(node)
            if len(fitting) >= ENOUGH:
                break
        if named is None:
            self._start_at = (self._start_at + looked) % total if total else 0
        return fitting

    def _bind(self, pod: Json, node: str) -> None:
        try:
            bound = self._registry.bind(namespace_of(pod), name_of(pod), node)
        except Refusal:
            return
        message = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self._registry.event(bound, "Scheduled", message, component=NAME, action="Binding")

    def _fail(self, key: Key, pod: Json, message: str, nominated: str = "", *, keep: bool = False) -> None:
        self._queue.park(key)
        self._registry.event(pod, "FailedScheduling", message, type="Warning", component=NAME, action="Scheduling")
        old = condition(pod, "PodScheduled")
        status = {name: value for name, value in (pod.get("status") or {}).items() if name != "nominatedNodeName"}
        since = old["lastTransitionTime"] if old is not None else self._clock.stamp()
        unschedulable = {
            "type": "PodScheduled",
            "status": "False",
            "lastProbeTime": None,
            "lastTransitionTime": since,
            "observedGeneration": pod["metadata"]["generation"],
            "reason": "Unschedulable",
            "message": message,
        }
        new = {**status, "conditions": with_condition(status.get("conditions") or (), unschedulable)}
        if nominated or keep:
            new["nominatedNodeName"] = nominated or pod["status"]["nominatedNodeName"]
        else:
            self._cluster.forget(key)
        if new != pod.get("status"):
            self._registry.update(PODS, with_(pod, status=new), subresource="status")

    # Preemption.

    def _preempt(self, pod: Json, demand: Demand, why: dict[str, Objection]) -> tuple[str, str]:
        """Makes room by deleting lesser pods. The node's name, or what to say where that can't help."""
        order = self._cluster.order
        if not order:
            return "", ""
        if pod["spec"].get("preemptionPolicy") == "Never":
            return "", wording.NEVER
        before = (pod.get("status") or {}).get("nominatedNodeName")
        if before and any(
            deleting(other) and priority_of(other) < priority_of(pod)
            for other, _ in self._cluster.info(before).pods.values()
        ):
            return "", wording.TERMINATING
        hopeful = [node for node in order if node.name in why and not why[node.name].final]
        budgets = self._registry.list(PODDISRUPTIONBUDGETS)
        candidates = []
        for node in hopeful:

            def fits(trial: NodeInfo, node: NodeInfo = node) -> bool:
                others = [trial if one is node else one for one in order]
                neighbours = self._neighbours(pod, others)
                return objection(pod, demand, self._cluster.with_nominated(pod, trial), neighbours) is None

            found = sacrifice_on(pod, node, fits, budgets)
            if found is not None:
                candidates.append(found)
        if not candidates:
            reasons = Counter[str]()
            if hopeful:
                reasons[wording.NO_VICTIMS] = len(hopeful)
            if len(hopeful) < len(order):
                reasons[wording.NOT_HELPFUL] = len(order) - len(hopeful)
            return "", wording.counted(len(order), reasons)
        chosen = best(candidates)
        for victim in chosen.victims:
            self._evict(victim, pod, chosen.node.name)
        self._cluster.nominate(pod, chosen.node.name)
        return chosen.node.name, ""

    def _evict(self, victim: Json, pod: Json, node: str) -> None:
        if deleting(victim):
            return
        status = victim.get("status") or {}
        target = {
            "type": "DisruptionTarget",
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": self._clock.stamp(),
            "observedGeneration": victim["metadata"]["generation"],
            "reason": VICTIM_REASON,
            "message": f"{NAME}: preempting to accommodate a higher priority pod",
        }
        noted = {**status, "conditions": with_condition(status.get("conditions") or (), target)}
        victim = self._registry.update(PODS, with_(victim, status=noted), subresource="status")
        message = f"Preempted by pod {uid_of(pod)} on node {node}"
        self._registry.event(victim, "Preempted", message, component=NAME, action="Preempting")
        self._registry.delete(PODS, namespace_of(victim), name_of(victim))


def _is_ours(pod: Json) -> bool:
    return bool(pod["spec"].get("schedulerName", NAME) == NAME and not pod["spec"].get("schedulingGates"))


def _schedulable_part(node: Json) -> tuple[object, ...]:
    status = node.get("status") or {}
    return node["spec"], node["metadata"].get("labels"), status.get("allocatable"), status.get("images")
