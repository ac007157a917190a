"""ReplicationControllers: the older form of ReplicaSets, whose selector is a plain map of labels."""

from typing import Any

from kubetui.demo.refusals import Cause, wrong_value
from kubetui.demo.rules.podchecks import pod_spec
from kubetui.demo.rules.podspec import default_pod_spec
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


class ReplicationControllerRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        template = spec.setdefault("template", {})
        default_pod_spec(template.setdefault("spec", {}))
        labels = (template.get("metadata") or {}).get("labels") or {}
        spec["selector"] = spec.get("selector") or dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)

    def admit(self, obj: Json) -> None:
        obj["status"] = {"replicas": 0}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        labels = (spec["template"].get("metadata") or {}).get("labels") or {}
        if any(labels.get(name) != value for name, value in spec["selector"].items()) or not spec["selector"]:
            detail = "`selector` does not match template `labels`"
            causes.append(wrong_value("spec.template.metadata.labels", labels or None, detail))
        return [*causes, *pod_spec("spec.template.spec", spec["template"]["spec"])]
