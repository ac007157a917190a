"""Kubeconfigs found, merged and resolved as kubectl does; each thing that can be wrong with one, as a sentence."""

import base64
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.client import configfile, incluster
from kubetui.client.errors import BadConfig
from kubetui.client.kubeconfig import Access, Kubeconfig, load, merge

SERVER = "https://10.0.0.1:6443"


def config(
    cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A kubeconfig of one context `here`, with the cluster `c` and the user `u`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "u", "user": dict(user or {})}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "here",
        **more,
    }


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


def access(tmp_path: Path, cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None) -> Access:
    return load(write(tmp_path / "config", config(cluster, user)), {}).access()


def refusal(tmp_path: Path, cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None) -> str:
    with pytest.raises(BadConfig) as error:
        access(tmp_path, cluster, user)
    return str(error.value)


def load_refusal(tmp_path: Path, content: object) -> str:
    with pytest.raises(BadConfig) as error:
        load(write(tmp_path / "config", content), {})
    return str(error.value)


# -- where kubeconfigs are


def test_the_file_named_is_read_and_no_other(tmp_path: Path) -> None:
    named = write(tmp_path / "named", config())
    other = write(tmp_path / "other", config() | {"current-context": "there"})
    assert load(named, {"KUBECONFIG": str(other), "HOME": str(tmp_path)}).sources == (named,)


def test_kubeconfig_goes_before_the_home_directory(tmp_path: Path) -> None:
    write(tmp_path / ".kube" / "config", config())
    other = write(tmp_path / "other", config())
    assert load(None, {"KUBECONFIG": str(other), "HOME": str(tmp_path)}).sources == (other,)


def test_the_home_directory_is_looked_into_where_nothing_else_is_said(tmp_path: Path) -> None:
    home = write(tmp_path / ".kube" / "config", config())
    assert load(None, {"KUBECONFIG": "", "HOME": str(tmp_path)}).sources == (home,)


def test_files_of_the_list_that_are_missing_empty_or_named_twice_are_passed_over(tmp_path: Path) -> None:
    file = write(tmp_path / "config", config())
    assert load(None, {"KUBECONFIG": f":{tmp_path}/gone:{file}:{file}"}).sources == (file,)


def test_without_any_kubeconfig_the_sentence_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as error:
        load(None, {"HOME": str(tmp_path)})
    assert str(error.value) == (
        f"No kubeconfig found: looked at {tmp_path}/.kube/config. Set KUBECONFIG or give --kubeconfig FILE."
    )


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"kubeconfig .*gone can't be read: No such file or directory"):
        load(tmp_path / "gone", {})


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="can't be read: Is a directory"):
        load(None, {"KUBECONFIG": str(tmp_path)})


def test_an_empty_file_is_told_from_a_missing_one(tmp_path: Path) -> None:
    assert "names no cluster" in load_refusal(tmp_path, "# nothing yet\n")


# -- merging


@pytest.fixture
def merged(tmp_path: Path) -> Kubeconfig:
    first = config({"certificate-authority": "ca.crt"}, {"token": "first"}) | {"current-context": ""}
    second = {
        "clusters": [
            {"name": "c", "cluster": {"server": "https://second", "tls-server-name": "second"}},
            {"name": "d", "cluster": {"server": "https://d", "certificate-authority": "ca.crt"}},
        ],
        "users": [{"name": "u", "user": {"token": "second"}}, {"name": "v", "user": {"tokenFile": "../v"}}],
        "contexts": [
            {"name": "there", "context": {"cluster": "d", "user": "v", "namespace": "shop"}},
            {"name": "here", "context": {"cluster": "d", "user": "v"}},
        ],
        "current-context": "there",
    }
    files = write(tmp_path / "one" / "config", first), write(tmp_path / "two" / "config", second)
    return load(None, {"KUBECONFIG": ":".join(map(str, files))})


