"""The engine on a real control plane, without a screen: stores equal to the server, whatever happens to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubetui.client.api import connect
from kubetui.client.discovery import resources
from kubetui.client.kubeconfig import load
from kubetui.kinds.builtin import BUILTIN, find
from kubetui.kinds.kind import Kind
from kubetui.kinds.namespace import NAMESPACE
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.service import SERVICE
from kubetui.kinds.table import table_kind
from kubetui.live.cluster import Cluster
from kubetui.live.state import Phase
from kubetui.live.store import Store
from kubetui.resource import Resource
from tests.controlplane.plane import ControlPlane
from tests.live.engine import Seen
from tests.real.explorer import counting
from tests.real.shapes import a_namespace, a_pod, a_shop, make

pytestmark = pytest.mark.real

LOOKS = 20
"""How often a busy server and a store are compared until they are caught at the same version."""


@asynccontextmanager
async def connected(plane: ControlPlane, context: str = "admin") -> AsyncIterator[Cluster]:
    """A cluster as that context's user, with its probe running."""
    cluster = Cluster(await connect(load(plane.kubeconfig).access(context)))
    cluster.start()
    try:
        yield cluster
    finally:
        await cluster.close()


async def holds_what_kubectl_lists(plane: ControlPlane, store: Store[Any], namespace: str = "") -> None:
    """Looks until the store has the uid and version of everything; several times, as the cluster goes on meanwhile."""
    where = ("-n", namespace) if namespace else ("-A",)
    for _ in range(LOOKS):
        printed = await asyncio.to_thread(plane.kubectl, "get", store.kind.resource.plural, *where, "-o", "json")
        meta = [each["metadata"] for each in json.loads(printed)["items"]]
        wanted = {each["uid"]: each["resourceVersion"] for each in meta}
        known = {each.metadata.uid: each.metadata.resource_version for each in store}
        if known == wanted:
            return
    assert known == wanted


async def test_every_store_holds_what_kubectl_lists_to_the_version(control_plane: ControlPlane) -> None:
    a_shop(control_plane, "engine", 2)
    async with connected(control_plane) as cluster:
        stores: dict[str, Store[Any]] = {kind.resource.plural: cluster.open(kind) for kind in BUILTIN}
        for store in stores.values():
            await Seen(store).until(Phase.LIVE, 20)
            await holds_what_kubectl_lists(control_plane, store)
    control_plane.kubectl("delete", "namespace", "engine", "--wait=false")


async def test_a_kind_without_a_file_of_its_own_is_followed_as_a_table(control_plane: ControlPlane) -> None:
    a_namespace(control_plane, "tables")
    async with connected(control_plane) as cluster:
        served = await resources(cluster.api)
        [maps] = [each for each in served if each.plural == "configmaps"]
        kind: Kind[Any] = table_kind(maps, [("Name", False), ("Data", False), ("Age", False)])
        seen = Seen(cluster.open(kind, ("tables",)))
        await seen.until(Phase.LIVE, 20)
        ask = control_plane.kubectl
        await asyncio.to_thread(ask, "create", "configmap", "one", "-n", "tables", "--from-literal=a=1")
        await seen.holds({"kube-root-ca.crt", "one"}, 30)
        await asyncio.to_thread(ask, "create", "configmap", "two", "-n", "tables")
        await seen.holds({"kube-root-ca.crt", "one", "two"}, 30)
        two = seen.store.named("tables", "two")
        assert two is not None and two.cells[:2] == ("two", 0)
        await asyncio.to_thread(ask, "patch", "configmap", "two", "-n", "tables", "-p", '{"data": {"b": "2"}}')
        await seen.told(("changed", two.metadata.uid))
        await asyncio.to_thread(ask, "delete", "configmap", "one", "-n", "tables")
        await seen.holds({"kube-root-ca.crt", "two"}, 30)
        assert [what for what, _ in seen.changes] == ["added"] * 3 + ["changed", "removed"]
    control_plane.kubectl("delete", "namespace", "tables", "--wait=false")


async def test_discovery_names_what_kubectl_names(control_plane: ControlPlane) -> None:
    lines = control_plane.kubectl("api-resources", "--no-headers").splitlines()
    wanted = {(words[-1], words[-3], words[0]) for words in map(str.split, lines)}
    async with connected(control_plane) as cluster:
        served = await resources(cluster.api)
    assert {(each.kind, each.api_version, each.plural) for each in served if each.verbs} == wanted
    pods = find("pods")
    assert pods is not None and {"log", "exec", "eviction"} <= set(
        next(each for each in served if each.qualified == pods.resource.qualified).subresources
    )


async def test_who_may_not_list_everywhere_reads_the_namespaces_that_are_allowed(control_plane: ControlPlane) -> None:
    make(control_plane, a_pod("allowed", "default"))
    async with connected(control_plane, "viewer") as cluster:
        pods, nodes = Seen(cluster.open(POD)), Seen(cluster.open(NODE))
        await nodes.until(Phase.FORBIDDEN, 20)
        await pods.until(Phase.LIVE, 20)
        assert pods.store.narrowed == ("default",)
        assert "allowed" in pods.names
        assert 'User "viewer" cannot list resource "nodes"' in nodes.store.state.why
    control_plane.kubectl("delete", "pod", "allowed", "-n", "default", "--wait=false")


