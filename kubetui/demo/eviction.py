"""Eviction: a pod is deleted only where its disruption budget has room, and that room shrinks at once."""

from typing import Any

from kubetui.demo.conditions import is_true, with_condition
from kubetui.demo.objects import deleting, labels_of, name_of, namespace_of
from kubetui.demo.refusals import conflict, too_many_requests
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODDISRUPTIONBUDGETS, PODS
from kubetui.demo.selectors import object_selector

Json = dict[str, Any]


def evict(registry: Registry, pod: Json, *, grace: int | None = None, user: str = "", dry_run: bool = False) -> None:
    """Deletes a pod. 429 where its budget has no room, 409 where it has two."""
    phase = (pod.get("status") or {}).get("phase")
    if phase not in ("Pending", "Succeeded", "Failed") and not deleting(pod):
        _disrupt(registry, pod, dry_run=dry_run)
        if not dry_run:
            _note(registry, pod)
    registry.delete(PODS, namespace_of(pod), name_of(pod), grace=grace, user=user, dry_run=dry_run)


def _note(registry: Registry, pod: Json) -> None:
    """Writes onto the pod why it goes."""
    target = {
        "type": "DisruptionTarget",
        "observedGeneration": pod["metadata"]["generation"],
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": registry.clock.stamp(),
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    status = pod.get("status") or {}
    noted = {**status, "conditions": with_condition(status.get("conditions") or (), target)}
    registry.update(PODS, {**pod, "status": noted}, subresource="status")


def _is_free_to_go(pod: Json, budget: Json) -> bool:
    """Whether the budget lets a pod go that is not ready, as its policy for such pods has it."""
    if is_true(pod, "Ready"):
        return False
    status = budget.get("status") or {}
    desired = status.get("desiredHealthy", 0)
    always = (budget.get("spec") or {}).get("unhealthyPodEvictionPolicy") == "AlwaysAllow"
    return always or bool(desired and status.get("currentHealthy", 0) >= desired)


def _disrupt(registry: Registry, pod: Json, *, dry_run: bool) -> None:
    budgets = [
        budget
        for budget in registry.list(PODDISRUPTIONBUDGETS, namespace_of(pod))
        if (selector := object_selector((budget.get("spec") or {}).get("selector"))) is not None
        and selector.matches(labels_of(pod))
    ]
    if len(budgets) > 1:
        raise conflict(
            PODS,
            name_of(pod),
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        )
    for budget in budgets:
        if _is_free_to_go(pod, budget):
            continue
        status = budget.get("status") or {}
        allowed = status.get("disruptionsAllowed", 0)
        if allowed <= 0:
            needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
            told = f"The disruption budget {name_of(budget)} needs {needs} healthy pods and has {has} currently"
            raise too_many_requests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                [{"reason": "DisruptionBudget", "message": told}],
            )
        if not dry_run:
            gone = {**(status.get("disruptedPods") or {}), name_of(pod): registry.clock.stamp()}
            new = {**status, "disruptionsAllowed": allowed - 1, "disruptedPods": gone}
            registry.update(PODDISRUPTIONBUDGETS, {**budget, "status": new}, subresource="status")
