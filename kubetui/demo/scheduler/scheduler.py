"""The scheduling loop: one pod at a time, the most important first, each bound to the best node or told why not."""

import heapq
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count

from kubetui.demo.clock import Clock
from kubetui.demo.conditions import condition, with_condition
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, controller_of, deleting, name_of, namespace_of, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.registry import Registry
from kubetui.demo.resources import NODES, PERSISTENTVOLUMECLAIMS, PODS
from kubetui.demo.scheduler.demand import Demand, demand_of
from kubetui.demo.scheduler.filters import HOPELESS, objections
from kubetui.demo.scheduler.nodes import ZONE, NodeInfo, node_name
from kubetui.demo.scheduler.preemption import best, priority_of, victims_on
from kubetui.demo.scheduler.scores import scores
from kubetui.demo.scheduler.topology import Neighbours
from kubetui.demo.scheduler.volumes import Claims

NAME = "default-scheduler"
PORTION = 20
"""How many pods are looked at before the loop gets its turn."""

ENOUGH = 30
"""How many nodes that fit are scored; the search goes on from where the last one ended. kube-scheduler scores at
least 100: here a pod has to be placed in a millisecond."""

FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 10.0
"""Seconds for which a pod that fits nowhere is left alone after each attempt, doubled each time."""

LOOK_AGAIN = 300.0
"""Seconds after which a pod that fits nowhere is tried again although nothing seems to have changed."""

VICTIM_REASON = "PreemptionByScheduler"