async def test_who_may_read_nothing_is_told_in_the_servers_words_and_the_server_is_not_stormed(
    control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(monkeypatch) as asked:
        async with connected(control_plane, "nobody") as cluster:
            for kind in BUILTIN:
                state = await Seen(cluster.open(kind)).until(Phase.FORBIDDEN, 20)
                assert f'User "nobody" cannot list resource "{kind.resource.plural}"' in state.why
            await asyncio.to_thread(control_plane.kubectl, "auth", "can-i", "list", "pods")
    assert len([each for each in asked if each.lists]) <= 2 * len(BUILTIN)


async def test_a_frozen_server_is_noticed_within_twelve_seconds_and_watched_on_without_a_list(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    make_pods(plane, "cold", 3)
    with counting(monkeypatch) as asked:
        async with connected(plane) as cluster:
            pods, services = Seen(cluster.open(POD)), Seen(cluster.open(SERVICE))
            for seen in (pods, services):
                await seen.until(Phase.LIVE, 20)
            plane.pause()
            try:
                for seen in (pods, services):
                    await seen.until(Phase.STALE, 12)
                assert pods.names == {"pod-0", "pod-1", "pod-2"}
            finally:
                plane.resume()
            thawed = len(asked)
            for seen in (pods, services):
                await seen.until(Phase.LIVE, 20)
            await asyncio.to_thread(make, plane, a_pod("pod-3", "cold"))
            await pods.holds({"pod-0", "pod-1", "pod-2", "pod-3"}, 30)
    assert not [each for each in asked[thawed:] if each.lists]
    assert len([each for each in asked[thawed:] if each.watches]) <= 4
    added = [uid for what, uid in pods.changes if what == "added"]
    assert len(added) == len(set(added)) == 4


async def test_a_compaction_loses_no_deletion_and_tells_nothing_twice(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    make_pods(plane, "past", 4)
    with counting(monkeypatch) as asked:
        async with connected(plane) as cluster:
            pods, namespaces = Seen(cluster.open(POD, ("past",))), Seen(cluster.open(NAMESPACE))
            await pods.until(Phase.LIVE, 20)
            await namespaces.until(Phase.LIVE, 20)
            uids = {each.metadata.name: each.metadata.uid for each in pods.store}
            began = len(asked)
            await asyncio.to_thread(plane.compact, "/registry/pods/past/pod-1")
            await pods.holds({"pod-0", "pod-2", "pod-3"}, 60)
            await pods.until(Phase.LIVE, 60)
            await asyncio.to_thread(make, plane, a_pod("pod-4", "past"))
            await pods.holds({"pod-0", "pod-2", "pod-3", "pod-4"}, 30)
    assert [uid for what, uid in pods.changes if what == "removed"] == [uids["pod-1"]]
    added = [uid for what, uid in pods.changes if what == "added"]
    assert len(added) == len(set(added)) == 5
    listed = [each for each in asked[began:] if each.lists and each.path.endswith("/pods")]
    assert 1 <= len(listed) <= 3
    assert len(asked) - began < 60


async def test_a_restart_is_told_and_survived_without_a_storm(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    make_pods(plane, "kept", 3)
    with counting(monkeypatch) as asked:
        async with connected(plane) as cluster:
            pods = Seen(cluster.open(POD, ("kept",)))
            await pods.until(Phase.LIVE, 20)
            began = len(asked)
            await asyncio.to_thread(plane.restart)
            await pods.until(Phase.LIVE, 30)
            await asyncio.to_thread(make, plane, a_pod("pod-3", "kept"))
            await pods.holds({"pod-0", "pod-1", "pod-2", "pod-3"}, 30)
    assert Phase.STALE in pods.phases
    assert not [uid for what, uid in pods.changes if what == "removed"]
    assert len(asked) - began < 40


def make_pods(plane: ControlPlane, namespace: str, count: int) -> None:
    """So many pods that stay Pending, there being no nodes."""
    a_namespace(plane, namespace)
    make(plane, *(a_pod(f"pod-{at}", namespace) for at in range(count)))


async def test_who_may_watch_and_not_list_reads_what_kubectl_lists_and_hears_of_each_change(
    control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = control_plane.kubectl
    make_pods(control_plane, "watching", 3)
    ask("create", "role", "looker", "-n", "watching", "--verb=watch", "--resource=pods,configmaps")
    ask("create", "rolebinding", "looker", "-n", "watching", "--role=looker", "--user=nobody")
    maps: Kind[Any] = table_kind(Resource("", "v1", "configmaps", "ConfigMap"), [("Name", False), ("Data", False)])
    with counting(monkeypatch) as asked:
        async with connected(control_plane, "nobody") as cluster:
            pods, tables = Seen(cluster.open(POD, ("watching",))), Seen(cluster.open(maps, ("watching",)))
            for seen in (pods, tables):
                await seen.until(Phase.LIVE, 20)
            assert pods.names == {"pod-0", "pod-1", "pod-2"} and "kube-root-ca.crt" in tables.names
            await asyncio.to_thread(ask, "delete", "pod", "pod-1", "-n", "watching", "--force")
            await asyncio.to_thread(make, control_plane, a_pod("pod-3", "watching"))
            await pods.holds({"pod-0", "pod-2", "pod-3"}, 30)
            await holds_what_kubectl_lists(control_plane, pods.store, "watching")
    assert len([each for each in asked if each.lists]) == 2
    control_plane.kubectl("delete", "namespace", "watching", "--wait=false")
