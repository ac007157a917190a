"""Why a pod has no node, in the words of kube-scheduler (FitError of pkg/scheduler/framework/types.go). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kubetui.demo.scheduler.filters import Objection

ELSEWHERE = Objection(("node(s) didn't satisfy plugin(s) [NodeAffinity]",), final=True)
"""What stands for the nodes that a pod does not name, where it names some."""

NO_VICTIMS = "No preemption victims found for incoming pod"
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NEVER = "not eligible due to preemptionPolicy=Never."
TERMINATING = "not eligible due to a terminating pod on the nominated node."


def refused(total: int, refusal: str) -> str:
    """No node will do, whichever it is."""
    return f"0/{total} nodes are available: {refusal}. not found"


def unfit(total: int, objections: Iterable[Objection], preemption: str) -> str:
    """Each of the nodes is wrong for a reason. `preemption` is why taking the place of others didn't help."""
    if not total:
        return "no nodes available to schedule pods"
    text = counted(total, Counter(reason for one in objections for reason in one.reasons))
    return f"{text} no new claims to deallocate, preemption: {preemption}" if preemption else text


def counted(total: int, reasons: Mapping[str, int]) -> str:
    """Reasons with their numbers, sorted as texts."""
    told: Sequence[str] = sorted(f"{number} {reason}" for reason, number in reasons.items())
    return f"0/{total} nodes are available: {', '.join(told)}."
