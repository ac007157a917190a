"""Programs that tell of the machine, the user and the time: hostname, id, date, uname, df, mount, free, uptime …"""

import re
from datetime import UTC, datetime

from kubetui.demo.clock import seconds_of
from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.programs.words import Wrong, given

KERNEL = "6.12.9"
_DATE = "%a %b %e %H:%M:%S UTC %Y"
_USER = re.compile(r"[^:\n]+")


async def hostname(call: Call) -> int:
    if call.words[:1] in (("-i",), ("-I",)):
        await call.out(f"{(call.box.pod.get('status') or {}).get('podIP', '')}\n")
    else:
        await call.out(call.box.files.read("/etc/hostname").decode())
    return 0


async def who_am_i(call: Call) -> int:
    await call.out(f"{_name(call)}\n" if _name(call) else "")
    if not _name(call):
        return await call.complain(f"unknown uid {call.box.who.uid}")
    return 0


async def user_id(call: Call) -> int:
    who = call.box.who
    if call.words[:1] == ("-u",):
        await call.out(f"{who.uid}\n")
    elif call.words[:1] == ("-g",):
        await call.out(f"{who.gid}\n")
    elif call.words[:1] == ("-un",):
        return await who_am_i(call)
    else:
        user = f"{who.uid}({_name(call)})" if _name(call) else str(who.uid)
        group = f"{who.gid}(root)" if who.gid == 0 else str(who.gid)
        more = (call.box.pod["spec"].get("securityContext") or {}).get("supplementalGroups") or []
        groups = [group, *(str(one) for one in more)]
        fs_group = (call.box.pod["spec"].get("securityContext") or {}).get("fsGroup")
        if fs_group is not None:
            groups.append(str(fs_group))
        await call.out(f"uid={user} gid={group} groups={','.join(dict.fromkeys(groups))}\n")
    return 0


async def date(call: Call) -> int:
    """The cluster's time, in UTC."""
    form = next((word[1:] for word in call.words if word.startswith("+")), _DATE)
    at = call.box.clock.now()
    words = list(call.words)
    if "-d" in words[:-1]:
        text = words[words.index("-d") + 1]
        try:
            at = float(text[1:]) if text.startswith("@") else seconds_of(text)
            datetime.fromtimestamp(at, UTC)
        except (ValueError, OverflowError, OSError):
            return await call.complain(f"invalid date '{text}'")
    if "-Iseconds" in words or "-I" in words:
        form = "%Y-%m-%d" if "-I" in words else "%Y-%m-%dT%H:%M:%S+00:00"
    await call.out(dated(at, form) + "\n")
    return 0


def dated(at: float, form: str = "") -> str:
    """A time (seconds since 1970) as `date` writes it, in UTC; `form` is what may follow its `+`."""
    when = datetime.fromtimestamp(at, UTC)
    known = (form or _DATE).replace("%s", str(int(at))).replace("%N", f"{int(at % 1 * 1e9):09d}").replace("%Z", "UTC")
    return when.strftime(known.replace("%e", f"{when.day:>2}"))


async def uname(call: Call) -> int:
    try:
        flags = given(call.words, "asnrvmpio").flags or {"s"}
    except Wrong as why:
        return await call.complain(str(why))
    told = {
        "s": "Linux",
        "n": call.box.files.read("/etc/hostname").decode().strip(),
        "r": KERNEL,
        "v": "#1 SMP PREEMPT_DYNAMIC",
        "m": "x86_64",
        "o": "GNU/Linux",
    }
    await call.out(" ".join(value for flag, value in told.items() if "a" in flags or flag in flags) + "\n")
    return 0


async def uptime(call: Call) -> int:
    now = call.box.clock.now()
    minutes = int(float(call.box.files.read("/proc/uptime").split()[0])) // 60
    days, rest = divmod(minutes, 24 * 60)
    spent = f"{days} days, " if days else ""
    clock = datetime.fromtimestamp(now, UTC).strftime("%H:%M:%S")
    load = call.box.files.read("/proc/loadavg").decode().split()[:3]
    await call.out(f" {clock} up {spent}{rest // 60:>2}:{rest % 60:02d},  0 users,  load average: {', '.join(load)}\n")
    return 0


async def free(call: Call) -> int:
    total = available = 0
    for line in call.box.files.read("/proc/meminfo").decode().splitlines():
        name, _, rest = line.partition(":")
        if name == "MemTotal":
            total = int(rest.split()[0])
        elif name == "MemAvailable":
            available = int(rest.split()[0])
    unit = 1024 if "-m" in call.words else 1024 * 1024 if "-g" in call.words else 1
    shown = [one // unit for one in (total, total - available, available, 0, 0, available)]
    await call.out(" " * 14 + "".join(f"{word:>12}" for word in _MEMORY) + "\n")
    await call.out("Mem:   " + " " * 7 + "".join(f"{one:>12}" for one in shown) + "\n")
    await call.out("Swap:  " + " " * 7 + "".join(f"{0:>12}" for _ in range(3)) + "\n")
    return 0


async def df(call: Call) -> int:
    human = any("h" in word for word in call.words if word.startswith("-"))
    await call.out(
        f"{'Filesystem':<20} {'Size' if human else '1K-blocks':>10} {'Used':>8} {'Available':>9} Use% Mounted on\n"
    )
    for mount in call.box.files.mounts():
        used, size = -(-mount.used // 1024), mount.size // 1024
        sizes = [_human(one) if human else str(one) for one in (size, used, size - used)]
        part = 100 * used // size if size else 0
        await call.out(f"{mount.device:<20} {sizes[0]:>10} {sizes[1]:>8} {sizes[2]:>9} {part:>3}% {mount.path}\n")
    return 0


async def mount(call: Call) -> int:
    await call.out(call.box.files.read("/proc/mounts").decode())
    return 0


async def nproc(call: Call) -> int:
    await call.out(f"{call.box.files.read('/proc/cpuinfo').count(b'processor')}\n")
    return 0


async def tty(call: Call) -> int:
    await call.out("/dev/pts/0\n" if call.terminal is not None else "not a tty\n")
    return 0 if call.terminal is not None else 1


async def stty(call: Call) -> int:
    if call.terminal is None:
        return await call.complain("standard input: Not a tty")
    if call.words[:1] == ("size",):
        await call.out(f"{call.terminal.window.rows} {call.terminal.window.columns}\n")
    return 0


async def clear(call: Call) -> int:
    await call.out("\x1b[H\x1b[2J\x1b[3J")
    return 0


_MEMORY = ("total", "used", "free", "shared", "buff/cache", "available")


def _human(kib: int) -> str:
    size = float(kib)
    for unit in "KMGT":
        if size < 1024 or unit == "T":
            return f"{size:.1f}{unit}" if size < 10 and size % 1 else f"{size:.0f}{unit}"
        size /= 1024
    raise AssertionError("there is a last unit")


def _name(call: Call) -> str:
    """The user's name, as /etc/passwd knows it."""
    for line in call.box.files.read("/etc/passwd").decode().splitlines():
        parts = line.split(":")
        if len(parts) > 2 and parts[2] == str(call.box.who.uid):
            return parts[0]
    return ""


PROGRAMS: dict[str, Program] = {
    "clear": clear,
    "date": date,
    "df": df,
    "free": free,
    "hostname": hostname,
    "id": user_id,
    "mount": mount,
    "nproc": nproc,
    "stty": stty,
    "tty": tty,
    "uname": uname,
    "uptime": uptime,
    "whoami": who_am_i,
}
