"""The files of a container when it starts: what its image brings, what the kubelet and the kernel add."""

from collections.abc import Callable, Iterable
from functools import partial

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.behaviour import short_name
from kubetui.demo.kubelet.inside.environment import hostname
from kubetui.demo.kubelet.inside.files import File, Folder, Mount, Node, mounts_of, place
from kubetui.demo.kubelet.inside.network import DOMAIN
from kubetui.demo.kubelet.inside.volumes import Volumes
from kubetui.demo.objects import Json, namespace_of
from kubetui.demo.quantity import number

_DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
_ALPINE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n'
_FOLDERS = (
    "/bin", "/dev", "/etc", "/home", "/opt", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr/bin",
    "/usr/local/bin", "/usr/sbin", "/usr/share", "/var/lib", "/var/log", "/var/run", "/var/tmp",
)  # fmt: skip
_OPEN = ("/tmp", "/var/tmp")


def root_folder(
    pod: Json,
    container: Json,
    volumes: Volumes,
    programs: Iterable[str],
    variables: Callable[[], dict[str, str]],
    clock: Clock,
    started_at: float,
    dns: str,
) -> Folder:
    """The root of a container's files; `dns` is where names are asked for."""
    read_only = bool((container.get("securityContext") or {}).get("readOnlyRootFilesystem"))
    disk = Mount("/", "overlay", "overlay")
    root = Folder(disk, modified=started_at)
    for path in _FOLDERS:
        place(root, path, Folder(disk, mode=0o1777 if path in _OPEN else 0o755, modified=started_at))
    names = tuple(sorted(programs))
    for path in ("/bin", "/usr/bin"):
        place(root, path, Folder(disk, partial(_programs, names), modified=started_at))
    _fill_etc(root, pod, container, started_at, dns)
    place(root, "/proc", _proc(pod, container, variables, clock, started_at, root))
    _fill_dev(root)
    image = short_name(str(container.get("image", "")))
    if image == "nginx":
        page = b"<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n</html>\n"
        place(root, "/usr/share/nginx/html/index.html", File(page, modified=started_at))
    disk.writable = not read_only
    for mount in sorted(container.get("volumeMounts") or (), key=lambda one: str(one["mountPath"])):
        node = volumes.node(mount)
        if node is not None:
            place(root, str(mount["mountPath"]), node)
    return root


def _programs(names: tuple[str, ...]) -> dict[str, Node]:
    return {name: File(partial(bytes, b"\x7fELF"), 0o755) for name in names}


def _fill_etc(root: Folder, pod: Json, container: Json, started_at: float, dns: str) -> None:
    space, spec = namespace_of(pod), pod["spec"]
    name = hostname(pod)
    passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"
    ready = short_name(str(container.get("image", "")))
    address = str((pod.get("status") or {}).get("podIP", ""))
    domain = f".{spec['subdomain']}.{space}.svc.{DOMAIN}" if spec.get("subdomain") else ""
    hosts = (
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
        "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
    )
    hosts += f"{address}\t{name}{domain}\t{name}\n" if domain else f"{address}\t{name}\n"
    if spec.get("hostAliases"):
        hosts += "\n# Entries added by HostAliases.\n"
        hosts += "".join(f"{one['ip']}\t{chr(9).join(one.get('hostnames') or ())}\n" for one in spec["hostAliases"])
    resolv = f"search {space}.svc.{DOMAIN} svc.{DOMAIN} {DOMAIN}\nnameserver {dns}\noptions ndots:5\n"
    if spec.get("dnsPolicy") == "None":
        config = spec.get("dnsConfig") or {}
        resolv = f"search {' '.join(config['searches'])}\n" if config.get("searches") else ""
        resolv += "".join(f"nameserver {one}\n" for one in config.get("nameservers") or ())
    for path, text in {
        "/etc/hostname": f"{name}\n",
        "/etc/hosts": hosts,
        "/etc/resolv.conf": resolv,
        "/etc/passwd": passwd,
        "/etc/group": "root:x:0:\nnobody:x:65534:\n",
        "/etc/os-release": _ALPINE if ready in ("alpine", "busybox", "curl") else _DEBIAN,
        "/etc/nsswitch.conf": "hosts: files dns\n",
    }.items():
        place(root, path, File(text.encode(), modified=started_at))