def test_the_first_file_to_name_something_wins_with_all_of_it(merged: Kubeconfig) -> None:
    here = merged.access("here")
    assert (here.cluster, here.user, here.server, here.auth.token) == ("c", "u", SERVER, "first")
    assert here.tls.server_name == ""


def test_contexts_come_in_the_order_of_the_files(merged: Kubeconfig) -> None:
    assert [context.name for context in merged.contexts] == ["here", "there"]


def test_the_first_current_context_that_is_set_wins(merged: Kubeconfig) -> None:
    assert merged.current == "there"
    assert merged.access().context == "there"


def test_paths_are_relative_to_the_file_they_stand_in(merged: Kubeconfig, tmp_path: Path) -> None:
    assert merged.access("here").tls.ca_file == tmp_path / "one" / "ca.crt"
    assert merged.access("there").tls.ca_file == tmp_path / "two" / "ca.crt"
    assert merged.access("there").auth.token_file == tmp_path / "two" / "../v"


def test_one_broken_file_of_the_list_is_named(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good", config()), write(tmp_path / "bad", "users: [")
    with pytest.raises(BadConfig, match="bad is not YAML"):
        load(None, {"KUBECONFIG": f"{good}:{bad}"})


# -- contexts


def test_a_context_has_the_namespace_default_unless_it_says_another(merged: Kubeconfig) -> None:
    assert (merged.access("here").namespace, merged.access("there").namespace) == ("default", "shop")


def test_an_unknown_context_is_answered_with_those_there_are(merged: Kubeconfig) -> None:
    with pytest.raises(BadConfig, match=r"no context 'nix' in .*Known contexts: here, there\."):
        merged.access("nix")


def test_no_chosen_context_is_answered_with_those_there_are(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "config", config() | {"current-context": ""}), {})
    with pytest.raises(BadConfig, match=r"No context is chosen: .* Name one with --context\. Known contexts: here\."):
        loaded.access()


def test_of_very_many_contexts_an_error_names_a_few(tmp_path: Path) -> None:
    contexts = [{"name": f"n{i}", "context": {"cluster": "c", "user": "u"}} for i in range(500)]
    loaded = load(write(tmp_path / "config", config(contexts=contexts)), {})
    with pytest.raises(BadConfig, match=r"n11 and 488 more\.$"):
        loaded.access("nix")


@pytest.mark.parametrize(("part", "known"), [("cluster", "clusters: c"), ("user", "users: u")])
def test_a_context_that_names_what_is_not_there_is_answered_with_what_is(tmp_path: Path, part: str, known: str) -> None:
    context = {"cluster": "c", "user": "u", part: "gone"}
    loaded = load(write(tmp_path / "config", config(contexts=[{"name": "here", "context": context}])), {})
    with pytest.raises(BadConfig, match=rf"'here' names the {part} 'gone', which is not in .* Known {known}\."):
        loaded.access()


def test_a_context_without_a_cluster_is_an_error(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "config", config(contexts=[{"name": "here", "context": None}])), {})
    with pytest.raises(BadConfig, match="'here' names no cluster"):
        loaded.access()


def test_a_context_without_a_user_is_anonymous(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "config", config(contexts=[{"name": "here", "context": {"cluster": "c"}}])), {})
    assert loaded.access().user == ""


# -- clusters


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://h:6443/", "https://h:6443"),
        ("https://h/k8s/clusters/c-1/", "https://h/k8s/clusters/c-1"),
        ("https://[::1]:6443", "https://[::1]:6443"),
        ("http://h:8080", "http://h:8080"),
        ("h:8080", "http://h:8080"),
    ],
)
def test_a_server_is_read_as_kubectl_does(tmp_path: Path, written: str, read: str) -> None:
    assert access(tmp_path, {"server": written}).server == read


def test_a_server_without_a_scheme_has_tls_if_anything_is_said_of_it(tmp_path: Path) -> None:
    assert access(tmp_path, {"server": "h:6443", "insecure-skip-tls-verify": True}).server == "https://h:6443"


