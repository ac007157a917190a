"""Objects turned into the shape that a client asked for: plain, a table of kubectl's columns, or metadata alone."""

from typing import Any

from kubetui.demo.http.faces import face_of
from kubetui.demo.http.media import METADATA, METADATA_LIST, PLAIN, TABLE
from kubetui.demo.resources import Resource
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]


class Shaper:
    """Shapes the objects of one request: its resource, its shape, and what `includeObject` says of table rows."""

    def __init__(self, resource: Resource, shape: str, include: str, printers: Printers, now: float) -> None:
        self._resource = resource
        self._include = include or "Metadata"
        self._printer = printers.of(resource)
        self._now = now
        self._face = face_of(resource)
        self.shape = shape

    @property
    def key(self) -> object:
        """What two shapers share that give the same; None where the time of asking matters."""
        if self.shape == PLAIN:
            return self._resource.api_version if self._face is not None else "plain"
        return None if self.shape == TABLE else "metadata"

    def one(self, obj: Json) -> Json:
        """A single object."""
        if self.shape == TABLE:
            return self._table([obj], {"resourceVersion": obj["metadata"].get("resourceVersion", "")})
        if self.shape in (METADATA, METADATA_LIST):
            return _metadata(obj)
        return self._face(obj) if self._face is not None else obj

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
            "items": [self.one(obj) for obj in objects]
            if self._resource.custom
            else [_untyped(self.one(obj)) for obj in objects],
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


def _metadata(obj: Json) -> Json:
    return {"kind": METADATA, "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _untyped(obj: Json) -> Json:
    return {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
