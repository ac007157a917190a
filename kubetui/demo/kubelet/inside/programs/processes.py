"""Programs that look at processes and end them: ps, kill, top, pidof."""

from datetime import UTC, datetime

from kubetui.demo.kubelet.inside.box import Call, Process, Program

_SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "TERM": 15, "CONT": 18, "STOP": 19}


async def ps(call: Call) -> int:
    """busybox's list; with bash there is the larger ps too, which knows `-ef` and `aux`."""
    user = "root" if call.box.who.uid == 0 else str(call.box.who.uid)
    listed = sorted(call.box.processes.values(), key=lambda one: one.pid)
    now = call.box.clock.now()
    larger = "bash" in call.box.programs
    flags = "".join(word.lstrip("-") for word in call.words)
    if larger and "a" in flags and "u" in flags:
        await call.out("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
    elif larger and "e" in flags and "f" in flags:
        await call.out("UID          PID    PPID  C STIME TTY          TIME CMD\n")
    else:
        larger = False
        await call.out("PID   USER     TIME  COMMAND\n")
    for one in listed:
        words, used = " ".join(one.argv), _used(one, now)
        tty, begun = "pts/0" if one.terminal else "?", datetime.fromtimestamp(one.started_at, UTC).strftime("%H:%M")
        if not larger:
            row = f"{one.pid:>5} {user:<8} {used:>6} {words}"
        elif "u" in flags:
            row = f"{user:<8} {one.pid:>7}  0.0  0.1   4500  3400 {tty:<8} Ss   {begun} {used:>6} {words}"
        else:
            row = f"{user:<8} {one.pid:>7} {one.parent:>7}  0 {begun} {tty:<8} 00:{used.strip().zfill(5)} {words}"
        await call.out(f"{row}\n")
    return 0


async def kill(call: Call) -> int:
    words = list(call.words)
    if words[:1] == ["-l"]:
        await call.out(" ".join(_SIGNALS) + "\n")
        return 0
    number = _SIGNALS["TERM"]
    if words[:1] == ["-s"] and len(words) > 1:
        words = [f"-{words[1]}", *words[2:]]
    if words and words[0].startswith("-") and words[0] != "--":
        told = words.pop(0)[1:].upper().removeprefix("SIG")
        known = int(told) if told.isdigit() else _SIGNALS.get(told)
        if known is None:
            return await call.complain(f"bad signal name '{told}'")
        number = known
    if not words:
        return await call.complain("you need to specify whom to kill")
    code = 0
    for word in words:
        if not word.isdigit():
            code = await call.complain(f"bad pid '{word}'")
            continue
        try:
            call.box.signal(int(word), number)
        except OSError as why:
            code = await call.complain(f"can't kill pid {word}: {why.strerror}")
    return code


async def pidof(call: Call) -> int:
    found = [
        str(one.pid) for one in call.box.processes.values() if one.argv[0].rsplit("/", 1)[-1].rstrip(":") in call.words
    ]
    if found:
        await call.out(" ".join(reversed(found)) + "\n")
    return 0 if found else 1


def _used(process: Process, now: float) -> str:
    """Time on a processor: a hundredth of the time that it has been there, for the first process."""
    seconds = int((now - process.started_at) / 100) if process.pid == 1 else 0
    return f"{seconds // 60}:{seconds % 60:02d}"


PROGRAMS: dict[str, Program] = {"kill": kill, "pidof": pidof, "ps": ps}
