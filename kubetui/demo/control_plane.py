"""Everything that makes the cluster live, put together: controllers, scheduler and kubelets on one registry.

Owns who is started and in which order; has no behaviour of its own.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from kubetui.demo.clock import Clock
from kubetui.demo.controllers.account_tokens import AccountTokenController, Issue
from kubetui.demo.controllers.autoscaler import AutoscalerController
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.cronjob import CronJobController
from kubetui.demo.controllers.daemonset import DaemonSetController
from kubetui.demo.controllers.deployment import DeploymentController
from kubetui.demo.controllers.disruption import DisruptionController
from kubetui.demo.controllers.endpoints import EndpointsController
from kubetui.demo.controllers.endpointslice import EndpointSliceController
from kubetui.demo.controllers.garbage_collector import GarbageCollector
from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.job import JobController
from kubetui.demo.controllers.load_balancer import LoadBalancerController
from kubetui.demo.controllers.namespace import NamespaceController
from kubetui.demo.controllers.node_lifecycle import NodeLifecycleController
from kubetui.demo.controllers.pod_gc import PodGarbageCollector
from kubetui.demo.controllers.replicaset import ReplicaSetController
from kubetui.demo.controllers.replication_controller import ReplicationControllerController
from kubetui.demo.controllers.service_account import ServiceAccountController
from kubetui.demo.controllers.statefulset import StatefulSetController
from kubetui.demo.controllers.taint_eviction import TaintEvictionController
from kubetui.demo.controllers.volume_binder import VolumeBinder
from kubetui.demo.controllers.volume_protection import ClaimProtectionController, VolumeProtectionController
from kubetui.demo.kubelet.fleet import Fleet
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.registry import Registry
from kubetui.demo.resources import NAMESPACES, Resource
from kubetui.demo.scheduler.scheduler import Scheduler

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")

CONTROLLERS: Sequence[type[Controller]] = (
    NamespaceController,
    ServiceAccountController,
    DeploymentController,
    ReplicaSetController,
    ReplicationControllerController,
    StatefulSetController,
    DaemonSetController,
    CronJobController,
    JobController,
    VolumeBinder,
    ClaimProtectionController,
    VolumeProtectionController,
    EndpointSliceController,
    EndpointsController,
    LoadBalancerController,
    DisruptionController,
    NodeLifecycleController,
    TaintEvictionController,
    PodGarbageCollector,
)
"""In the order in which they hear of a change."""


class ControlPlane:
    """A living cluster. Everything in it happens when its clock moves."""

    def __init__(self, registry: Registry, clock: Clock, seed: int = 0) -> None:
        self.registry = registry
        self.clock = clock
        self.informers = Informers(registry, clock)
        self.garbage_collector = GarbageCollector(self.informers)
        self.scheduler = Scheduler(registry, clock)
        self.fleet = Fleet(registry, clock, random.Random(seed))
        self.controllers = [controller(self.informers) for controller in CONTROLLERS]
        self.controllers.append(AutoscalerController(self.informers, self.fleet.usage))

    def keep_accounts(self, authority: str, issue: Issue, revoke: Callable[[str], None]) -> None:
        """Lets service accounts have lasting tokens, and publishes the certificate authority's certificate (PEM)."""
        for controller in self.controllers:
            if isinstance(controller, ServiceAccountController):
                controller.certificate = authority
        self.controllers.append(AccountTokenController(self.informers, authority, issue, revoke))

    def start(self, machines: Iterable[Machine] = ()) -> None:
        """Makes the namespaces that every cluster has, starts everything, and boots the machines."""
        for name in SYSTEM_NAMESPACES:
            if self.registry.find(NAMESPACES, "", name) is None:
                self.registry.create(NAMESPACES, {"metadata": {"name": name}})
        for controller in self.controllers:
            controller.start()
        self.garbage_collector.start()
        self.scheduler.start()
        self.fleet.start(machines)

    def follow(self, resource: Resource) -> None:
        """One more resource comes to be served: a custom one."""
        self.garbage_collector.follow(resource)
        for controller in self.controllers:
            if isinstance(controller, NamespaceController):
                controller.follow(resource)
