"""`kubetui demo scenario` and `time-scale`: a running built-in cluster is told what is to happen there.

Its director follows the ConfigMap `kube-system/kubetui-demo`. A cluster without that object is none of ours, and
nothing is changed on it.
"""

import asyncio
from pathlib import Path

import msgspec

from kubetui.client import kubeconfig
from kubetui.client.api import Api, connect
from kubetui.client.errors import ApiError, NotFound
from kubetui.plain.complaint import complaint
from kubetui.plain.output import Output
from kubetui.text import sanitise_lines

_CONFIG_MAP = "/api/v1/namespaces/kube-system/configmaps/kubetui-demo"
_MERGE = "application/merge-patch+json"
_PATIENCE = 10.0
"""Seconds within which the director has answered."""
_PAUSE = 0.1


class _ConfigMap(msgspec.Struct):
    data: dict[str, str] = {}


async def direct(file: Path, wish: str, value: str, out: Output) -> int:
    """Writes one wish (`scenario` or `time-scale`) and prints what has happened; 1 where it was not to be."""
    try:
        api = await connect(kubeconfig.load(file).access())
        try:
            told = await _ask(api, wish, value)
        finally:
            await api.close()
    except NotFound:
        out.complain(f"error: the cluster of {file} is not the built-in one: scenarios happen nowhere else")
        return 1
    except ApiError as why:
        out.complain(complaint(why))
        return 1
    except TimeoutError:
        out.complain(f"error: the cluster took the wish for {value}, and did not say within {_PATIENCE:g} s what came")
        return 1
    if told.get("refused"):
        out.complain(f"error: {told['refused']}")
        return 1
    out.write(f"{sanitise_lines(told.get('happened', ''))}\n")
    return 0


async def _ask(api: Api, wish: str, value: str) -> dict[str, str]:
    """What the director has written once it has taken note."""
    patch = {"data": {wish: value, "happened": "", "refused": ""}}
    await api.send("PATCH", _CONFIG_MAP, msgspec.json.encode(patch), content_type=_MERGE)
    async with asyncio.timeout(_PATIENCE):
        while True:
            told = msgspec.json.decode(await api.get(_CONFIG_MAP), type=_ConfigMap).data
            if told.get("happened") or told.get("refused"):
                return told
            await asyncio.sleep(_PAUSE)
