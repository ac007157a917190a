"""Two answers of one server to the same question: its list of a user's rules, and its verdict on each right."""

import asyncio
from itertools import product

from kubetui.client.api import connect
from kubetui.client.kubeconfig import Kubeconfig
from kubetui.kinds.builtin import by_name
from kubetui.live.permissions import may
from kubetui.live.rights import Right, Rights

VERBS = ("get", "list", "watch", "delete", "patch", "create")
WHAT = (("pods", ""), ("pods", "log"), ("deployments", ""), ("deployments", "scale"), ("nodes", ""), ("services", ""))


async def disagreements(kubeconfig: Kubeconfig, context: str, namespace: str) -> list[str]:
    """The rights of which one answer says yes and the other no; and a line where the rules are no whole answer."""
    api = await connect(kubeconfig.access(context))
    rights = Rights(api)
    try:
        await rights.learn(namespace)
        gate = asyncio.Semaphore(8)

        async def differs(verb: str, plural: str, part: str) -> str:
            resource = by_name(plural).resource
            right = Right(verb, resource.group, f"{plural}/{part}" if part else plural)
            forbidden = rights.forbid(right, namespace, "any")
            async with gate:
                allowed = await may(api, verb, resource, namespace if resource.namespaced else "", part)
            return "" if allowed is not forbidden else f"{context}: {right} is {'allowed' if allowed else 'refused'}"

        asked = (differs(verb, plural, part) for verb, (plural, part) in product(VERBS, WHAT))
        return [told for told in await asyncio.gather(*asked) if told]
    finally:
        await rights.close()
        await api.close()
