"""Programs that talk to others: wget, curl, nslookup, nc, ping."""

import posixpath
import re

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.network import NoSuchName, Unreachable
from kubetui.demo.kubelet.inside.programs.fetching import Asked, fetch
from kubetui.demo.kubelet.inside.programs.words import Wrong, given, seconds_of
from kubetui.demo.streams import Conduit

_PATIENCE = 130.0
"""Seconds, of the cluster's time, after which a connection that nobody answers is given up."""


async def wget(call: Call) -> int:
    try:
        asked = given(
            call.words, "qScO", "TOPUt", long=("spider", "header=", "timeout=", "no-check-certificate", "quiet")
        )
        if not asked.rest:
            raise Wrong("missing URL")
        urls = [Asked.of(url) for url in asked.rest]
        patience = seconds_of(asked.values.get("T") or asked.values.get("timeout", ""), _PATIENCE)
    except (Wrong, ValueError) as why:
        return await call.complain(str(why) if isinstance(why, Wrong) else f"bad address '{why}'")
    quiet = bool(asked.flags & {"q", "quiet"})
    for parts in urls:
        try:
            _, addresses = call.box.network.resolve(parts.host)
        except NoSuchName:
            return await call.complain(f"bad address '{parts.authority}'")
        address = addresses[0]
        where = f"{parts.authority} ({address}:{parts.port})"
        if not quiet:
            await call.stderr.write(f"Connecting to {where}\n".encode())
        if parts.secure:
            await call.complain("note: TLS certificate validation not implemented")
            return await call.complain(f"can't connect to remote host ({address}): Connection refused")
        try:
            fetched = await fetch(
                call,
                parts,
                address,
                "HEAD" if "spider" in asked.flags else "GET",
                _headers(asked.values, "Wget"),
                patience,
            )
        except ConnectionRefusedError:
            return await call.complain(f"can't connect to remote host ({address}): Connection refused")
        except (Unreachable, TimeoutError):
            told = (
                "download timed out"
                if "T" in asked.values
                else f"can't connect to remote host ({address}): Operation timed out"
            )
            return await call.complain(told)
        if not fetched.status:
            return await call.complain("error getting response: Connection reset by peer")
        if fetched.status >= 400:
            line = fetched.head.split(b"\r\n")[0].decode("latin-1")
            return await call.complain(f"server returned error: {line}")
        if "spider" in asked.flags:
            if not quiet:
                await call.stderr.write(b"remote file exists\n")
            continue
        name = asked.values.get("O") or posixpath.basename(parts.path.partition("?")[0]) or "index.html"
        if name == "-":
            await call.stdout.write(bytes(fetched.body))
        else:
            try:
                call.box.files.write(call.path(name), bytes(fetched.body))
            except OSError as why:
                return await call.complain(f"can't open '{name}': {why.strerror}")
            if not quiet:
                size = len(fetched.body)
                bar = f"{name:<20} 100% |{'*' * 32}| {size:>5}  0:00:00 ETA"
                await call.stderr.write(f"saving to '{name}'\n{bar}\n'{name}' saved\n".encode())
    return 0


async def curl(call: Call) -> int:
    try:
        asked = given(
            call.words,
            "sSfiIkLvg",
            "oHXdwmAu",
            long=(
                "silent", "fail", "include", "head", "insecure", "location", "verbose", "show-error", "compressed",
                "output=", "header=", "request=", "data=", "write-out=", "max-time=", "connect-timeout=",
            ),
        )  # fmt: skip
        if not asked.rest:
            raise Wrong("no URL specified")
        limits = (asked.values.get(name, "") for name in ("m", "max-time", "connect-timeout"))
        patience = min(seconds_of(limit, _PATIENCE) for limit in limits)
    except Wrong as why:
        await call.complain(f"({call.name}) {why}".replace("(curl) ", ""))
        return 2
    flags, values = asked.flags, asked.values
    for url in asked.rest:
        try:
            parts = Asked.of(url)
        except ValueError:
            return await _sorry(call, flags, 3, "URL using bad/illegal format or missing URL")
        code = await _curled(call, url, parts, flags, values, patience)
        if code:
            return code
    return 0


