"""Which proxy, if any, stands between this machine and a server; Go's rules, so that kubectl and kubetui agree.

It opens nothing: tunnel.py does. A password is never part of a name or a message.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kubetui.client.errors import BadConfig

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and who may use it."""

    scheme: str
    """http, https or socks5. With each of them the proxy looks names up, as in Go."""
    host: str
    port: int
    source: str
    """Where it is set, for errors: a variable of the environment or the kubeconfig."""
    user: str | None = None
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the proxy {host}:{self.port} ({self.source})"


def choose(scheme: str, host: str, port: int, proxy_url: str | None, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy for a server: the kubeconfig's where it names one, else the environment's.

    As in client-go, a proxy-url knows no exceptions; NO_PROXY and the rule that this machine is never asked through
    a proxy are about the environment's alone. BadConfig where a proxy's address can't be understood.
    """
    if proxy_url:
        return _parse(proxy_url, "proxy-url in the kubeconfig")
    name = "HTTPS_PROXY" if scheme == "https" else "HTTP_PROXY"
    address = environ.get(name) or environ.get(name.lower())
    if not address or _excepted(host.lower(), port, environ.get("NO_PROXY") or environ.get("no_proxy") or ""):
        return None
    return _parse(address, name)


def _parse(address: str, source: str) -> Proxy:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadConfig(f"the proxy's address can't be understood ({source})") from None
    if parts.scheme not in _PORTS:
        raise BadConfig(f"a proxy of the sort {parts.scheme}:// is not known, only http, https and socks5 ({source})")
    if not host:
        raise BadConfig(f"the proxy's address names no host ({source})")
    return Proxy(
        scheme="socks5" if parts.scheme == "socks5h" else parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        source=source,
        user=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )


def _excepted(host: str, port: int, no_proxy: str) -> bool:
    """Whether a host is asked without the environment's proxy: golang.org/x/net/http/httpproxy, useProxy."""
    address = _ip(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    return any(_matches(rule.strip().lower(), host, address, port) for rule in no_proxy.split(","))


def _matches(rule: str, host: str, address: "_Ip | None", port: int) -> bool:
    """One entry of NO_PROXY: *, a CIDR, an IP, a name with its subdomains, .name for these alone; IP and name :port."""
    if rule == "*":
        return True
    if "/" in rule:
        try:
            return address is not None and address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    name, only = _split_port(rule)
    if not name or (only and only != str(port)):
        return False
    listed = _ip(name)
    if listed is not None:
        return listed == address
    suffix = name.removeprefix("*") if name.startswith("*.") else name
    return host.endswith(suffix) if suffix.startswith(".") else host == suffix or host.endswith(f".{suffix}")


def _split_port(rule: str) -> tuple[str, str]:
    if rule.startswith("["):
        name, _, rest = rule[1:].partition("]")
        return name, rest.removeprefix(":")
    if rule.count(":") == 1:
        name, _, port = rule.partition(":")
        return name, port
    return rule, ""


_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _ip(text: str) -> _Ip | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
