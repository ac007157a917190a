"""The service account of the pod that this program runs in, told as if it were a kubeconfig."""

from collections.abc import Mapping
from pathlib import Path

from kubetui.client.configfile import (
    Cluster,
    ConfigFile,
    Context,
    NamedCluster,
    NamedContext,
    NamedUser,
    User,
)

FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where kubelets put a pod's token, authority and namespace (client-go, rest.InClusterConfig)."""


def service_account(environ: Mapping[str, str]) -> tuple[Path, ConfigFile] | None:
    """The folder of the service account and a kubeconfig of one context; None where this is no pod with a token."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    if not host or not port or not (FOLDER / "token").is_file():
        return None
    bracketed = f"[{host}]" if ":" in host else host
    authority = FOLDER / "ca.crt"
    namespace = FOLDER / "namespace"
    cluster = Cluster(
        server=f"https://{bracketed}:{port}",
        certificate_authority=str(authority) if authority.is_file() else "",
    )
    context = Context("in-cluster", "service-account", namespace.read_text().strip() if namespace.is_file() else "")
    return FOLDER, ConfigFile(
        clusters=(NamedCluster("in-cluster", cluster),),
        users=(NamedUser("service-account", User(token_file=str(FOLDER / "token"))),),
        contexts=(NamedContext("in-cluster", context),),
        current_context="in-cluster",
    )
