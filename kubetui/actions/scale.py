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
    right_on,
)
from kubetui.client.api import Api
from kubetui.client.errors import Rejected
from kubetui.client.wirejson import decode_answer
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right
from kubetui.live.store import uid_of
from kubetui.read import Object, Read


class Scale(Action):
    """Set how many replicas a workload wants."""

    name, key, risk, many = "scale", "s", Risk.CHANGES, True

    def applies(self, kind: Kind[Any]) -> bool:
        return has_subresource(kind, "scale")

    def needs(self, kind: Kind[Any]) -> Right:
        return right_on(kind, "patch", "scale")

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
        try:
            await api.send(
                "PATCH", _path(target), msgspec.json.encode(patch), content_type="application/json-patch+json"
            )
        except Rejected:
            if await is_namesake(api, target):
                return f"{target} {LEFT_ALONE}"
            raise
        was = wanted_replicas(target)
        return f"{target} scaled to {replicas}" + (f" (was {was})" if was is not None else "")

    async def happened(self, api: Api, target: Target, answers: Answers) -> bool:
        scale = decode_answer(await api.get(_path(target)), _Scale, "a scale")
        return uid_of(scale) == target.uid and scale.spec.replicas == answers["replicas"]


class _Wanted(Read):
    replicas: int = 0


class _Scale(Object):
    """k8s.io/api/autoscaling/v1 Scale."""

    spec: _Wanted = _Wanted()


def _path(target: Target) -> str:
    return target.kind.resource.path(target.namespace, target.name, "scale")


def wanted_replicas(target: Target) -> int | None:
    """What `spec.replicas` says, where the kind reads it."""
    return getattr(getattr(target.object, "spec", None), "replicas", None)
