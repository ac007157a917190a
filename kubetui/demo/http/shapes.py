"""Objects turned into the shape that a client asked for: plain, a table of kubectl's columns, or metadata alone."""

from typing import Any

from kubetui.demo.http.media import METADATA, METADATA_LIST, PLAIN, TABLE
from kubetui.demo.resources import NEW_EVENTS, Resource
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]


class Shaper:
    """Shapes the objects of one request: its resource, its shape, and what `includeObject` says of table rows."""

    def __init__(self, resource: Resource, shape: str, include: str, printers: Printers, now: float) -> None:
        self._resource = resource
        self._include = include or "Metadata"
        self._printer = printers.of(resource)
        self._now = now
        self._faced = resource is NEW_EVENTS
        self.shape = shape

    @property
    def key(self) -> object:
        """What two shapers share that give the same; None where the time of asking matters."""
        if self.shape == PLAIN:
            return "new" if self._faced else "plain"
        return None if self.shape == TABLE else "metadata"

    def one(self, obj: Json) -> Json:
        """A single object."""
        if self.shape == TABLE:
            return self._table([obj], {"resourceVersion": obj["metadata"].get("resourceVersion", "")})
        if self.shape in (METADATA, METADATA_LIST):
            return _metadata(obj)
        return new_event(obj) if self._faced else obj

    def row(self, obj: Json, *, first: bool) -> Json:
        """The object of a watch event; a table has its columns in the first event alone."""
        shaped = self.one(obj)
        if self.shape == TABLE and not first:
            shaped["columnDefinitions"] = None
        return shaped

    def listed(self, objects: list[Json], metadata: Json) -> Json:
        """A list of objects."""
        if self.shape == TABLE:
            return self._table(objects, metadata)
        if self.shape in (METADATA, METADATA_LIST):
            return {
                "kind": METADATA_LIST,
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": [_metadata(obj) for obj in objects],
            }
        return {
            "kind": self._resource.listed_as,
            "apiVersion": self._resource.api_version,
            "metadata": metadata,
            "items": objects if self._resource.custom else [_untyped(self.one(obj)) for obj in objects],
        }

    def _table(self, objects: list[Json], metadata: Json) -> Json:
        rows = []
        for obj in objects:
            cells, conditions = self._printer.cells(obj, self._now)
            row: Json = {"cells": cells}
            if conditions:
                row["conditions"] = conditions
            if self._include == "Object":
                row["object"] = obj
            elif self._include == "Metadata":
                row["object"] = _metadata(obj)
            else:
                row["object"] = None
            rows.append(row)
        return {
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "columnDefinitions": self._printer.definitions,
            "rows": rows,
        }


_RENAMED = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}


def new_event(obj: Json) -> Json:
    """A core/v1 Event as events.k8s.io/v1 tells it."""
    found = {_RENAMED.get(key, key): value for key, value in obj.items() if value not in (None, {}, "")}
    return {**found, "apiVersion": NEW_EVENTS.api_version, "eventTime": obj.get("eventTime")}


def _metadata(obj: Json) -> Json:
    return {"kind": METADATA, "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _untyped(obj: Json) -> Json:
    return {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