def _fill_dev(root: Folder) -> None:
    device = Mount("/dev", "tmpfs", "tmpfs", size=65_536)
    folder = Folder(device)
    for name in ("null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr"):
        folder.entries[name] = File(partial(bytes, b""), 0o666)
    folder.entries["termination-log"] = File(b"", 0o666)
    place(root, "/dev", folder)


def _proc(
    pod: Json,
    container: Json,
    variables: Callable[[], dict[str, str]],
    clock: Clock,
    started_at: float,
    root: Folder,
) -> Folder:
    """The kernel's own folder: made whenever it is looked at."""
    kernel = Mount("/proc", "proc", "proc", writable=False, size=0)
    limits = (container.get("resources") or {}).get("limits") or {}
    total = 16 * 1024 * 1024
    limit = int(number(limits["memory"]) / 1024) if "memory" in limits else total

    def first() -> dict[str, Node]:
        command = "\0".join(first_command(container)) + "\0"
        told = "".join(f"{name}={value}\0" for name, value in variables().items())
        name = first_command(container)[0].rsplit("/", 1)[-1]
        status = f"Name:\t{name}\nState:\tS (sleeping)\nPid:\t1\nPPid:\t0\nVmRSS:\t{limit // 4:>8} kB\nThreads:\t4\n"
        return {
            "cmdline": File(partial(bytes, command.encode()), 0o444),
            "comm": File(partial(bytes, f"{name}\n".encode()), 0o644),
            "environ": File(partial(bytes, told.encode()), 0o400),
            "status": File(partial(bytes, status.encode()), 0o444),
        }

    memory = {"MemTotal": total, "MemFree": total // 2, "MemAvailable": total * 3 // 4}

    def entries() -> dict[str, Node]:
        up = clock.now() - started_at + 86_400
        texts = {
            "cpuinfo": "".join(f"processor\t: {one}\nmodel name\t: Demo CPU\n\n" for one in range(4)),
            "loadavg": "0.21 0.18 0.15 1/214 42\n",
            "meminfo": "".join(f"{name + ':':<14}{amount:>10} kB\n" for name, amount in memory.items()),
            "mounts": _mounts(root),
            "uptime": f"{up:.2f} {up * 3.6:.2f}\n",
            "version": "Linux version 6.12.9 (demo@kubetui) #1 SMP PREEMPT_DYNAMIC\n",
        }
        found: dict[str, Node] = {name: File(partial(bytes, text.encode()), 0o444) for name, text in texts.items()}
        found["1"] = found["self"] = Folder(kernel, first, 0o555)
        return found

    return Folder(kernel, entries, 0o555)


def _mounts(root: Folder) -> str:
    return "".join(
        f"{one.device} {one.path} {one.kind} {'rw' if one.writable else 'ro'},relatime 0 0\n" for one in mounts_of(root)
    )


def first_command(container: Json) -> tuple[str, ...]:
    """The words of a container's first process: its command, or what its image would run."""
    written = (*(container.get("command") or ()), *(container.get("args") or ()))
    if written:
        return tuple(str(word) for word in written)
    name = short_name(str(container.get("image", "")))
    usual = {
        "nginx": ("nginx:", "master", "process", "nginx", "-g", "daemon off;"),
        "postgres": ("postgres",),
        "redis": ("redis-server", "*:6379"),
        "httpd": ("httpd", "-DFOREGROUND"),
        "busybox": ("sh",),
        "alpine": ("/bin/sh",),
        "ubuntu": ("/bin/bash",),
        "debian": ("bash",),
    }
    return usual.get(name, (f"/app/{name}",))
