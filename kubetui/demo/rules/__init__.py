"""The rules of single kinds: one file a kind or a family of kinds."""

from collections.abc import Mapping

from kubetui.demo.rules.namespaces import NamespaceRules
from kubetui.demo.rules.pods import PodRules
from kubetui.demo.rules.workloads import (
    CronJobRules,
    DaemonSetRules,
    DeploymentRules,
    JobRules,
    ReplicaSetRules,
    StatefulSetRules,
)
from kubetui.demo.strategies import Strategy

RULES: Mapping[str, type[Strategy]] = {
    "namespaces": NamespaceRules,
    "pods": PodRules,
    "deployments.apps": DeploymentRules,
    "replicasets.apps": ReplicaSetRules,
    "statefulsets.apps": StatefulSetRules,
    "daemonsets.apps": DaemonSetRules,
    "jobs.batch": JobRules,
    "cronjobs.batch": CronJobRules,
}
"""By `Resource.key`."""
