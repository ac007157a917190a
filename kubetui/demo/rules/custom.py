"""Custom resources and their definitions: what the definition's schema says of an object, and names that must fit."""

from typing import Any

from kubetui.demo.objects import name_of, with_metadata
from kubetui.demo.refusals import Cause, required, wrong_value
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS
from kubetui.demo.schema.structural import settled, unknown, wrongs
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]

_ROOT = ("apiVersion", "kind", "metadata")
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


class CustomRules(Strategy):
    """The rules that a definition's schema makes for its objects."""

    def default(self, obj: Json) -> None:
        schema = self._schema()
        for key in [key for key in obj if key not in _ROOT]:
            field = (schema.get("properties") or {}).get(key)
            if field is not None:
                obj[key] = settled(obj[key], field)
            elif not schema.get("x-kubernetes-preserve-unknown-fields"):
                del obj[key]
        for key, field in (schema.get("properties") or {}).items():
            if key not in obj and "default" in field:
                obj[key] = field["default"]

    def unknown(self, obj: Json) -> list[str]:
        return unknown({key: value for key, value in obj.items() if key not in _ROOT}, self._schema(), "")

    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *self._wrongs(obj)]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        return [*super().validate_update(new, old, subresource), *self._wrongs(new)]

    def _wrongs(self, obj: Json) -> list[Cause]:
        body = {key: value for key, value in obj.items() if key not in _ROOT}
        return wrongs(body, self._schema(), "")

    def _schema(self) -> Json:
        definition = self.registry.find(CUSTOMRESOURCEDEFINITIONS, "", self.resource.key)
        for version in (definition or {}).get("spec", {}).get("versions") or ():
            if version["name"] == self.resource.version:
                schema: Json = (version.get("schema") or {}).get("openAPIV3Schema") or {}
                return schema
        return {}


class DefinitionRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        names = spec.setdefault("names", {})
        kind = names.get("kind", "")
        names.setdefault("singular", kind.lower())
        names.setdefault("listKind", f"{kind}List")
        spec.setdefault("conversion", {"strategy": "None"})

    def admit(self, obj: Json) -> None:
        stored = [version["name"] for version in obj["spec"].get("versions") or () if version.get("storage")]
        obj["status"] = {"conditions": None, "acceptedNames": {"kind": "", "plural": ""}, "storedVersions": stored}

    def leave(self, obj: Json) -> Json:
        """One that goes says so, and stays until what it has defined has gone."""
        ending = {
            "type": "Terminating",
            "status": "True",
            "lastTransitionTime": self.registry.clock.stamp(),
            "reason": "InstanceDeletionPending",
            "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        }
        status = obj.get("status") or {}
        metadata = obj["metadata"]
        finalizers = [*(one for one in metadata.get("finalizers") or () if one != CLEANUP), CLEANUP]
        # The deletion of a definition is a write of its own kind, which neither counts nor gives a time.
        left = with_metadata(
            obj, deletionGracePeriodSeconds=None, generation=metadata["generation"] - 1, finalizers=finalizers
        )
        return {**left, "status": {**status, "conditions": [*(status.get("conditions") or ()), ending]}}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        names, versions = spec["names"], spec.get("versions") or []
        for field, value in (("group", spec.get("group")), ("scope", spec.get("scope"))):
            if not value:
                causes.append(required(f"spec.{field}"))
        for field in ("plural", "kind"):
            if not names.get(field):
                causes.append(required(f"spec.names.{field}"))
        wanted = f"{names.get('plural', '')}.{spec.get('group', '')}"
        if name_of(obj) != wanted:
            causes.append(wrong_value("metadata.name", name_of(obj), 'must be spec.names.plural+"."+spec.group'))
        if sum(bool(version.get("storage")) for version in versions) != 1:
            detail = "must have exactly one version marked as storage version"
            causes.append(wrong_value("spec.versions", [version.get("name") for version in versions], detail))
        for at, version in enumerate(versions):
            if not (version.get("schema") or {}).get("openAPIV3Schema"):
                causes.append(required(f"spec.versions[{at}].schema.openAPIV3Schema", "schemas are required"))
        return causes

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        return [] if subresource else self.validate(new)
