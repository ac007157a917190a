"""The command line: what was asked for, handed to the explorer or to a command. Imports either only when it runs."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from kubetui import __version__

COMMANDS = ("get", "check", "demo")
STDOUT = "stdout"
"""The file name of an error in printing."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line. 0 well, 1 failed, 2 wrong usage, 130 interrupted, 141 where nobody read the output."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        command = words[0] if words and words[0] in COMMANDS else None
        if command == "get":
            return _get(words[1:])
        if command == "check":
            return _check(words[1:])
        if command == "demo":
            return _demo(words[1:])
        return _explore(words)
    except KeyboardInterrupt:
        return 130
    except OSError as why:
        if why.filename != STDOUT:
            raise
        return _unprinted(why)


def _unprinted(why: OSError) -> int:
    """Ends quietly where the reader has left, as a program does that SIGPIPE ends; says why it could not print else."""
    # The interpreter flushes stdout once more on its way out: give it somewhere to write to.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(why, BrokenPipeError):
        return 141
    print(f"error: the output can't be written: {why.strerror}", file=sys.stderr)
    return 1


def _explore(words: Sequence[str]) -> int:
    parser = _parser("kubetui", "A live terminal explorer of Kubernetes clusters.")
    commands = "kubetui get KIND, kubetui check, kubetui demo serve | scenario | time-scale"
    parser.epilog = f"Commands: {commands}. Each has its own --help."
    parser.add_argument("--version", action="version", version=f"kubetui {__version__}")
    parser.add_argument("kind", nargs="?", metavar="KIND", help="open the list of this kind; without it, the board")
    _add_namespace(parser)
    _add_cluster(parser)
    parser.add_argument("--readonly", action="store_true", help="offer nothing that changes the cluster")
    parser.add_argument("--theme", metavar="T", help="colours")
    parser.add_argument("--demo", action="store_true", help="explore the built-in cluster, started for the occasion")
    world = parser.add_argument_group("with --demo")
    _add_world(world)
    given = parser.parse_args(words)
    if not given.demo:
        return _start(given, given.kubeconfig)
    if given.kubeconfig:
        parser.error("--demo brings a kubeconfig of its own")
    _check_world(given, parser)
    from kubetui.builtin import NotServed, built_in_cluster

    print("Starting the built-in cluster …", file=sys.stderr, flush=True)
    try:
        with built_in_cluster(_world_flags(given)) as kubeconfig:
            return _start(given, kubeconfig)
    except NotServed as why:
        print(str(why) if str(why).startswith("error:") else f"error: {why}", file=sys.stderr)
        return 1


def _start(given: argparse.Namespace, kubeconfig: Path | None) -> int:
    gc.disable()  # looking for garbage in what is being loaded takes a fifth of the time until the first frame
    from kubetui.settings.options import Options
    from kubetui.tui.start import start

    return start(
        Options(
            kind=given.kind,
            namespace=given.namespace,
            all_namespaces=given.all_namespaces,
            context=given.context,
            kubeconfig=kubeconfig,
            readonly=given.readonly,
            theme=given.theme,
        )
    )


def _get(words: Sequence[str]) -> int:
    parser = _parser("kubetui get", "Print what a pane would show, as kubectl get does.")
    parser.usage = "%(prog)s KIND [NAME ...] [-n NS | -A] [-w] [-o FORMAT] [-l SELECTOR] [--context C] [--kubeconfig F]"
    what = "a kind (plural, singular or short name, or KIND/NAME), and the objects to print; without any, all of them"
    parser.add_argument("words", nargs="+", metavar="KIND", help=what)
    _add_namespace(parser)
    parser.add_argument("-w", "--watch", action="store_true", help="go on with every change")
    parser.add_argument(
        "-o", "--output", choices=("table", "wide", "json", "yaml", "name"), default="table", help="form of the output"
    )
    parser.add_argument("-l", "--selector", default="", metavar="SELECTOR", help="only objects with these labels")
    _add_cluster(parser)
    given = parser.parse_intermixed_args(words)
    kind, slash, name = given.words[0].partition("/")
    if "," in kind:
        parser.error(f"one kind at a time, not {kind}")
    import asyncio

    from kubetui.plain import get
    from kubetui.plain.output import StandardOutput
    from kubetui.plain.request import Request

    request = Request(
        kind=kind,
        names=(*([name] if slash else ()), *given.words[1:]),
        namespaces=_namespaces(given.namespace),
        all_namespaces=given.all_namespaces,
        watch=given.watch,
        output=given.output,
        selector=given.selector,
        context=given.context,
        kubeconfig=given.kubeconfig,
    )
    return asyncio.run(get.run(request, StandardOutput()))


def _check(words: Sequence[str]) -> int:
    parser = _parser("kubetui check", "Say whether the cluster can be reached and what this user may do there.")
    parser.add_argument("-n", "--namespace", metavar="NS", help="the namespace in which rights are asked about")
    _add_cluster(parser)
    given = parser.parse_args(words)
    import asyncio

    from kubetui.plain import check
    from kubetui.plain.output import StandardOutput

    return asyncio.run(check.run(given.kubeconfig, given.context, given.namespace, StandardOutput()))


