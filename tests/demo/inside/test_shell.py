"""The shell of a container: the language, and what a person who types sees."""

import pytest

from tests.demo.inside.container import Inside

SCRIPTS = [
    ("echo hello", "hello\n"),
    ("echo a; echo b", "a\nb\n"),
    ("true && echo yes || echo no", "yes\n"),
    ("false && echo yes || echo no", "no\n"),
    ("! false && echo turned", "turned\n"),
    ("echo one two | wc -w", "2\n"),
    ("printf 'b\\na\\n' | sort | head -n 1", "a\n"),
    ("X=5; echo $X \"$X$X\" '$X' ${X}1", "5 55 $X 51\n"),
    ("echo ${NONE:-other} ${#PATH}", "other 60\n"),
    ("F=a.tar.gz; echo ${F%.*} ${F%%.*} ${F#*.} ${F##*.}", "a.tar a tar.gz gz\n"),
    ("echo $((2 + 3 * 4)) $(( (1 + 2) * 3 % 5 ))", "14 4\n"),
    ("echo $(echo inner; echo more)", "inner more\n"),
    ("echo `echo old`", "old\n"),
    ('A="a   b"; echo $A; echo "$A"', "a b\na   b\n"),
    ("for i in 1 2 3; do echo -n $i; done", "123"),
    ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n"),
    ("i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i", "2\n"),
    ("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n"),
    ("while true; do break; done; echo out", "out\n"),
    ("if [ -f /etc/hosts ]; then echo there; elif true; then echo b; else echo c; fi", "there\n"),
    ("{ echo a; echo b; } | tail -n 1", "b\n"),
    ("(cd /tmp; pwd); pwd", "/tmp\n/\n"),
    ("echo text > /tmp/f; cat /tmp/f; echo more >> /tmp/f; cat < /tmp/f", "text\ntext\nmore\n"),
    ("ls /nope 2>&1 | grep -c 'No such file'", "1\n"),
    ("ls /nope 2>/dev/null; echo $?", "1\n"),
    ("cat <<END\nhello $HOSTNAME\nEND", "hello p\n"),
    ("cat <<'END'\n$HOSTNAME\nEND", "$HOSTNAME\n"),
    ("cd /etc; echo host*", "hostname hosts\n"),
    ("echo 'host*' /nope*", "host* /nope*\n"),
    ('set -- a \'b c\'; echo $# $2; for x in "$@"; do echo "[$x]"; done', "2 b c\n[a]\n[b c]\n"),
    ("A=1 env | grep ^A=; echo ${A:-unset}", "A=1\nunset\n"),
    ("export B=2; sh -c 'echo $B'", "2\n"),
    ("echo a b | while read x y; do echo $y $x; done", "b a\n"),
    ("eval 'echo evaluated'", "evaluated\n"),
    ("sleep 1 & echo first; wait; echo last", "first\nlast\n"),
    ("# nothing\necho after # a remark", "after\n"),
    ("yes | head -n 2", "y\ny\n"),
    ("test 3 -gt 2 && test -d /etc -a -n x && echo well", "well\n"),
]


@pytest.mark.parametrize(("script", "expected"), SCRIPTS, ids=[script for script, _ in SCRIPTS])
async def test_a_script_writes(inside: Inside, script: str, expected: str) -> None:
    done = await inside.shell(script)
    assert (done.out, done.err) == (expected, "")


CODES = [
    ("exit 3", 3, ""),
    ("false", 1, ""),
    ("sh -c 'exit 5'; exit $?", 5, ""),
    ("set -e; false; echo not reached", 1, ""),
    ("nothing-of-the-kind", 127, "sh: nothing-of-the-kind: not found\n"),
    ("/etc/hostname", 126, "sh: /etc/hostname: Permission denied\n"),
    ("cat /nope", 1, "cat: can't open '/nope': No such file or directory\n"),
    ("echo x > /nope/x", 1, "sh: can't create /nope/x: no such file or directory\n"),
    ("cd /nope", 2, "sh: cd: can't cd to /nope: No such file or directory\n"),
    ("if true; then", 2, "sh: syntax error: unexpected end of file\n"),
    ("echo 'open", 2, "sh: syntax error: unterminated quoted string\n"),
    ("echo )", 2, 'sh: syntax error: unexpected ")"\n'),
    ("echo ${A?must be set}", 2, "sh: A: must be set\n"),
    ("echo $((1/0))", 2, "sh: divide by zero\n"),
]


@pytest.mark.parametrize(("script", "code", "err"), CODES, ids=[script for script, *_ in CODES])
async def test_a_script_ends_with_a_code_and_says_why(inside: Inside, script: str, code: int, err: str) -> None:
    done = await inside.shell(script)
    assert (done.code, done.out, done.err) == (code, "", err)


async def test_a_script_is_read_from_what_is_piped_in(inside: Inside) -> None:
    done = await inside.execute("sh", stdin=b"x=4\necho $x\nexit 6\necho never\n")
    assert (done.code, done.out) == (6, "4\n")


async def test_a_file_that_is_executable_is_a_script(inside: Inside) -> None:
    await inside.shell("echo 'echo I am $1' > /tmp/me; chmod +x /tmp/me")
    assert (await inside.execute("/tmp/me", "here")).out == "I am here\n"


async def test_blocks_too_deep_are_refused(inside: Inside) -> None:
    done = await inside.shell("(" * 500 + "true" + ")" * 500)
    assert done.err == "sh: syntax error: too many blocks in blocks\n"


async def test_a_loop_that_never_ends_ends_with_its_client(inside: Inside) -> None:
    with pytest.raises(AssertionError, match="never came to an end"):
        await inside.shell("while true; do true; done")
    assert (await inside.shell("ps")).out.count("while") == 0
