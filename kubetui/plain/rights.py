"""What this user may see and do, asked of the server review by review. Part of `check`."""

import asyncio
from collections.abc import Iterable

from kubetui.client.api import Api
from kubetui.kinds.builtin import BUILTIN, by_name
from kubetui.live.permissions import may
from kubetui.plain.finding import Finding, Mark
from kubetui.resource import Resource

_DEEDS = (
    ("delete pods", "delete", by_name("pods").resource, ""),
    ("scale deployments", "patch", by_name("deployments").resource, "scale"),
    ("read logs", "get", by_name("pods").resource, "log"),
)


async def may_read(api: Api, namespace: str) -> Finding:
    """Whether every kind of the board may be listed and watched: everywhere, or else in that namespace."""
    kinds = [kind.resource for kind in BUILTIN]
    everywhere = await asyncio.gather(*(_reads(api, kind, "") for kind in kinds))
    rest = [kind for kind, yes in zip(kinds, everywhere, strict=True) if not yes]
    inside = await asyncio.gather(*(_reads(api, kind, namespace) for kind in rest if kind.namespaced))
    here = [kind for kind, yes in zip((kind for kind in rest if kind.namespaced), inside, strict=True) if yes]
    never = [kind for kind in rest if kind not in here]
    said = [f"may list and watch {_names(kinds)} everywhere"] if not rest else []
    if here:
        said.append(f"may list and watch {_names(here)} in the namespace {namespace}, not everywhere")
    if never:
        said.append(f"may not list and watch {_names(never)}")
    if any(kind.namespaced for kind in never):
        said.append(f"ask for a role with list and watch on them in {namespace}, or name another namespace with -n")
        return Finding(Mark.SHORT, "read", "; ".join(said))
    return Finding(Mark.NOTE if rest else Mark.WELL, "read", "; ".join(said))


async def may_act(api: Api, namespace: str) -> Finding:
    """Whether the user may do there what keys are for. Who may not is told so, and can still look."""
    answers = await asyncio.gather(*(may(api, verb, resource, namespace, part) for _, verb, resource, part in _DEEDS))
    allowed = [what for (what, *_), yes in zip(_DEEDS, answers, strict=True) if yes]
    refused = [what for (what, *_), yes in zip(_DEEDS, answers, strict=True) if not yes]
    said = [f"may {', '.join(allowed)} in the namespace {namespace}"] if allowed else []
    said += [f"may not {', '.join(refused)} in the namespace {namespace}"] if refused else []
    return Finding(Mark.NOTE if refused else Mark.WELL, "act", "; ".join(said))


async def _reads(api: Api, kind: Resource, namespace: str) -> bool:
    return all(await asyncio.gather(*(may(api, verb, kind, namespace) for verb in ("list", "watch"))))


def _names(kinds: Iterable[Resource]) -> str:
    return ", ".join(kind.plural for kind in kinds)
