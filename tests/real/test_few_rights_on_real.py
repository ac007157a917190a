"""People with few rights on a real control plane: each has a useful board, and is told what is forbidden."""

from dataclasses import dataclass

import pytest

from kubetui.live import reflector
from kubetui.live.state import Phase
from tests.controlplane.plane import ControlPlane
from tests.faults.chair import SHOWN
from tests.faults.line import Line
from tests.real.explorer import counting, exploring, kubectl, lists_what_kubectl_does, panes
from tests.real.scene import SHOP, Scene, through
from tests.real.shapes import make

pytestmark = pytest.mark.real

GROUPS = ["", "apps", "discovery.k8s.io"]


@dataclass(frozen=True)
class Rights:
    """What a service account may do, and what it sees."""

    name: str
    verbs: tuple[str, ...]
    told: tuple[str, ...]
    """On the screen."""
    resources: tuple[str, ...] = SHOWN
    """What it may do that with."""
    namespaces: tuple[str, ...] = ()
    """Where; empty means everywhere."""
    asks: str | None = None
    """The namespaces it asks for."""
    phase: Phase = Phase.LIVE
    """How pods are read."""
    scope: tuple[str, ...] = ("-A",)
    """Where kubectl lists the pods that are to be seen."""


LOOKS = ("get", "list", "watch")
IN_SHOP = ("-n", SHOP)

RIGHTS = (
    Rights("lists", ("get", "list"), ("◔ polled",), phase=Phase.POLLED),
    Rights("watches", ("get", "watch"), ("● live",)),
    Rights("stays", LOOKS, ("● live", "⊘ forbidden: list nodes"), namespaces=(SHOP,), scope=IN_SHOP),
    Rights("names", LOOKS, ("● live", f"⊘ only in {SHOP}, default"), namespaces=(SHOP, "default"), scope=IN_SHOP,
           asks=f"{SHOP},default,kube-system"),
    Rights("podsonly", LOOKS, ("● live", "⊘ forbidden: list nodes", "⊘ forbidden: list services"), resources=("pods",)),
)  # fmt: skip


async def a_person(plane: ControlPlane, rights: Rights) -> str:
    """Gives a service account those rights; its token."""
    rules = [{"apiGroups": GROUPS, "resources": list(rights.resources), "verbs": list(rights.verbs)}]
    group, name = "rbac.authorization.k8s.io", rights.name
    made = []
    for namespace in rights.namespaces or ("",):
        kind = "Role" if namespace else "ClusterRole"
        meta = {"name": name, **({"namespace": namespace} if namespace else {})}
        subject = {"kind": "ServiceAccount", "name": name, "namespace": SHOP}
        role = {"apiGroup": group, "kind": kind, "name": name}
        head = {"apiVersion": f"{group}/v1", "metadata": meta}
        made += [{**head, "kind": kind, "rules": rules}]
        made += [{**head, "kind": f"{kind}Binding", "roleRef": role, "subjects": [subject]}]
    await kubectl(plane, "create", "serviceaccount", name, "-n", SHOP)
    make(plane, *made)
    return (await kubectl(plane, "create", "token", name, "-n", SHOP)).strip()


@pytest.mark.parametrize("rights", RIGHTS, ids=lambda rights: rights.name)
async def test_what_may_be_read_is_kept_equal_and_what_may_not_is_told(
    rights: Rights, shop_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflector, "POLL", 1.0)
    monkeypatch.setattr(reflector, "POLITE", 1)
    plane = shop_plane
    user = {"token": await a_person(plane, rights)}
    with counting(monkeypatch) as asked:
        async with Line(plane.port) as line:
            it = Scene(plane, line, asked)
            kubeconfig = through(plane, line, user=user, namespace=SHOP if rights.namespaces else "")
            async with exploring(plane, kubeconfig=kubeconfig, namespace=rights.asks) as it.person:
                await it.person.sees(*rights.told, "web-", seconds=30)
                await it.stirs()
                assert await lists_what_kubectl_does(it.person, plane, "pods", *rights.scope) >= 4
                assert panes(it.person)["pods"].state.phase is rights.phase
                await it.person.press("f4")
                await it.person.sees("⊘ctrl-d delete")
                assert it.cost <= 150


async def test_who_may_nothing_is_told_what_is_forbidden_and_asks_seldom(
    shop_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(monkeypatch) as asked:
        async with Line(shop_plane.port) as line:
            it = Scene(shop_plane, line, asked)
            kubeconfig = through(shop_plane, line, user={"token": "nobodytoken"})
            async with exploring(shop_plane, kubeconfig=kubeconfig) as it.person:
                everything = [f"⊘ forbidden: list {plural}" for plural in ("nodes", "deployments", "services", "pods")]
                await it.person.sees(*everything, "If you may read some namespaces", seconds=30)
                await it.person.pilot.pause(3)
                assert it.cost <= 60
