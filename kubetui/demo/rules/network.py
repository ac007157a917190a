"""Services and what is around them: addresses and node ports given out, defaults, what must be there."""

from ipaddress import ip_address, ip_network
from typing import Any

from kubetui.demo.objects import name_of
from kubetui.demo.refusals import Cause, duplicate, invalid, not_supported, required, wrong_value
from kubetui.demo.resources import SERVICES
from kubetui.demo.rules import checks
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
SERVICE_NETWORK = ip_network("10.96.0.0/16")
NODE_PORTS = range(30_000, 32_768)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class ServiceRules(Strategy):
    """A service gets an address inside the cluster, and one of each node's ports where its type says so."""

    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        kind = spec.setdefault("type", "ClusterIP")
        if spec.setdefault("sessionAffinity", "None") == "ClientIP":
            client = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
            client.setdefault("timeoutSeconds", 10_800)
        if kind != "ExternalName":
            spec.setdefault("internalTrafficPolicy", "Cluster")
            spec.setdefault("ipFamilies", ["IPv4"])
            spec.setdefault("ipFamilyPolicy", "SingleStack")
        if kind in ("NodePort", "LoadBalancer"):
            spec.setdefault("externalTrafficPolicy", "Cluster")
        if kind == "LoadBalancer":
            spec.setdefault("allocateLoadBalancerNodePorts", True)
        for port in spec.get("ports") or ():
            port.setdefault("protocol", "TCP")
            if port.get("targetPort") in (None, 0, ""):
                port["targetPort"] = port.get("port", 0)

    def admit(self, obj: Json) -> None:
        self._allocate(obj, None)
        obj["status"] = {"loadBalancer": {}}

    def admit_update(self, new: Json, old: Json) -> None:
        self._allocate(new, old)

    def _allocate(self, obj: Json, old: Json | None) -> None:
        spec = obj["spec"]
        before = old["spec"] if old else {}
        if spec["type"] == "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                spec.pop(field, None)
            return
        address = spec.get("clusterIP") or before.get("clusterIP")
        others = [one for one in self.registry.list(SERVICES) if one["metadata"]["uid"] != obj["metadata"]["uid"]]
        if not address:
            taken = {one["spec"].get("clusterIP") for one in others}
            address = next(found for found in iter(self._address, "") if found not in taken)
        elif not before.get("clusterIP") and address != "None" and not _is_address(address):
            told = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            raise invalid(SERVICES, name_of(obj), [wrong_value("spec.clusterIPs[0]", address, told)])
        elif not before.get("clusterIP") and address != "None" and ip_address(address) not in SERVICE_NETWORK:
            told = f"failed to allocate IP {address}: the provided network does not match the current range"
            raise invalid(SERVICES, name_of(obj), [wrong_value("spec.clusterIPs", [address], told)])
        spec["clusterIP"], spec["clusterIPs"] = address, [address]
        wanted = spec["type"] == "NodePort" or (
            spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True)
        )
        used = {port.get("nodePort") for one in others for port in one["spec"].get("ports") or ()}
        known = {(port.get("port"), port.get("protocol")): port.get("nodePort") for port in before.get("ports") or ()}
        for at, port in enumerate(spec.get("ports") or ()):
            if not wanted:
                port.pop("nodePort", None)
                continue
            asked = port.get("nodePort") or known.get((port.get("port"), port.get("protocol")))
            if port.get("nodePort") and asked in used:
                why = wrong_value(f"spec.ports[{at}].nodePort", asked, "provided port is already allocated")
                raise invalid(SERVICES, name_of(obj), [why])
            while not asked or asked in used:
                asked = self.registry.rng.choice(NODE_PORTS)
            port["nodePort"] = asked
            used.add(asked)

    def _address(self) -> str:
        rng = self.registry.rng
        return f"10.96.{rng.randrange(1, 256)}.{rng.randrange(1, 255)}"

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        ports = spec.get("ports") or []
        if not ports and spec.get("clusterIP") != "None" and spec["type"] != "ExternalName":
            causes.append(required("spec.ports"))
        for at, port in enumerate(ports):
            causes += checks.port(f"spec.ports[{at}].port", port.get("port", 0))
            causes += checks.port(f"spec.ports[{at}].targetPort", port.get("targetPort"))
            if len(ports) > 1 and not port.get("name"):
                causes.append(required(f"spec.ports[{at}].name"))
        causes += _repeated(ports)
        if spec["type"] not in TYPES:
            causes.append(not_supported("spec.type", spec["type"], TYPES))
        if spec["type"] == "ExternalName" and not spec.get("externalName"):
            causes.append(required("spec.externalName"))
        return causes

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        if subresource:
            return []
        causes = self.validate(new)
        before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
        if before and after != before and new["spec"]["type"] != "ExternalName":
            causes.append(wrong_value("spec.clusterIPs[0]", [after], "may not change once set"))
        return causes


def _repeated(ports: list[Json]) -> list[Cause]:
    """The ports that stand there twice, as the Go struct that they are compared by is printed."""
    causes, seen = [], set()
    for at, port in enumerate(ports):
        known = {"Name": "", "Protocol": port.get("protocol", ""), "AppProtocol": None, "Port": port.get("port", 0)}
        identity = (known["Protocol"], known["Port"])
        if identity in seen:
            causes.append(duplicate(f"spec.ports[{at}]", {**known, "TargetPort": 0, "NodePort": 0}))
        seen.add(identity)
    return causes


class IngressRules(Strategy):
    def admit(self, obj: Json) -> None:
        obj["status"] = {"loadBalancer": {}}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj.get("spec") or {}
        if not spec.get("rules") and not spec.get("defaultBackend"):
            causes.append(wrong_value("spec", spec, "either `defaultBackend` or `rules` must be specified"))
        for at, rule in enumerate(spec.get("rules") or ()):
            field = f"spec.rules[{at}]"
            if rule.get("host"):
                causes += checks.subdomain_name(f"{field}.host", rule["host"].removeprefix("*."))
            for place, path in enumerate((rule.get("http") or {}).get("paths") or ()):
                causes += _path(f"{field}.http.paths[{place}]", path)
        return causes


PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def _path(field: str, path: Json) -> list[Cause]:
    kind = path.get("pathType")
    if not kind:
        return [required(f"{field}.pathType", "pathType must be specified")]
    if kind not in PATH_TYPES:
        return [not_supported(f"{field}.pathType", kind, PATH_TYPES)]
    if kind != "ImplementationSpecific" and not path.get("path", "").startswith("/"):
        return [wrong_value(f"{field}.path", path.get("path", ""), "must be an absolute path")]
    return []


class NetworkPolicyRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("podSelector", {})
        spec.setdefault("policyTypes", ["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
        for direction in ("ingress", "egress"):
            for rule in spec.get(direction) or ():
                for port in rule.get("ports") or ():
                    port.setdefault("protocol", "TCP")
