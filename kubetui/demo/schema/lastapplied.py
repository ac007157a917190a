"""The annotation in which clients that apply by themselves keep what they applied last (fieldmanager). Pure."""

from typing import Any

import msgspec

from kubetui.demo.objects import with_metadata

Json = dict[str, Any]

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
LAST_APPLIED_FOR = "kubectl"
"""The manager for which the server keeps it up to date, so that one can go back to applying by oneself."""
MOST = 262_144
"""Bytes beyond which it is left as it is."""


def with_last_applied(live: Json, config: Json) -> Json:
    """An object with the annotation, where it has one, telling of a configuration that is about to be applied."""
    annotations = live["metadata"].get("annotations") or {}
    if ANNOTATION not in annotations:
        return live
    metadata = {key: value for key, value in config["metadata"].items() if key != "managedFields"}
    bare = {**config, "metadata": metadata}
    text = msgspec.json.encode(bare, order="sorted").decode() + "\n"
    if len(text) > MOST:
        return live
    return with_metadata(live, annotations={**annotations, ANNOTATION: text})
