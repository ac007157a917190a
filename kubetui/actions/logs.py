"""Logs: what the containers of an object say."""

from typing import Any

from kubetui.actions.action import Action, Answers, Show, Target, command
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right

WITH_PODS = frozenset(
    {"pods", "deployments.apps", "replicasets.apps", "services", "statefulsets.apps", "daemonsets.apps", "jobs.batch"}
)
"""Resources that are pods or choose some."""


class Logs(Action):
    """Follow the logs of all its containers."""

    name, key, shows = "logs", "l", Show("logs")

    def applies(self, kind: Kind[Any]) -> bool:
        return kind.resource.qualified in WITH_PODS

    def needs(self, kind: Kind[Any]) -> Right:
        return Right("get", "", "pods/log")

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("logs", target, "--all-containers", "--follow")


class PreviousLogs(Logs):
    """Show the logs of the containers that ran before the last restart."""

    name, key, shows = "previous logs", "p", Show("logs", {"previous": True})
    minor = True

    def applies(self, kind: Kind[Any]) -> bool:
        return kind.resource.qualified == "pods"

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("logs", target, "--all-containers", "--previous")