def _demo(words: Sequence[str]) -> int:
    parser = _parser("kubetui demo", "The built-in cluster: an API server and what runs behind it, in one process.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve it on a loopback port until interrupted", allow_abbrev=False)
    serve.add_argument("--port", type=int, default=0, metavar="P", help="the port; without it, any that is free")
    where = "write the kubeconfig to this file; without it, it is printed"
    serve.add_argument("--write-kubeconfig", type=Path, metavar="F", help=where)
    serve.add_argument("--tied", action="store_true", help="end when standard input does")
    _add_world(serve)
    scenario = commands.add_parser("scenario", help="let something happen in the one that runs", allow_abbrev=False)
    what = "what happens, and to what: node-dies, node-dies=node-2, …; without it, all are listed"
    scenario.add_argument("name", nargs="?", metavar="NAME[=VALUE]", help=what)
    speed = commands.add_parser("time-scale", help="change the speed of time in the one that runs", allow_abbrev=False)
    speed.add_argument("speed", type=float, metavar="X", help="virtual seconds in a second")
    for command in (scenario, speed):
        which = "the kubeconfig of the cluster; without it, the one that was started last"
        command.add_argument("--kubeconfig", type=Path, metavar="F", help=which)
    given = parser.parse_args(words)
    match given.command:
        case "serve":
            return _serve(given, serve)
        case "scenario":
            return _scenario(given, scenario)
        case _:
            _check_speed(given.speed, speed)
            return _direct(given, "time-scale", f"{given.speed:g}")


def _serve(given: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    _check_world(given, parser)
    import asyncio

    from kubetui.demo import serve
    from kubetui.settings.paths import demo_clusters

    settings = serve.Settings(given.nodes, given.pods, given.churn, given.seed, given.time_scale, given.scenario)
    return asyncio.run(serve.run(demo_clusters(), given.port, given.write_kubeconfig, settings, tied=given.tied))


def _scenario(given: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from kubetui.demo.worlds.scenarios import catalogue

    if given.name is None:
        print(catalogue.listing(), end="")
        return 0
    _check_scenario(given.name, parser)
    return _direct(given, "scenario", given.name)


def _direct(given: argparse.Namespace, wish: str, value: str) -> int:
    """Tells a running built-in cluster what is to happen."""
    import asyncio

    from kubetui.demo.rundir import newest
    from kubetui.plain.direct import direct
    from kubetui.plain.output import StandardOutput
    from kubetui.settings.paths import demo_clusters

    file = given.kubeconfig or newest(demo_clusters())
    if file is None:
        print("error: no built-in cluster runs. Start one with: kubetui --demo", file=sys.stderr)
        return 1
    return asyncio.run(direct(file, wish, value, StandardOutput()))


def _check_world(given: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Ends with 2 where no cluster can be made of what was given."""
    if min(given.nodes or 1, given.pods or 1) < 1 or given.churn < 0:
        parser.error("--nodes, --pods and --churn take numbers above zero")
    _check_speed(given.time_scale, parser)
    if given.scenario:
        _check_scenario(given.scenario, parser)


def _check_speed(speed: float, parser: argparse.ArgumentParser) -> None:
    """Ends with 2 where time can't go so fast."""
    from kubetui.demo.clock import FASTEST

    if not 0 < speed <= FASTEST:
        parser.error(f"the speed of time is a number above 0 and at most {FASTEST:g}, not {speed:g}")


def _check_scenario(wish: str, parser: argparse.ArgumentParser) -> None:
    """Ends with 2 where there is no such scenario."""
    from kubetui.demo.worlds.scenarios.catalogue import misuse

    if problem := misuse(wish):
        parser.error(f"{problem}\n`kubetui demo scenario` lists them all.")


def _add_world(parser: argparse._ActionsContainer) -> None:
    """What the built-in cluster is made of."""
    parser.add_argument("--nodes", type=int, metavar="N", help="so many nodes instead of five")
    parser.add_argument("--pods", type=int, metavar="N", help="a large world of so many pods instead of the shop")
    parser.add_argument("--churn", type=float, default=0.0, metavar="N", help="so many changes of pods a second")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed, the same names and choices")
    speed = "virtual seconds in a second"
    parser.add_argument("--time-scale", type=float, default=1.0, metavar="X", help=speed)
    what = "what happens at once: node-dies, node-dies=node-2, …; kubetui demo scenario lists them"
    parser.add_argument("--scenario", default="", metavar="NAME[=VALUE]", help=what)


def _world_flags(given: argparse.Namespace) -> list[str]:
    """The same, as flags of `kubetui demo serve`."""
    flags = [f"--churn={given.churn}", f"--seed={given.seed}", f"--time-scale={given.time_scale}"]
    flags += [f"--{name}={value}" for name in ("nodes", "pods") if (value := getattr(given, name)) is not None]
    return [*flags, *([f"--scenario={given.scenario}"] if given.scenario else [])]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\nSee '{self.prog} --help' for usage.\n")


def _parser(name: str, what: str) -> argparse.ArgumentParser:
    return _Parser(prog=name, description=what, allow_abbrev=False)


def _add_namespace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", "--namespace", metavar="NS", help="a namespace, or several between commas")
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="all namespaces, whatever -n says")


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--context", metavar="C", help="a context of the kubeconfig")
    parser.add_argument("--kubeconfig", metavar="F", type=Path, help="the kubeconfig to read")


def _namespaces(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)
