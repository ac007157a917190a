"""Which rules hold for which kind. What is not listed has those of every kind."""

from collections.abc import Mapping

from kubetui.demo.rules import configuration, custom, network
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

_RBAC = "rbac.authorization.k8s.io"

RULES: Mapping[str, type[Strategy]] = {
    "namespaces": NamespaceRules,
    "pods": PodRules,
    "deployments.apps": DeploymentRules,
    "replicasets.apps": ReplicaSetRules,
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
    "horizontalpodautoscalers.autoscaling": configuration.AutoscalerRules,
    f"roles.{_RBAC}": configuration.RoleRules,
    f"clusterroles.{_RBAC}": configuration.RoleRules,
    f"rolebindings.{_RBAC}": configuration.RoleRules,
    f"clusterrolebindings.{_RBAC}": configuration.RoleRules,
}
"""By `Resource.key`."""
