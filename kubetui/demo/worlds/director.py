"""Lets a person direct a running cluster through an object of its own: begin a scenario, change the speed of time.

The ConfigMap `kubetui-demo` in `kube-system` says how fast time passes (`time-scale`) and what is to happen
(`scenario`); what has happened is written back into it (`happened`). Who may change it is for the API server to decide.
"""

from collections.abc import Callable
from functools import partial

from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.objects import Json, name_of, namespace_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import CONFIGMAPS
from kubetui.demo.worlds.scenarios import SCENARIOS

NAMESPACE, NAME = "kube-system", "kubetui-demo"


class Director:
    """Follows the ConfigMap."""

    def __init__(self, plane: ControlPlane, time_scale: float, change_speed: Callable[[float], None]) -> None:
        self._plane = plane
        self._scale = time_scale
        self._change_speed = change_speed

    def start(self) -> None:
        """Writes the ConfigMap and follows it from now on."""
        data = {"time-scale": f"{self._scale:g}", "scenario": "", "happened": ""}
        self._plane.registry.create(CONFIGMAPS, {"metadata": {"name": NAME}, "data": data}, NAMESPACE)
        self._plane.registry.subscribe(CONFIGMAPS, self._changed)

    def _changed(self, event: str, obj: Json, old: Json | None) -> None:
        if (namespace_of(obj), name_of(obj)) != (NAMESPACE, NAME) or event == "DELETED":
            return
        data = obj.get("data") or {}
        if data != ((old or {}).get("data") or {}):
            self._plane.clock.call_later(0.0, partial(self._follow, data))

    def _follow(self, data: dict[str, str]) -> None:
        said = []
        speed = data.get("time-scale", "")
        if speed and speed != f"{self._scale:g}":
            said.append(self._hurry(speed))
        if data.get("scenario"):
            said.append(self._begin(data["scenario"]))
        if said:
            self._answer("; ".join(said))

    def _hurry(self, speed: str) -> str:
        try:
            scale = float(speed)
        except ValueError:
            scale = 0.0
        if not 0 < scale <= 1_000:
            return f"time-scale: {speed!r} is no number between 0 and 1000"
        self._scale = scale
        self._change_speed(scale)
        return f"time-scale: {scale:g}"

    def _begin(self, name: str) -> str:
        scenario = SCENARIOS.get(name)
        if scenario is None:
            return f"{name}: there is no such scenario; those there are: {', '.join(SCENARIOS)}"
        try:
            return f"{name}: {scenario.begin(self._plane)}. {scenario.watch}"
        except LookupError as why:
            return f"{name}: {why.args[0]}"
        except Refusal as refusal:
            return f"{name}: {refusal}"

    def _answer(self, said: str) -> None:
        current = self._plane.registry.find(CONFIGMAPS, NAMESPACE, NAME)
        if current is not None:
            data = {**(current.get("data") or {}), "time-scale": f"{self._scale:g}", "scenario": "", "happened": said}
            self._plane.registry.update(CONFIGMAPS, with_(current, data=data))