async def _curled(
    call: Call, url: str, parts: Asked, flags: frozenset[str], values: dict[str, str], patience: float
) -> int:
    head_only = bool(flags & {"I", "head"})
    method = values.get("X") or values.get("request") or ("HEAD" if head_only else "POST" if "d" in values else "GET")
    try:
        _, addresses = call.box.network.resolve(parts.host)
    except NoSuchName:
        return await _sorry(call, flags, 6, f"Could not resolve host: {parts.host}")
    if parts.secure:
        return await _sorry(call, flags, 35, "OpenSSL/3: wrong version number")
    began = call.box.clock.now()
    try:
        fetched = await fetch(call, parts, addresses[0], method, _headers(values, "curl"), patience)
    except ConnectionRefusedError:
        return await _sorry(
            call,
            flags,
            7,
            f"Failed to connect to {parts.host} port {parts.port} after 0 ms: Could not connect to server",
        )
    except (Unreachable, TimeoutError):
        waited = int((call.box.clock.now() - began) * 1000) or int(patience * 1000)
        return await _sorry(call, flags, 28, f"Connection timed out after {waited} milliseconds")
    if not fetched.status:
        return await _sorry(call, flags, 52, "Empty reply from server")
    if flags & {"f", "fail"} and fetched.status >= 400:
        return await _sorry(call, flags, 22, f"The requested URL returned error: {fetched.status}")
    if flags & {"v", "verbose"}:
        shown = fetched.head.decode("latin-1").replace("\r", "").splitlines()
        await call.stderr.write("".join(f"< {line}\n" for line in [*shown, ""]).encode())
    body = (fetched.head + b"\r\n" if head_only or flags & {"i", "include"} else b"") + bytes(fetched.body)
    target = values.get("o") or values.get("output")
    if target and target != "/dev/null":
        try:
            call.box.files.write(call.path(target), body)
        except OSError:
            return await _sorry(call, flags, 23, "Failure writing output to destination")
    elif not target:
        await call.stdout.write(body)
    written = values.get("w") or values.get("write-out")
    if written:
        known = {
            "http_code": f"{fetched.status:03d}",
            "remote_ip": addresses[0],
            "url": url,
            "size_download": str(len(fetched.body)),
        }
        text = re.sub(r"%\{(\w+)\}", lambda one: known.get(one[1], ""), written)
        await call.out(text.replace("\\n", "\n").replace("\\t", "\t"))
    return 0


async def _sorry(call: Call, flags: frozenset[str], code: int, text: str) -> int:
    if not flags & {"s", "silent"} or flags & {"S", "show-error"}:
        await call.stderr.write(f"curl: ({code}) {text}\n".encode())
    return code


def _headers(values: dict[str, str], agent: str) -> dict[str, str]:
    headers = {"User-Agent": values.get("U") or values.get("A") or ("curl/8.14.1" if agent == "curl" else agent)}
    given_header = values.get("H") or values.get("header")
    if given_header and ":" in given_header:
        name, _, value = given_header.partition(":")
        headers[name.strip().title()] = re.sub(r"[\r\n]", " ", value).strip()
    return headers


async def nslookup(call: Call) -> int:
    names = [word for word in call.words if not word.startswith("-")]
    if not names:
        return await call.complain("usage: nslookup HOST [DNS_SERVER]")
    await call.out(f"Server:\t\t{call.box.network.dns}\nAddress:\t{call.box.network.dns}:53\n\n")
    try:
        full, addresses = call.box.network.resolve(names[0])
    except NoSuchName:
        await call.out(f"** server can't find {names[0]}: NXDOMAIN\n\n")
        return 1
    await call.out("".join(f"Name:\t{full}\nAddress: {address}\n" for address in addresses) + "\n")
    return 0


async def nc(call: Call) -> int:
    """`nc -z HOST PORT` asks whether a port is open; without -z it is connected to."""
    try:
        asked = given(call.words, "zvnu", "w")
        host, port = asked.rest[0], int(asked.rest[1])
    except (Wrong, IndexError, ValueError):
        return await call.complain("usage: nc [-zv] [-w SEC] HOST PORT")
    try:
        _, addresses = call.box.network.resolve(host)
    except NoSuchName:
        return await call.complain(f"bad address '{host}'")
    where = f"{host} ({addresses[0]}:{port})"
    try:
        if "z" in asked.flags:
            await call.box.network.connect(addresses[0], port, Conduit.holding(b""), Conduit())
            if "v" in asked.flags:
                await call.stderr.write(f"{where} open\n".encode())
        else:
            await call.box.network.connect(addresses[0], port, call.stdin, call.stdout)
    except ConnectionRefusedError:
        return (
            await call.complain(f"{where}: Connection refused") if "v" in asked.flags or "z" not in asked.flags else 1
        )
    except Unreachable:
        await call.box.clock.sleep(float(asked.number("w", 10)))
        return await call.complain(f"{where}: Operation timed out")
    return 0


PROGRAMS: dict[str, Program] = {"curl": curl, "nc": nc, "nslookup": nslookup, "wget": wget}