@pytest.mark.parametrize("server", ["ftp://h", "https://", "https://h:99999", "https://[::1", "https://a b\x7f"])
def test_a_server_that_is_no_url_is_said_so(tmp_path: Path, server: str) -> None:
    assert "has a server that is no URL" in refusal(tmp_path, {"server": server})


def test_a_cluster_without_a_server_is_said_so(tmp_path: Path) -> None:
    assert "The cluster 'c' in " in (said := refusal(tmp_path, {"server": ""}))
    assert "has no server" in said


def test_a_password_in_a_servers_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    said = refusal(tmp_path, {"server": "https://me:hush@h"})
    assert "has a user name in its server's URL" in said
    assert "hush" not in said


def test_what_is_said_of_tls_is_read(tmp_path: Path) -> None:
    cluster = {"certificate-authority-data": base64.b64encode(b"PEM").decode(), "tls-server-name": "kubernetes"}
    user = {"client-certificate-data": "Y2VydA==", "client-key": "u.key"}
    tls = access(tmp_path, cluster, user).tls
    assert (tls.ca_data, tls.server_name, tls.insecure, tls.plain) == (b"PEM", "kubernetes", False, False)
    assert (tls.cert_data, tls.key_file) == (b"cert", tmp_path / "u.key")


def test_data_may_be_broken_into_lines(tmp_path: Path) -> None:
    assert access(tmp_path, {"certificate-authority-data": "UEVN\nUEVN\n"}).tls.ca_data == b"PEMPEM"


def test_insecure_is_known(tmp_path: Path) -> None:
    assert access(tmp_path, {"insecure-skip-tls-verify": True}).tls.insecure


def test_an_http_server_has_no_tls(tmp_path: Path) -> None:
    assert access(tmp_path, {"server": "http://h"}).tls.plain


def test_a_clusters_proxy_is_read(tmp_path: Path) -> None:
    assert access(tmp_path, {"proxy-url": "socks5://p:1080"}).proxy_url == "socks5://p:1080"
    assert access(tmp_path).proxy_url is None


@pytest.mark.parametrize(
    ("cluster", "user", "said"),
    [
        (
            {"insecure-skip-tls-verify": True, "certificate-authority": "ca"},
            {},
            "both insecure-skip-tls-verify and a certificate authority",
        ),
        ({"certificate-authority-data": "*hush*"}, {}, "certificate-authority-data that is not base64"),
        ({}, {"client-certificate": "a"}, "a client certificate without its key"),
        ({}, {"client-certificate": "a", "client-key-data": "hush!"}, "client-key-data that is not base64"),
        ({}, {"token": "hush", "password": "hush"}, "both a token and a username or password"),
        ({}, {"exec": {"command": "p"}, "auth-provider": {"name": "oidc"}}, "both an exec plugin and an auth-provider"),
        ({}, {"exec": {"args": ["hush"]}}, "an exec plugin without a command"),
        ({}, {"exec": {"command": "p"}}, "an exec plugin without an apiVersion"),
        (
            {},
            {"exec": {"command": "p", "apiVersion": "client.authentication.k8s.io/v1"}},
            "an exec plugin without a valid interactiveMode",
        ),
        (
            {},
            {"exec": {"command": "p", "apiVersion": "v", "env": [{"value": "hush"}]}},
            "an env variable without a name",
        ),
        ({}, {"as-groups": ["g"]}, "no user to act as"),
    ],
)
def test_what_contradicts_itself_is_said_so(
    tmp_path: Path, cluster: dict[str, Any], user: dict[str, Any], said: str
) -> None:
    answer = refusal(tmp_path, cluster, user)
    assert said in answer
    assert "hush" not in answer


# -- users


