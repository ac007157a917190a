"""All scenarios by name, each with one line of what to look at: what the command lists, and what docs/demo.md says."""

from collections.abc import Mapping
from difflib import get_close_matches

from kubetui.demo.refusals import Refusal
from kubetui.demo.worlds.scenarios import api, load, nodes, pods, rollouts, shortages
from kubetui.demo.worlds.scenarios.drain import drain
from kubetui.demo.worlds.scenarios.scenario import Impossible, Scenario, Stage

SCENARIOS: Mapping[str, Scenario] = {
    "pod-killed": Scenario("A pod goes, and its ReplicaSet has made another before it is gone.", pods.killed, "POD"),
    "node-dies": Scenario(
        "After 50 s the node is NotReady and traffic has moved; after 350 s its pods are replaced.", nodes.die, "NODE"
    ),
    "zone-dies": Scenario(
        "All nodes of one zone fall silent: spread-out workloads keep answering.", nodes.zone_dies, "ZONE"
    ),
    "network-split": Scenario(
        "The node looks dead, yet its containers run on: no restarts afterwards.", nodes.split, "NODE"
    ),
    "cordon": Scenario("The node keeps its pods and gets no new ones.", nodes.cordon, "NODE"),
    "drain": Scenario(
        "The node empties, as fast as disruption budgets allow; only daemons stay.",
        drain,
        "NODE",
    ),
    "nodes-return": Scenario(
        "Dead, cut-off and closed nodes are back; pods that were replaced come to their end.", nodes.come_back, "NODE"
    ),
    "rolling-update": Scenario("New pods come and old ones go, a quarter at a time.", rollouts.update, "DEPLOYMENT"),
    "bad-rollout": Scenario(
        "The new pods never get ready, so the old ones stay; `rollback` ends it.", rollouts.never_ready, "DEPLOYMENT"
    ),
    "rollback": Scenario(
        "The old ReplicaSet grows again, under the newest revision, and the new one goes.",
        rollouts.back,
        "DEPLOYMENT",
    ),
    "crash-loop": Scenario(
        "The new pods crash before they are ready, and wait ever longer: 10 s, 20 s, 40 s … 5 min.",
        rollouts.crashing,
        "DEPLOYMENT",
    ),
    "image-typo": Scenario(
        "The new image can't be pulled: ErrImagePull, then ImagePullBackOff.", rollouts.typo, "DEPLOYMENT"
    ),
    "out-of-memory": Scenario(
        "Containers eat their memory and are OOMKilled, exit code 137.", rollouts.leaking, "DEPLOYMENT"
    ),
    "quota-exceeded": Scenario(
        "The ReplicaSet gets one pod more and is refused the others: FailedCreate says why.",
        shortages.quota,
        "DEPLOYMENT",
    ),
    "unschedulable": Scenario(
        "The pod `solver` asks for more than any node has; its events say so.", shortages.unschedulable
    ),
    "pvc-pending": Scenario(
        "The claim `archive` names a StorageClass that is not there, so its pod waits.", shortages.claim
    ),
    "load-spike": Scenario(
        "Use of cpu rises and the autoscaler adds pods; 5 min later both fall again.",
        load.spike,
        "DEPLOYMENT",
    ),
    "api-silent": Scenario(
        "Connections stay open and no answer comes; then all that has happened arrives.",
        api.silent,
        "SECONDS",
    ),
    "api-restart": Scenario(
        "Connections are cut and refused; then everything is listed anew, and nothing is lost.",
        api.restart,
        "SECONDS",
    ),
    "token-expired": Scenario(
        "What is asked anew (a manifest, logs) ends in 401, watches go on; then a new token comes.",
        api.expire,
        "SECONDS",
    ),
}
"""What can be started, by name."""


def begin(stage: Stage, wish: str) -> str:
    """Begins `NAME` or `NAME=VALUE`; returns what it happens to and what to look at. Impossible where it can't."""
    name, _, given = wish.partition("=")
    problem = misuse(wish)
    if problem:
        raise Impossible(problem)
    try:
        return f"{SCENARIOS[name].begin(stage, given)}. {SCENARIOS[name].watch}"
    except Refusal as refusal:
        raise Impossible(str(refusal)) from refusal


def misuse(wish: str) -> str:
    """What is wrong with a wish before any cluster is asked, as a sentence; empty where nothing is."""
    name, equals, given = wish.partition("=")
    if name not in SCENARIOS:
        near = get_close_matches(name, SCENARIOS, 1)
        return f"there is no scenario {name!r}" + (f"; the nearest is {near[0]}" if near else "")
    takes = SCENARIOS[name].takes
    if equals and not takes:
        return f"{name} takes no value"
    if equals and not given:
        return f"{name}= lacks its {takes}"
    return ""


def listing() -> str:
    """A line for each: its name, what it takes, and what to look at."""
    usages = {name: f"{name}[={one.takes}]" if one.takes else name for name, one in SCENARIOS.items()}
    width = max(map(len, usages.values())) + 2
    return "".join(f"{usage:{width}}{SCENARIOS[name].watch}\n" for name, usage in usages.items())
