"""The shop: a dozen workloads on five nodes in three zones, one of them a little broken."""

from kubetui.demo.controllers.volume_binder import PROVISIONER
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.objects import Json
from kubetui.demo.worlds.manifests import (
    autoscaler,
    budget,
    config_map,
    container,
    cron_job,
    daemon_set,
    definition,
    deployment,
    ingress,
    ingress_class,
    namespace,
    network_policy,
    secret,
    service,
    stateful_set,
    storage_class,
    template,
)
from kubetui.demo.worlds.world import ZONES, World

NODES = 5
HISTORY = 1_200.0

_HOSTS = "kubernetes.io/hostname"
_ZONE = "topology.kubernetes.io/zone"


def shop(nodes: int = NODES) -> World:
    """The world that opens when nothing else is asked for."""
    return World(
        machines=tuple(
            Machine(f"node-{number + 1}", number, f"zone-{ZONES[number % len(ZONES)]}") for number in range(nodes)
        ),
        objects=(*_system(), *_game(), *_shop(), *_data(), *_promotions()),
        history=HISTORY,
    )


def _system() -> list[Json]:
    everywhere = [{"operator": "Exists"}]
    dns = container("coredns", "registry.k8s.io/coredns/coredns:v1.12.1", cpu="100m", memory="70Mi", port=8080)
    logs = container("fluent-bit", "fluent-bit:3.2", cpu="20m", memory="48Mi")
    return [
        storage_class(PROVISIONER),
        deployment(
            "kube-system", "coredns", 2, template("coredns", [dns], priorityClassName="system-cluster-critical")
        ),
        service("kube-system", "coredns", 53, 8080),
        daemon_set("kube-system", "log-collector", template("log-collector", [logs], tolerations=everywhere)),
    ]


def _game() -> list[Json]:
    """A tic-tac-toe that the world can play: what a speaker lets fail over."""
    web = container("web", "ghcr.io/kubetui/tic-tac-toe:1.0", port=8080)
    spread = {
        "maxSkew": 1,
        "topologyKey": _ZONE,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": "tic-tac-toe"}},
    }
    pods = template("tic-tac-toe", [web], does="logs=0.5", topologySpreadConstraints=[spread])
    return [
        deployment("default", "tic-tac-toe", 3, pods),
        service("default", "tic-tac-toe", 80, 8080, "LoadBalancer"),
        budget("default", "tic-tac-toe", 2),
        autoscaler("default", "tic-tac-toe", 3, 9, 60),
    ]


def _shop() -> list[Json]:
    apart = {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 100,
                    "podAffinityTerm": {
                        "labelSelector": {"matchLabels": {"app": "storefront"}},
                        "topologyKey": _HOSTS,
                    },
                }
            ]
        }
    }
    settings = [{"name": "settings", "configMap": {"name": "storefront"}}]
    migrate = container("migrate", "shop/catalog:2.4.1", command=["sh", "-c", "echo applying migrations; sleep 3"])
    proxy = container("proxy", "envoy:v1.33", cpu="20m", memory="32Mi", restartPolicy="Always")
    report = container("report", "busybox:1.37", command=["sh", "-c", "echo counting stock; sleep 20; echo done"])
    key = {"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "payments", "key": "api-key"}}}
    payments = container("payments", "shop/payments:5.1.0", port=8080, env=[key])
    made: list[Json] = [
        namespace("shop"),
        config_map("shop", "storefront", {"theme": "autumn", "currency": "EUR"}),
        secret("shop", "payments", {"api-key": "no-real-key", "merchant": "kubetui-shop"}),
        ingress_class("edge", "kubetui.demo/edge"),
        ingress("shop", "shop", "shop.example.com", {"/checkout": "checkout", "/search": "search", "/": "storefront"}),
    ]
    made += [
        deployment(
            "shop",
            "storefront",
            4,
            template("storefront", [_web("storefront", "3.2.0")], does="logs=1", affinity=apart, volumes=settings),
        ),
        deployment("shop", "catalog", 3, template("catalog", [_web("catalog", "2.4.1")], initContainers=[migrate])),
        deployment("shop", "checkout", 2, template("checkout", [_web("checkout", "1.9.3")], initContainers=[proxy])),
        deployment("shop", "cart", 2, template("cart", [_web("cart", "1.4.0")], does="logs=0.3 start=6s")),
        deployment("shop", "search", 2, template("search", [_web("search", "0.8.2")])),
        deployment("shop", "payments", 2, template("payments", [payments])),
        deployment(
            "shop",
            "recommendations",
            1,
            template("recommendations", [_web("recommendations", "0.3.0-beta")], does="crash=45s"),
        ),
        cron_job("shop", "stock-report", "*/5 * * * *", template("stock-report", [report], restartPolicy="OnFailure")),
        budget("shop", "storefront", 3),
    ]
    made += [
        service("shop", name, 80, 8080)
        for name in ("catalog", "checkout", "cart", "search", "payments", "recommendations")
    ]
    return [*made, service("shop", "storefront", 80, 8080, "LoadBalancer")]


def _data() -> list[Json]:
    orders = container("postgres", "postgres:17", cpu="250m", memory="512Mi")
    sessions = container("redis", "redis:7.4", cpu="100m", memory="128Mi")
    return [
        namespace("data"),
        stateful_set("data", "orders-db", 3, template("orders-db", [orders], does="logs=0.2 stop=3s"), "10Gi"),
        service("data", "orders-db", 5432, 5432, clusterIP="None"),
        network_policy("data", "orders-db", 5432, "shop"),
        stateful_set("data", "sessions", 1, template("sessions", [sessions]), "1Gi"),
        service("data", "sessions", 6379, 6379, clusterIP="None"),
    ]


def _promotions() -> list[Json]:
    """A kind of the shop's own, and a few objects of it."""
    fields = {"code": {"type": "string"}, "percent": {"type": "integer"}, "until": {"type": "string"}}
    columns = [
        {"name": "Code", "type": "string", "jsonPath": ".spec.code"},
        {"name": "Percent", "type": "integer", "jsonPath": ".spec.percent"},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]
    offers = (("autumn", "LEAVES", 15), ("first-order", "WELCOME", 10), ("free-shipping", "SHIPIT", 100))
    return [
        definition("shop.example.com", "Promotion", "promotions", fields, columns),
        *(
            {
                "apiVersion": "shop.example.com/v1",
                "kind": "Promotion",
                "metadata": {"name": name, "namespace": "shop"},
                "spec": {"code": code, "percent": percent},
            }
            for name, code, percent in offers
        ),
    ]


def _web(name: str, version: str) -> Json:
    return container(name, f"shop/{name}:{version}", port=8080)
