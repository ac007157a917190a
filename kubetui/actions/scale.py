"""Scale: how many replicas a workload wants."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubetui.actions.action import Action, Answers, Number, Question, Risk, Target, command, counted, has_subresource
from kubetui.client.api import Api
from kubetui.kinds.kind import Kind


class Scale(Action):
    """Set how many replicas a workload wants."""

    name, key, risk, many = "scale", "s", Risk.CHANGES, True

    def applies(self, kind: Kind[Any]) -> bool:
        return has_subresource(kind, "scale")

    def asks(self, targets: Sequence[Target]) -> Question:
        counts = [wanted_replicas(target) for target in targets]
        same = counts[0] if len(set(counts)) == 1 else None
        now = ", ".join("?" if count is None else str(count) for count in counts[:5]) + (" …" if counts[5:] else "")
        replicas = Number("replicas", "Replicas", same, needed=True, note=f"now {now}")
        return Question(f"Scale {counted(targets)}", "Scale", (replicas,))

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("scale", target, f"--replicas={answers['replicas']}")

    async def run(self, api: Api, target: Target, answers: Answers) -> str:
        replicas = int(answers["replicas"])
        body = {"metadata": {"uid": target.uid}, "spec": {"replicas": replicas}}
        path = target.kind.resource.path(target.namespace, target.name, "scale")
        await api.send("PATCH", path, msgspec.json.encode(body), content_type="application/merge-patch+json")
        was = wanted_replicas(target)
        return f"{target} scaled to {replicas}" + (f" (was {was})" if was is not None else "")


def wanted_replicas(target: Target) -> int | None:
    """What `spec.replicas` says, where the kind reads it."""
    return getattr(getattr(target.object, "spec", None), "replicas", None)