class Scheduler:
    """Binds pods that name it as their scheduler and have no node."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._nodes: dict[str, NodeInfo] = {}
        self._order: list[NodeInfo] = []
        self._start_at = 0
        self._zones: dict[str, Counter[str]] = {}
        self._guarded: dict[str, tuple[Json, NodeInfo]] = {}
        self._active: list[tuple[int, int, Key]] = []
        self._arrivals = count()
        self._queued: set[Key] = set()
        self._hopeless: dict[Key, float] = {}
        self._attempts: dict[Key, int] = {}
        self._awaited: dict[Key, str] = {}
        self._scheduled = False

    def start(self) -> None:
        """Take up the nodes and pods that are there, and from now on each that changes."""
        self._registry.subscribe(NODES, self._node_changed)
        self._registry.subscribe(PODS, self._pod_changed)
        self._registry.subscribe(PERSISTENTVOLUMECLAIMS, self._claim_changed)
        for node in self._registry.list(NODES):
            self._node_changed("ADDED", node, None)
        for pod in self._registry.list(PODS):
            self._pod_changed("ADDED", pod, None)

    # What is known.

    def _node_changed(self, event: str, node: Json, old: Json | None) -> None:
        name = name_of(node)
        if event == "DELETED":
            info = self._nodes.get(name)
            if info is not None:
                info.node = None
                self._order = [one for one in self._order if one is not info]
            return
        if old is not None and _schedulable_part(old) == _schedulable_part(node):
            return
        info = self._info(name)
        new = info.node is None
        info.describe(node)
        if new:
            self._order.append(info)
        self._reconsider()

    def _info(self, name: str) -> NodeInfo:
        info = self._nodes.get(name)
        if info is None:
            info = self._nodes[name] = NodeInfo(name)
        return info

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        key = key_of(pod)
        node = node_name(pod)
        finished = event == "DELETED" or (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if node:
            self._forget(key)
            self._account(pod, self._info(node), present=not finished)
            if finished:
                self._reconsider()
        elif event == "DELETED" or deleting(pod):
            self._forget(key)
        elif (old is None or pod["spec"] != old["spec"]) and _is_ours(pod):
            self._attempts.pop(key, None)
            self._queue(key, pod)

    def _account(self, pod: Json, info: NodeInfo, *, present: bool) -> None:
        uid = uid_of(pod)
        owner = controller_of(pod)
        if present == (uid in info.pods):
            if present:
                info.add(pod)
            return
        zone = info.labels.get(ZONE, "")
        if present:
            info.add(pod)
            if ((pod["spec"].get("affinity") or {}).get("podAntiAffinity") or {}).get(
                "requiredDuringSchedulingIgnoredDuringExecution"
            ):
                self._guarded[uid] = (pod, info)
        else:
            info.remove(pod)
            self._guarded.pop(uid, None)
        if owner is not None:
            counts = self._zones.setdefault(owner["uid"], Counter())
            counts[zone] += 1 if present else -1
            if not +counts:
                del self._zones[owner["uid"]]

    def _claim_changed(self, event: str, claim: Json, old: Json | None) -> None:
        for key in [key for key in self._awaited if key[0] == namespace_of(claim)]:
            pod = self._registry.find(PODS, *key)
            if pod is None:
                del self._awaited[key]
            else:
                claims = Claims(self._registry, pod)
                if not claims.waiting and not claims.refusal:
                    self._bind(pod, self._awaited.pop(key))
        self._reconsider()

    # The queue.

    def _queue(self, key: Key, pod: Json) -> None:
        if key in self._queued or key in self._awaited:
            return
        self._queued.add(key)
        self._hopeless.pop(key, None)
        heapq.heappush(self._active, (-priority_of(pod), next(self._arrivals), key))
        self._soon()

    def _soon(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._clock.call_later(0.0, self._run)

    def _forget(self, key: Key) -> None:
        self._hopeless.pop(key, None)
        self._attempts.pop(key, None)
        self._awaited.pop(key, None)

    def _reconsider(self) -> None:
        """Something changed that may help: pods that fitted nowhere are tried again when their backoff is over."""
        now = self._clock.now()
        for key, ready_at in list(self._hopeless.items()):
            del self._hopeless[key]
            self._clock.call_later(max(0.0, ready_at - now), partial(self._retry, key))

    def _retry(self, key: Key) -> None:
        pod = self._registry.find(PODS, *key)
        if pod is not None and not node_name(pod) and not deleting(pod):
            self._queue(key, pod)

    def _look_again(self, key: Key, attempt: int) -> None:
        if key in self._hopeless and self._attempts.get(key) == attempt:
            self._retry(key)

    def _run(self) -> None:
        self._scheduled = False
        for _ in range(min(PORTION, len(self._active))):
            _, _, key = heapq.heappop(self._active)
            self._queued.discard(key)
            pod = self._registry.find(PODS, *key)
            if pod is not None and not node_name(pod) and not deleting(pod):
                self._schedule(key, pod)
        if self._active:
            self._soon()

    # One pod.

    def _schedule(self, key: Key, pod: Json) -> None:
        demand = demand_of(pod["spec"])
        claims = Claims(self._registry, pod)
        why: dict[str, list[str]] = {}
        if claims.refusal:
            self._fail(key, pod, demand, why, claims.refusal)
            return
        fitting = self._fitting(pod, demand, claims, why)
        if not fitting:
            self._fail(key, pod, demand, why, "")
            return
        owner = controller_of(pod)
        zones = self._zones.get(owner["uid"], Counter()) if owner is not None else Counter[str]()
        ranked = scores(pod, demand, fitting, zones) if len(fitting) > 1 else [0.0]
        top = max(ranked)
        chosen = fitting[ranked.index(top)].name
        if claims.waiting:
            self._awaited[key] = chosen
            claims.select(chosen)
        else:
            self._bind(pod, chosen)

    def _fitting(self, pod: Json, demand: Demand, claims: Claims, why: dict[str, list[str]]) -> list[NodeInfo]:
        spec = pod["spec"]
        picky = "affinity" in spec or "topologySpreadConstraints" in spec or bool(self._guarded)
        neighbours = Neighbours(pod, self._order, self._guarded.values()) if picky else None
        fitting = []
        total = len(self._order)
        looked = 0
        for step in range(total):
            node = self._order[(self._start_at + step) % total]
            looked += 1
            problems = objections(pod, demand, node, neighbours)
            if not problems and (objection := claims.objection(node)):
                problems = [objection]
            if problems:
                why[node.name] = problems
                continue
            fitting.append(node)
            if len(fitting) >= ENOUGH:
                break
        self._start_at = (self._start_at + looked) % total if total else 0
        return fitting

    def _bind(self, pod: Json, node: str) -> None:
        try:
            bound = self._registry.bind(namespace_of(pod), name_of(pod), node)
        except Refusal:
            return
        message = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self._registry.event(bound, "Scheduled", message, component=NAME, action="Binding")

    def _fail(self, key: Key, pod: Json, demand: Demand, why: dict[str, list[str]], refusal: str) -> None:
        attempt = self._attempts.get(key, 0) + 1
        self._attempts[key] = attempt
        nominated, help_text = self._preempt(pod, demand, why)
        message = _message(len(self._order), why, refusal, help_text)
        self._registry.event(pod, "FailedScheduling", message, type="Warning", component=NAME, action="Scheduling")
        self._note(pod, message, nominated)
        backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (attempt - 1))
        self._hopeless[key] = self._clock.now() + backoff
        self._clock.call_later(LOOK_AGAIN, partial(self._look_again, key, attempt))

    def _note(self, pod: Json, message: str, nominated: str) -> None:
        """Writes onto the pod why it has no node."""
        old = condition(pod, "PodScheduled")
        status = pod.get("status") or {}
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
        if nominated:
            new["nominatedNodeName"] = nominated
        if new != status:
            self._registry.update(PODS, with_(pod, status=new), subresource="status")

    def _preempt(self, pod: Json, demand: Demand, why: dict[str, list[str]]) -> tuple[str, str]:
        """Makes room by deleting lesser pods. The node's name, or what to say where that can't help."""
        if not self._order:
            return "", ""
        if pod["spec"].get("preemptionPolicy") == "Never":
            return "", "not eligible due to preemptionPolicy=Never."
        hopeful = [node for node in self._order if node.name in why and not HOPELESS.intersection(why[node.name])]
        candidates = []
        for node in hopeful:
            victims = victims_on(pod, demand, node)
            if victims:
                candidates.append((node, victims))
        if not candidates:
            reasons = Counter[str]()
            if hopeful:
                reasons["No preemption victims found for incoming pod"] = len(hopeful)
            if len(hopeful) < len(self._order):
                reasons["Preemption is not helpful for scheduling"] = len(self._order) - len(hopeful)
            return "", _reasons(len(self._order), reasons)
        node, victims = best(candidates)
        for victim in victims:
            self._evict(victim, pod, node.name)
        return node.name, ""

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


def _message(total: int, why: dict[str, list[str]], refusal: str, help_text: str) -> str:
    if not total:
        return "no nodes available to schedule pods"
    if refusal:
        text = f"0/{total} nodes are available: {refusal}."
    else:
        text = _reasons(total, Counter(reason for reasons in why.values() for reason in reasons))
    return f"{text} preemption: {help_text}" if help_text else text


def _reasons(total: int, reasons: Counter[str]) -> str:
    told: Sequence[str] = sorted(f"{number} {reason}" for reason, number in reasons.items())
    return f"0/{total} nodes are available: {', '.join(told)}."


def _is_ours(pod: Json) -> bool:
    return bool(pod["spec"].get("schedulerName", NAME) == NAME and not pod["spec"].get("schedulingGates"))


def _schedulable_part(node: Json) -> tuple[object, ...]:
    status = node.get("status") or {}
    return node["spec"], node["metadata"].get("labels"), status.get("allocatable"), status.get("images")
