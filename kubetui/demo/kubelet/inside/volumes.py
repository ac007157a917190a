"""What is in the volumes of a pod: ConfigMaps, Secrets, tokens and fields as they are now, and room to write.

Volumes that can be written to belong to the pod, or to their claim, so that its containers share them.
"""

import base64
import posixpath
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from kubetui.demo.kubelet.inside.fields import field_of, keys_of, resource_of
from kubetui.demo.kubelet.inside.files import File, Folder, Mount, Node
from kubetui.demo.objects import Json, name_of, namespace_of, uid_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CONFIGMAPS, PODS, SECRETS

_SIZES = {"emptyDir": 16 * 1024 * 1024, "persistentVolumeClaim": 16 * 1024 * 1024}

Files = dict[str, tuple[bytes, int]]
"""Contents and modes by path below the volume's root."""


class Volumes:
    """The volumes of one pod, by name."""

    def __init__(self, registry: Registry, pod: Json, claims: dict[tuple[str, str], Folder]) -> None:
        self._registry = registry
        self._pod = pod
        self._claims = claims
        self._specs = {one["name"]: one for one in pod["spec"].get("volumes") or ()}
        self._folders: dict[str, Folder] = {}

    def node(self, mount: Json) -> Node | None:
        """What one of a container's mounts puts into its tree; None for a volume that is not there."""
        spec = self._specs.get(mount["name"])
        if spec is None:
            return None
        folder = self._folders.get(mount["name"])
        if folder is None:
            folder = self._folders[mount["name"]] = self._folder(spec, mount["mountPath"])
        sub = str(mount.get("subPath", ""))
        return _below(folder, sub) if sub else folder

    def _folder(self, spec: Json, path: str) -> Folder:
        name = spec["name"]
        claim = (spec.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            key = (namespace_of(self._pod), claim)
            if key not in self._claims:
                disk = Mount(path, f"/dev/disk/{claim}", size=_SIZES["persistentVolumeClaim"])
                self._claims[key] = Folder(disk, mode=0o777)
            return self._claims[key]
        made = self._made(spec)
        if made is not None:
            return _tree(Mount(path, "tmpfs", "tmpfs", writable=False), made)
        kind = "tmpfs" if (spec.get("emptyDir") or {}).get("medium") == "Memory" else "ext4"
        device = "tmpfs" if kind == "tmpfs" else f"/var/lib/kubelet/{name}"
        return Folder(Mount(path, device, kind, size=_SIZES["emptyDir"]), mode=0o777)

    def _made(self, spec: Json) -> Callable[[], Files] | None:
        """What gives the files of a volume that the kubelet fills; None for one that containers fill."""
        if spec.get("configMap"):
            return partial(self._keys, spec["configMap"], spec["configMap"].get("name", ""), secret=False)
        if spec.get("secret"):
            return partial(self._keys, spec["secret"], spec["secret"].get("secretName", ""), secret=True)
        if spec.get("downwardAPI"):
            return partial(self._fields, spec["downwardAPI"])
        if spec.get("projected"):
            return partial(self._projected, spec["projected"])
        return None

    def _keys(self, source: Json, name: str, *, secret: bool) -> Files:
        found = keys_of(self._registry.find(SECRETS if secret else CONFIGMAPS, namespace_of(self._pod), name))
        mode = source.get("defaultMode", 0o644)
        items = source.get("items")
        if not items:
            return {key: (value, mode) for key, value in found.items()}
        return {
            item["path"]: (found[item["key"]], item.get("mode", mode)) for item in items if item.get("key") in found
        }

    def _fields(self, source: Json) -> Files:
        pod = self._registry.find(PODS, namespace_of(self._pod), name_of(self._pod)) or self._pod
        mode = source.get("defaultMode", 0o644)
        files: Files = {}
        for item in source.get("items") or ():
            if item.get("fieldRef"):
                text = field_of(pod, item["fieldRef"].get("fieldPath", ""))
            else:
                text = resource_of(pod, pod["spec"]["containers"][0], item.get("resourceFieldRef") or {})
            files[item["path"]] = (text.encode(), item.get("mode", mode))
        return files

    def _projected(self, spec: Json) -> Files:
        files: Files = {}
        default = {"defaultMode": spec.get("defaultMode", 0o644)}
        for source in spec.get("sources") or ():
            if source.get("configMap"):
                files |= self._keys(
                    {**default, **source["configMap"]}, source["configMap"].get("name", ""), secret=False
                )
            elif source.get("secret"):
                files |= self._keys({**default, **source["secret"]}, source["secret"].get("name", ""), secret=True)
            elif source.get("downwardAPI"):
                files |= self._fields({**default, **source["downwardAPI"]})
            elif source.get("serviceAccountToken"):
                token = source["serviceAccountToken"]
                files[token["path"]] = (self._token(token).encode(), default["defaultMode"])
        return files

    def _token(self, source: Json) -> str:
        """A token in the form of a real one. Nobody has signed it, so no API server takes it."""
        pod, seconds = self._pod, source.get("expirationSeconds", 3_600)
        account, space = pod["spec"].get("serviceAccountName", "default"), namespace_of(pod)
        now = int(self._registry.clock.now() // seconds * seconds)
        claims = {
            "aud": [source.get("audience") or "https://kubernetes.default.svc.cluster.local"],
            "exp": now + seconds,
            "iat": now,
            "iss": "https://kubernetes.default.svc.cluster.local",
            "kubernetes.io": {
                "namespace": space,
                "node": {"name": pod["spec"].get("nodeName", "")},
                "pod": {"name": name_of(pod), "uid": uid_of(pod)},
                "serviceaccount": {"name": account},
            },
            "nbf": now,
            "sub": f"system:serviceaccount:{space}:{account}",
        }
        parts = [msgspec.json.encode(part) for part in ({"alg": "none"}, claims)]
        return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


def _tree(mount: Mount, files: Callable[[], Files], below: str = "") -> Folder:
    """A folder of files that are made anew whenever they are looked at."""

    def entries() -> dict[str, Node]:
        found: dict[str, Node] = {}
        for path, (data, mode) in files().items():
            if below and not path.startswith(f"{below}/"):
                continue
            first, slash, _ = path[len(below) + 1 if below else 0 :].partition("/")
            if slash:
                found[first] = _tree(mount, files, posixpath.join(below, first))
            else:
                found[first] = File(partial(bytes, data), mode)
        return found

    return Folder(mount, entries)


def _below(folder: Folder, path: str) -> Node | None:
    """What a subPath names; a folder is made where there is room for one."""
    node: Node = folder
    for part in _names(path):
        if not isinstance(node, Folder):
            return None
        entry = node.entries.get(part)
        if entry is None:
            if node.is_made:
                return None
            entry = node.entries[part] = Folder(node.mount, mode=0o777)
        node = entry
    return node


def _names(path: str) -> Iterable[str]:
    return (part for part in posixpath.normpath(path).split("/") if part not in ("", ".", ".."))
