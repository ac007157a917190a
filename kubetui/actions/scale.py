"""Scale: how many replicas a workload wants."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubetui.actions.action import (
    LEFT_ALONE,
    Action,
    Answers,
    Number,
    Question,
    Risk,
    Target,
    command,
    counted,
    has_subresource,
    is_namesake,
)
from kubetui.client.api import Api
from kubetui.client.errors import Rejected
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
        # Of a custom resource, the server heeds no uid in a merge patch or an update of its scale; a test it does.
        patch = [
            {"op": "test", "path": "/metadata/uid", "value": target.uid},
            {"op": "add", "path": "/spec/replicas", "value": replicas},
        ]
        path = target.kind.resource.path(target.namespace, target.name, "scale")
        try:
            await api.send("PATCH", path, msgspec.json.encode(patch), content_type="application/json-patch+json")
        except Rejected:
            if await is_namesake(api, target):
                return f"{target} {LEFT_ALONE}"
            raise
        was = wanted_replicas(target)
        return f"{target} scaled to {replicas}" + (f" (was {was})" if was is not None else "")


def wanted_replicas(target: Target) -> int | None:
    """What `spec.replicas` says, where the kind reads it."""
    return getattr(getattr(target.object, "spec", None), "replicas", None)
