"""Whatever comes in whatever order: the teller never breaks, stays bounded, and says each line in whole words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.kinds.namespace import Namespace
from kubetui.read import Object
from tests.story.world import HASH, NOW, World, deployment, event, made, node, pod, replicaset

OLD, NEW = f"web-{HASH}", "web-6b8f5d"
OWNERS = {OLD: ("ReplicaSet", OLD), NEW: ("ReplicaSet", NEW), "db": ("StatefulSet", "db"), "lone": None}
PODS = [f"{owner}-{each}" for owner in OWNERS for each in "ab"]


def a_pod(name: str, state: str, going: bool, restarts: int, reason: str) -> Object:
    owner = OWNERS[name.rpartition("-")[0]]
    told = [{"type": "DisruptionTarget", "status": "True", "reason": reason}] if reason else []
    node_ = "node-1" if restarts else "node-2"
    return pod(name, node=node_, state=state, going=going, restarts=restarts, owner=owner, conditions=told)


some_pod = st.builds(
    a_pod,
    st.sampled_from(PODS),
    st.sampled_from(["new", "starting", "running", "ready", "CrashLoopBackOff"]),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from(["", "", "EvictionByEvictionAPI", "PreemptionByScheduler"]),
)
number = st.integers(0, 3)
some_object = st.one_of(
    some_pod,
    some_pod,
    st.builds(deployment, st.just("web"), number, number, number),
    st.builds(replicaset, st.sampled_from([OLD, NEW, "lonely"]), number, number, number),
    st.builds(node, st.sampled_from(["node-1", "node-2"]), st.sampled_from(["True", "False", "Unknown"])),
    st.builds(
        event,
        some_pod,
        st.sampled_from(["FailedScheduling", "Unhealthy", "Pulling", "Pulled", "FailedMount", "FailedCreate"]),
        st.just("a message"),
    ),
    st.builds(event, st.builds(replicaset, st.sampled_from([OLD, NEW]), number), st.just("FailedCreate")),
    st.just(made(Namespace, "default", namespace="")),
    st.just(made(Namespace, "default", namespace="", metadata={"deletionTimestamp": NOW})),
)
deeds = st.lists(st.tuples(st.sampled_from(["sees", "sees", "sees", "loses", "announces", "passes"]), some_object))


@settings(max_examples=150, deadline=None)
@given(deeds)
def test_any_order_of_changes_is_told_without_breaking(given_deeds: list[tuple[str, Object]]) -> None:
    world = World(most=5)
    for count, (deed, obj) in enumerate(given_deeds):
        if deed == "sees":
            world.sees(obj, at=count * 0.7)
        elif deed == "announces":
            world.announces(obj)
        elif deed == "passes":
            world.passes(30)
        elif world.has(obj):
            world.loses(obj, at=count * 0.7)
        lines = world.lines
        assert len(lines) <= 5
        assert all(line.strip() and "None" not in line and "→  →" not in line for line in lines)


@settings(max_examples=50, deadline=None)
@given(deeds)
def test_what_is_no_longer_followed_leaves_no_clock_and_no_memory(given_deeds: list[tuple[str, Object]]) -> None:
    world = World()
    for count, (deed, obj) in enumerate(given_deeds):
        if deed == "sees":
            world.sees(obj, at=count * 0.7)
    world.passes(48 * 3600)
    assert not world.teller.is_running
    assert all(not each.is_open for each in world.episodes)
    held = {f"{type(each).__name__}.{name}": value for each in world.narrators for name, value in vars(each).items()}
    assert {name for name, value in held.items() if isinstance(value, dict | set) and value} <= {
        "HealingNarrator._lost"
    }
