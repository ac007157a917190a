"""The kinds that the built-in cluster serves, as discovery of a 1.36 API server names them. A table, no behaviour."""

import msgspec


class Resource(msgspec.Struct, frozen=True):
    """One served resource: `pods` of `v1`, `deployments` of `apps/v1`."""

    group: str
    """Empty for the core group."""
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    singular: str = ""
    verbs: tuple[str, ...] = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
    generation: bool = True
    """Whether `metadata.generation` counts changes of the spec."""
    list_kind: str = ""
    selectable: tuple[str, ...] = ()
    """Fields that a field selector may name beside the usual ones."""
    scale_paths: tuple[str, str, str] = (".spec.replicas", ".status.replicas", "")
    """Where a Scale finds what is wanted, what there is, and a custom resource's selector as text."""
    custom: bool = False
    """Whether a CustomResourceDefinition has made it."""
    stored: str = ""
    """The version in which its objects are kept, where it is served in several."""

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def kept_as(self) -> str:
        """The apiVersion with which its objects are kept."""
        return f"{self.group}/{self.stored}" if self.stored else self.api_version

    @property
    def key(self) -> str:
        """The name as errors print it, and under which it is stored: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def listed_as(self) -> str:
        return self.list_kind or f"{self.kind}List"

    @property
    def has_status(self) -> bool:
        return "status" in self.subresources


def _core(plural: str, kind: str, *short: str, **more: object) -> Resource:
    return _of("v1", plural, kind, *short, **more)


def _of(api_version: str, plural: str, kind: str, *short: str, **more: object) -> Resource:
    group, _, version = api_version.rpartition("/")
    fields = {"singular": kind.lower(), **more}
    return msgspec.convert(
        {"group": group, "version": version, "plural": plural, "kind": kind, "short": short, **fields}, Resource
    )


_NO_COLLECTION = ("create", "delete", "get", "list", "patch", "update", "watch")
_ALL = ("all",)
_EXTENSIONS = ("api-extensions",)
_STATUS = ("status",)
_SCALED = ("scale", "status")

CONFIGMAPS = _core("configmaps", "ConfigMap", "cm", generation=False)
ENDPOINTS = _core("endpoints", "Endpoints", "ep", generation=False, list_kind="EndpointsList")
EVENTS = _core("events", "Event", "ev", generation=False)
LIMITRANGES = _core("limitranges", "LimitRange", "limits", generation=False)
NAMESPACES = _core(
    "namespaces",
    "Namespace",
    "ns",
    namespaced=False,
    subresources=("finalize", "status"),
    verbs=_NO_COLLECTION,
    generation=False,
)
NODES = _core("nodes", "Node", "no", namespaced=False, subresources=_STATUS, generation=False)
PERSISTENTVOLUMECLAIMS = _core(
    "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", subresources=_STATUS, generation=False
)
PERSISTENTVOLUMES = _core(
    "persistentvolumes", "PersistentVolume", "pv", namespaced=False, subresources=_STATUS, generation=False
)
PODS = _core(
    "pods",
    "Pod",
    "po",
    subresources=(
        "attach",
        "binding",
        "ephemeralcontainers",
        "eviction",
        "exec",
        "log",
        "portforward",
        "resize",
        "status",
    ),
    categories=_ALL,
)
REPLICATIONCONTROLLERS = _core(
    "replicationcontrollers", "ReplicationController", "rc", subresources=_SCALED, categories=_ALL
)
RESOURCEQUOTAS = _core("resourcequotas", "ResourceQuota", "quota", subresources=_STATUS, generation=False)
SECRETS = _core("secrets", "Secret", generation=False)
SERVICEACCOUNTS = _core("serviceaccounts", "ServiceAccount", "sa", subresources=("token",), generation=False)
SERVICES = _core("services", "Service", "svc", subresources=_STATUS, categories=_ALL, generation=False)

CUSTOMRESOURCEDEFINITIONS = _of(
    "apiextensions.k8s.io/v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    "crd",
    "crds",
    namespaced=False,
    subresources=_STATUS,
    categories=_EXTENSIONS,
)
APISERVICES = _of(
    "apiregistration.k8s.io/v1",
    "apiservices",
    "APIService",
    namespaced=False,
    subresources=_STATUS,
    categories=_EXTENSIONS,
    generation=False,
)
CONTROLLERREVISIONS = _of("apps/v1", "controllerrevisions", "ControllerRevision", generation=False)
DAEMONSETS = _of("apps/v1", "daemonsets", "DaemonSet", "ds", subresources=_STATUS, categories=_ALL)
DEPLOYMENTS = _of("apps/v1", "deployments", "Deployment", "deploy", subresources=_SCALED, categories=_ALL)
REPLICASETS = _of("apps/v1", "replicasets", "ReplicaSet", "rs", subresources=_SCALED, categories=_ALL)
STATEFULSETS = _of("apps/v1", "statefulsets", "StatefulSet", "sts", subresources=_SCALED, categories=_ALL)
HORIZONTALPODAUTOSCALERS = _of(
    "autoscaling/v2",
    "horizontalpodautoscalers",
    "HorizontalPodAutoscaler",
    "hpa",
    subresources=_STATUS,
    categories=_ALL,
    generation=False,
)
CRONJOBS = _of("batch/v1", "cronjobs", "CronJob", "cj", subresources=_STATUS, categories=_ALL)
JOBS = _of("batch/v1", "jobs", "Job", subresources=_STATUS, categories=_ALL)
LEASES = _of("coordination.k8s.io/v1", "leases", "Lease", generation=False)
ENDPOINTSLICES = _of("discovery.k8s.io/v1", "endpointslices", "EndpointSlice")
INGRESSCLASSES = _of("networking.k8s.io/v1", "ingressclasses", "IngressClass", namespaced=False)
INGRESSES = _of("networking.k8s.io/v1", "ingresses", "Ingress", "ing", subresources=_STATUS)
NETWORKPOLICIES = _of("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", "netpol")
PODDISRUPTIONBUDGETS = _of("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", subresources=_STATUS)
CLUSTERROLEBINDINGS = _of(
    "rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False, generation=False
)
CLUSTERROLES = _of("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", namespaced=False, generation=False)
ROLEBINDINGS = _of("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding", generation=False)
ROLES = _of("rbac.authorization.k8s.io/v1", "roles", "Role", generation=False)
PRIORITYCLASSES = _of("scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", "pc", namespaced=False)
STORAGECLASSES = _of("storage.k8s.io/v1", "storageclasses", "StorageClass", "sc", namespaced=False, generation=False)

_ASKED = ("create",)
_AUTHENTICATION, _AUTHORIZATION = "authentication.k8s.io/v1", "authorization.k8s.io/v1"

_READ = ("get", "list")
NODE_METRICS = Resource("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", namespaced=False, verbs=_READ)
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", verbs=_READ)
METRICS = (NODE_METRICS, POD_METRICS)
"""What is measured when it is asked for, and never stored."""

NEW_EVENTS = _of("events.k8s.io/v1", "events", "Event", "ev", generation=False)
"""The events of EVENTS in their newer form."""
AUTOSCALERS_V1 = msgspec.structs.replace(HORIZONTALPODAUTOSCALERS, version="v1", stored="v2")
"""HORIZONTALPODAUTOSCALERS in their older form."""
OTHER_FORMS = (NEW_EVENTS, AUTOSCALERS_V1)
"""Kinds that are stored as another of the built-in ones."""

QUESTIONS = (
    _of(_AUTHENTICATION, "selfsubjectreviews", "SelfSubjectReview", namespaced=False, verbs=_ASKED),
    _of(_AUTHORIZATION, "localsubjectaccessreviews", "LocalSubjectAccessReview", verbs=_ASKED),
    _of(_AUTHORIZATION, "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False, verbs=_ASKED),
    _of(_AUTHORIZATION, "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=False, verbs=_ASKED),
    _of(_AUTHORIZATION, "subjectaccessreviews", "SubjectAccessReview", namespaced=False, verbs=_ASKED),
)
"""What is asked and answered, and never stored."""

BUILT_IN: tuple[Resource, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Resource) and value not in (*OTHER_FORMS, *METRICS)
)
"""Every stored kind, group by group in the order of discovery."""
