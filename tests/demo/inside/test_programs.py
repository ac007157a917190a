"""The programs of a container: what they tell of it, and what they do to it."""

import pytest

from kubetui.demo.resources import CONFIGMAPS, PODS, SECRETS
from kubetui.demo.streams import RuntimeFailure, Stdio
from tests.demo.inside.container import Inside
from tests.demo.living import Living, pod


async def test_the_environment_is_what_the_pod_says(living: Living) -> None:
    living.create(CONFIGMAPS, {"metadata": {"name": "cm"}, "data": {"color": "red", "size": "5"}})
    living.create(SECRETS, {"metadata": {"name": "s"}, "data": {"word": "aHVzaA=="}})
    env = [
        {"name": "A", "value": "plain"},
        {"name": "B", "value": "$(A)-$(NOBODY)-$$(A)"},
        {"name": "COLOR", "valueFrom": {"configMapKeyRef": {"name": "cm", "key": "color"}}},
        {"name": "WORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "word"}}},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
    ]
    container = {
        "env": env,
        "envFrom": [{"prefix": "X_", "configMapRef": {"name": "cm"}}],
        "resources": {"limits": {"cpu": "250m"}},
    }
    made = living.create(PODS, pod("p", container=container))
    living.run(30)
    inside = Inside(living)
    out = (await inside.execute("env")).out.splitlines()
    told = dict(line.split("=", 1) for line in out)
    assert made["metadata"]["name"] == told["HOSTNAME"] == "p"
    assert {key: told[key] for key in ("A", "B", "COLOR", "WORD", "NODE", "CPU", "X_size")} == {
        "A": "plain",
        "B": "plain-$(NOBODY)-$(A)",
        "COLOR": "red",
        "WORD": "hush",
        "NODE": "node-0",
        "CPU": "250",
        "X_size": "5",
    }
    assert told["IP"] == inside.pod["status"]["podIP"]


async def test_a_program_that_is_not_there_is_told_in_the_runtimes_words(inside: Inside) -> None:
    said = {
        "foo": 'exec: "foo": executable file not found in $PATH',
        "/foo": 'exec: "/foo": stat /foo: no such file or directory',
        "/etc": 'exec: "/etc": is a directory: permission denied',
        "/etc/hosts": 'exec: "/etc/hosts": permission denied',
    }
    for name, why in said.items():
        with pytest.raises(RuntimeFailure) as failed:
            await inside.fleet.execute(inside.pod, "c", [name])(Stdio())
        whole = f"OCI runtime exec failed: exec failed: unable to start container process: {why}: unknown"
        assert str(failed.value).endswith(whole)


async def test_an_image_made_of_one_program_has_no_shell(living: Living) -> None:
    living.create(PODS, pod("p", "registry.k8s.io/coredns/coredns:v1.12.1"))
    living.run(30)
    with pytest.raises(RuntimeFailure, match='exec: "sh": executable file not found'):
        await Inside(living).shell("true")


async def test_killing_the_first_process_ends_the_container(inside: Inside) -> None:
    assert (await inside.execute("kill", "1")).code == 0
    inside.living.run(5)
    status = inside.pod["status"]["containerStatuses"][0]
    assert status["lastState"]["terminated"]["exitCode"] == 143
    assert status["restartCount"] == 1


async def test_a_first_process_can_not_be_killed_the_hard_way_from_inside(inside: Inside) -> None:
    assert (await inside.execute("kill", "-9", "1")).code == 0
    inside.living.run(5)
    assert inside.pod["status"]["containerStatuses"][0]["restartCount"] == 0


async def test_a_first_process_that_minds_no_signal_goes_on(living: Living) -> None:
    living.create(PODS, pod("p", "busybox:1.37", container={"command": ["sleep", "infinity"]}))
    living.run(30)
    await Inside(living).execute("kill", "1")
    living.run(60)
    assert living.get(PODS, "p")["status"]["containerStatuses"][0]["restartCount"] == 0


async def test_processes_are_listed_and_can_be_killed(inside: Inside) -> None:
    done = await inside.shell("sleep 10000 & ps; pidof sleep | xargs kill; wait; pidof sleep; echo $?")
    assert "    1 root" in done.out
    assert "sleep 10000" in done.out
    assert done.out.endswith(" sleep 10000\n1\n")


async def test_processes_are_listed_in_the_way_that_is_asked_for(inside: Inside) -> None:
    heads = {"ps": "PID   USER", "ps -ef": "UID          PID", "ps aux": "USER         PID %CPU"}
    for command, head in heads.items():
        first, server, *_ = (await inside.execute(*command.split())).out.splitlines()
        assert first.startswith(head)
        assert server.endswith("nginx: master process nginx -g daemon off;")


async def test_a_process_nobody_knows_can_not_be_killed(inside: Inside) -> None:
    done = await inside.execute("kill", "4711")
    assert (done.code, done.err) == (1, "kill: can't kill pid 4711: No such process\n")


async def test_sleep_and_date_go_by_the_clusters_clock(inside: Inside) -> None:
    before = inside.living.clock.now()
    done = await inside.shell("date +%s; sleep 5; date +%s")
    first, last = map(int, done.out.split())
    assert before <= first + 1
    assert 5 <= last - first <= 7


ANSWERS = [
    ("hostname", "p\n"),
    ("whoami", "root\n"),
    ("id", "uid=0(root) gid=0(root) groups=0(root)\n"),
    ("uname -s -m", "Linux x86_64\n"),
    ("pwd", "/\n"),
    ("basename /a/b.txt .txt", "b\n"),
    ("dirname /a/b", "/a\n"),
    ("seq 1 3", "1\n2\n3\n"),
    ("printf '%s-%03d\\n' a 7 b 8", "a-007\nb-008\n"),
    ("echo -e 'a\\tb'", "a\tb\n"),
    ("echo hello | tr a-z A-Z", "HELLO\n"),
    ("echo a,b,c | cut -d, -f2-", "b,c\n"),
    ("printf 'a\\nb\\na\\n' | sort | uniq -c", "      2 a\n      1 b\n"),
    ("printf '10\\n9\\n' | sort -n", "9\n10\n"),
    ("printf 'a1\\nb2\\n' | grep -n '[0-9]$'", "1:a1\n2:b2\n"),
    ("printf 'x=1\\n' | sed 's/\\(x\\)=\\([0-9]\\)/\\2=\\1/'", "1=x\n"),
    ("printf 'a\\nb\\nc\\n' | sed -n 2p", "b\n"),
    ("printf 'a\\nb\\n' | sed /a/d", "b\n"),
    ("echo hi | base64", "aGkK\n"),
    ("echo aGkK | base64 -d", "hi\n"),
    ("printf abc | sha256sum | cut -c1-8", "ba7816bf\n"),
    ("echo a | tee /tmp/t; cat /tmp/t", "a\na\n"),
    ("printf '1\\n2\\n3\\n' | tail -n +2", "2\n3\n"),
    ("echo a b | xargs -n 1 echo =", "= a\n= b\n"),
    ("timeout 1 sleep 100; echo $?", "143\n"),
    ("mkdir /d; touch /d/a /d/.b; ls -A /d; cp -r /d /e; ls /e; mv /e /f; ls -d /f; rm -r /f; ls -d /f 2>&1 | wc -l",
     ".b\na\na\n/f\n1\n"),
    ("which ls; command -v cd; type nope 2>&1", "/bin/ls\ncd\nnope: not found\n"),
    ("nproc", "4\n"),
    ("yes | head -c 20000000 | wc -c", "20000000\n"),
    ("printf 'one two' | wc -w", "2\n"),
    ("yes ab | head -c 9000000 | md5sum | cut -c1-8", "b12646fd\n"),
    ("seq 1 5 | tail -n 2; seq 1 3 | tail -c 2", "4\n5\n3\n"),
    ("yes | head -c 9000000 | sort 2>&1", "sort: (standard input): File too large\n"),
    ("stat 2>&1 | head -n 1", "sh: stat: not found\n"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), ANSWERS, ids=[script for script, _ in ANSWERS])
async def test_a_program_answers(inside: Inside, script: str, expected: str) -> None:
    done = await inside.shell(script)
    assert (done.out, done.err) == (expected, "")


async def test_words_that_a_program_does_not_know_are_refused(inside: Inside) -> None:
    done = await inside.execute("ls", "--nope")
    assert (done.code, done.err) == (1, "ls: unrecognized option: nope\n")