def test_a_user_is_read_whole(tmp_path: Path) -> None:
    user = {"username": "me", "password": "hush", "as": "other", "as-uid": "7", "as-groups": ["a", "b"]}
    auth = access(tmp_path, user=user | {"as-user-extra": {"scopes": ["x", "y"]}}).auth
    assert (auth.username, auth.password) == ("me", "hush")
    acting_as = auth.impersonation
    assert acting_as is not None
    assert (acting_as.user, acting_as.uid, acting_as.groups) == ("other", "7", ("a", "b"))
    assert acting_as.extra == (("scopes", ("x", "y")),)


def test_a_plugin_is_read_whole(tmp_path: Path) -> None:
    plugin = {
        "command": "./login",
        "args": ["--now"],
        "env": [{"name": "A", "value": "1"}],
        "apiVersion": "client.authentication.k8s.io/v1",
        "installHint": "get it",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
    }
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}
    read = access(tmp_path, {"extensions": [extension]}, {"exec": plugin}).auth.exec
    assert read is not None
    assert (read.command, read.args, read.env) == (str(tmp_path / "login"), ("--now",), (("A", "1"),))
    assert (read.interactive, read.install_hint, read.provide_cluster_info) == ("Never", "get it", True)
    assert read.cluster_config == {"audience": "x"}


def test_a_plugin_on_the_path_stays_a_name_and_of_v1beta1_needs_no_interactive_mode(tmp_path: Path) -> None:
    plugin = {"command": "aws", "apiVersion": "client.authentication.k8s.io/v1beta1", "args": None, "env": None}
    read = access(tmp_path, user={"exec": plugin}).auth.exec
    assert read is not None
    assert (read.command, read.interactive) == ("aws", "IfAvailable")


