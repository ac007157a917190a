"""Lets a person direct a running cluster through an object of its own: begin a scenario, change the speed of time.

The ConfigMap `kubetui-demo` in `kube-system` says how fast time passes (`time-scale`) and what is to happen
(`scenario`); written back into it is what has happened (`happened`), or why nothing has (`refused`). Who may change it
is for the API server to decide.
"""

from collections.abc import Callable
from functools import partial

from kubetui.demo.clock import FASTEST
from kubetui.demo.objects import Json, name_of, namespace_of, with_
from kubetui.demo.resources import CONFIGMAPS
from kubetui.demo.worlds.scenarios.catalogue import begin
from kubetui.demo.worlds.scenarios.scenario import Impossible, Stage

NAMESPACE, NAME = "kube-system", "kubetui-demo"


class Director:
    """Follows the ConfigMap."""

    def __init__(self, stage: Stage, time_scale: float, change_speed: Callable[[float], None]) -> None:
        self._stage = stage
        self._registry = stage.plane.registry
        self._scale = time_scale
        self._change_speed = change_speed

    def start(self) -> None:
        """Writes the ConfigMap and follows it from now on."""
        data = {"time-scale": f"{self._scale:g}", "scenario": ""}
        self._registry.create(CONFIGMAPS, {"metadata": {"name": NAME}, "data": data}, NAMESPACE)
        self._registry.subscribe(CONFIGMAPS, self._changed)

    def _changed(self, event: str, obj: Json, old: Json | None) -> None:
        if (namespace_of(obj), name_of(obj)) != (NAMESPACE, NAME) or event == "DELETED":
            return
        data = obj.get("data") or {}
        told = data.get("happened") or data.get("refused")
        if data.get("scenario") or self._is_new(data) or not told:
            self._stage.plane.clock.call_later(0.0, partial(self._follow, data))

    def _is_new(self, data: Json) -> bool:
        return bool(data.get("time-scale", "") != f"{self._scale:g}")

    def _follow(self, data: Json) -> None:
        scenario = data.get("scenario", "")
        happened = []
        refused = ""
        try:
            if self._is_new(data) or not scenario:
                happened.append(self._hurry(data.get("time-scale", "")))
            if scenario:
                happened.append(f"{scenario.partition('=')[0]}: {begin(self._stage, scenario)}")
        except Impossible as why:
            refused = str(why)
        self._answer("; ".join(happened), refused)

    def _hurry(self, speed: str) -> str:
        try:
            scale = float(speed)
        except ValueError:
            scale = 0.0
        if not 0 < scale <= FASTEST:
            raise Impossible(f"{speed!r} is no speed of time; it is a number above 0 and at most {FASTEST:g}")
        self._scale = scale
        self._change_speed(scale)
        return f"time-scale: {scale:g}"

    def _answer(self, happened: str, refused: str) -> None:
        current = self._registry.find(CONFIGMAPS, NAMESPACE, NAME)
        if current is not None:
            told = {"time-scale": f"{self._scale:g}", "scenario": "", "happened": happened, "refused": refused}
            self._registry.update(CONFIGMAPS, with_(current, data={**(current.get("data") or {}), **told}))
