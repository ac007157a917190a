"""Which rules hold for which kind. What is not listed has those of every kind."""

from collections.abc import Mapping

from kubetui.demo.rules import availability, configuration, custom, network, rights
from kubetui.demo.rules.limits import LimitRangeRules
from kubetui.demo.rules.namespaces import NamespaceRules
from kubetui.demo.rules.nodes import NodeRules
from kubetui.demo.rules.pods import PodRules
from kubetui.demo.rules.replication import ReplicationControllerRules
from kubetui.demo.rules.workloads import (
    CronJobRules,
    DaemonSetRules,
    DeploymentRules,
    JobRules,
    ReplicaSetRules,
    StatefulSetRules,
)
from kubetui.demo.strategies import Strategy

_RBAC = "rbac.authorization.k8s.io"

RULES: Mapping[str, type[Strategy]] = {
    "namespaces": NamespaceRules,
    "nodes": NodeRules,
    "pods": PodRules,
    "deployments.apps": DeploymentRules,
    "replicasets.apps": ReplicaSetRules,
    "replicationcontrollers": ReplicationControllerRules,
    "statefulsets.apps": StatefulSetRules,
    "daemonsets.apps": DaemonSetRules,
    "jobs.batch": JobRules,
    "cronjobs.batch": CronJobRules,
    "services": network.ServiceRules,
    "ingresses.networking.k8s.io": network.IngressRules,
    "networkpolicies.networking.k8s.io": network.NetworkPolicyRules,
    "configmaps": configuration.ConfigMapRules,
    "secrets": configuration.SecretRules,
    "persistentvolumeclaims": configuration.ClaimRules,
    "persistentvolumes": configuration.VolumeRules,
    "storageclasses.storage.k8s.io": configuration.StorageClassRules,
    "priorityclasses.scheduling.k8s.io": configuration.PriorityClassRules,
    "customresourcedefinitions.apiextensions.k8s.io": custom.DefinitionRules,
    "resourcequotas": configuration.QuotaRules,
    "limitranges": LimitRangeRules,
    "horizontalpodautoscalers.autoscaling": availability.AutoscalerRules,
    "poddisruptionbudgets.policy": availability.BudgetRules,
    f"roles.{_RBAC}": rights.RoleRules,
    f"clusterroles.{_RBAC}": rights.RoleRules,
    f"rolebindings.{_RBAC}": rights.BindingRules,
    f"clusterrolebindings.{_RBAC}": rights.BindingRules,
}
"""By `Resource.key`."""