# -- in a pod


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a pod with a service account."""
    folder = tmp_path / "serviceaccount"
    for name, content in (("token", "abc"), ("ca.crt", "PEM"), ("namespace", "shop\n")):
        write(folder / name, content)
    monkeypatch.setattr(incluster, "FOLDER", folder)
    return {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "HOME": str(tmp_path)}


def test_in_a_pod_without_a_kubeconfig_the_service_account_is_taken(pod: dict[str, str], tmp_path: Path) -> None:
    inside = load(None, pod).access()
    assert (inside.server, inside.namespace) == ("https://[fd00::1]:443", "shop")
    assert inside.tls.ca_file == tmp_path / "serviceaccount" / "ca.crt"
    assert inside.auth.token_file == tmp_path / "serviceaccount" / "token"


def test_in_a_pod_a_kubeconfig_goes_first(pod: dict[str, str], tmp_path: Path) -> None:
    file = write(tmp_path / "config", config())
    assert load(None, {**pod, "KUBECONFIG": str(file)}).access().server == SERVER


def test_a_pod_without_a_token_is_none(pod: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "serviceaccount" / "token").unlink()
    with pytest.raises(BadConfig, match="No kubeconfig found"):
        load(None, pod)


# -- what is no kubeconfig


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("hello", "is no kubeconfig: it holds just a value"),
        ("- a\n- b\n", "is no kubeconfig: it holds just a list"),
        ("kind: Pod\n", "it says kind 'Pod' of 'v1'"),
        ("apiVersion: v2\n", "it says kind 'Config' of 'v2'"),
        ("users: [\n", "is not YAML: line 2 breaks its rules"),
        ("users: [{name: a, user: {password: *hush}}]\n", "is not YAML: line 1 breaks its rules"),
        ("users: [{name: a, user: {token: 1234}}]\n", "users[0].user.token: expected `str`, got `int`"),
        ("users: hush\n", "users: expected `array`, got `str`"),
        ("users: [{name: a}, {name: a}]\n", "has 2 users named 'a'"),
        ("\x00", "is not YAML"),
        ("[" * 200_000, "is not YAML"),
    ],
)
def test_what_is_no_kubeconfig_is_said_so_and_not_repeated(tmp_path: Path, content: str, said: str) -> None:
    answer = load_refusal(tmp_path, content)
    assert said in answer
    assert answer.endswith("Correct it, or name another file with --kubeconfig.")
    assert "hush" not in answer
    assert "1234" not in answer


def test_what_is_null_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    file = write(tmp_path / "config", config({"proxy-url": None}, {"token": None, "exec": None}, preferences=None))
    assert load(file, {}).access().auth.exec is None


def test_a_name_that_looks_like_a_date_is_a_name(tmp_path: Path) -> None:
    file = write(tmp_path / "config", "contexts: [{name: 2024-01-01, context: {}}]\ncurrent-context: 2024-01-01\n")
    assert load(file, {}).contexts[0].name == "2024-01-01"


def test_of_several_documents_the_first_counts(tmp_path: Path) -> None:
    file = write(tmp_path / "config", f"---\n{yaml.safe_dump(config())}---\nother: document\n")
    assert load(file, {}).current == "here"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(
    [
        *("name", "cluster", "clusters", "user", "users", "context", "contexts", "current-context", "kind", "server"),
        *("token", "tokenFile", "exec", "args", "env", "auth-provider", "config", "extensions", "as-user-extra"),
        *("as", "as-groups", "certificate-authority-data", "client-certificate-data"),
    ]
)
likely = st.recursive(
    st.none() | st.sampled_from(["c", "u", "x", "https://h", "a/b", "==", "é"]) | st.integers(0, 2) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=25,
)


def is_answered(text: bytes) -> None:
    """A kubeconfig whose every context is answered with an access or BadConfig, or BadConfig at once."""
    try:
        parsed = configfile.parse(text, Path("config"))
    except BadConfig:
        return
    merged = merge([(Path("config"), parsed)])
    for context in merged.contexts:
        try:
            assert isinstance(merged.access(context.name), Access)
        except BadConfig:
            continue


@settings(deadline=None)
@given(json | likely)
def test_any_yaml_document_is_a_kubeconfig_or_a_sentence(document: object) -> None:
    is_answered(yaml.safe_dump(document).encode())


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional={"server": likely, "token": likely, "exec": likely, "as": likely}))
def test_any_stanza_is_an_access_or_a_sentence(stanza: dict[str, object]) -> None:
    is_answered(yaml.safe_dump(config(stanza, stanza)).encode())


@settings(deadline=None)
@given(st.binary() | st.text(alphabet="[]{}:,-&*!|>?#'\"% \n\tab<").map(str.encode))
def test_any_bytes_are_a_kubeconfig_or_a_sentence(content: bytes) -> None:
    is_answered(content)


# -- secrets, and what it costs


def test_no_secret_is_in_a_repr(tmp_path: Path) -> None:
    plugin = {
        "command": "p",
        "apiVersion": "client.authentication.k8s.io/v1",
        "interactiveMode": "Never",
        "args": ["--secret=hush"],
        "env": [{"name": "S", "value": "hush"}],
    }
    hush = base64.b64encode(b"hush").decode()
    users: list[dict[str, Any]] = [
        {"token": "hush"},
        {"username": "me", "password": "hush"},
        {"client-certificate-data": hush, "client-key-data": hush},
        {"exec": plugin},
        {"auth-provider": {"name": "oidc", "config": {"refresh-token": "hush"}}},
    ]
    for user in users:
        content = config({"proxy-url": "http://me:hush@p"}, user)
        loaded = load(write(tmp_path / "config", content), {})
        shown = f"{loaded!r} {loaded.access()!r} {configfile.parse(yaml.safe_dump(content).encode(), Path('f'))!r}"
        shown += f" {loaded._users!r}"
        assert "hush" not in shown
        assert hush not in shown


def test_reading_a_kubeconfig_imports_no_network_stack(tmp_path: Path) -> None:
    file = write(tmp_path / "config", config())
    program = (
        "import pathlib, sys; from kubetui.client.kubeconfig import load; "
        f"load(pathlib.Path({str(file)!r}), {{}}).access(); "
        "print([name for name in ('asyncio', 'ssl', 'kubernetes_asyncio', 'textual') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"
