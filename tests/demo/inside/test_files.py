"""The files of a container: what is mounted, what can be written, and what the kubelet puts there."""

import base64

from kubetui.demo.controllers.volume_binder import PROVISIONER
from kubetui.demo.resources import CONFIGMAPS, PERSISTENTVOLUMECLAIMS, PODS, SECRETS, STORAGECLASSES
from kubetui.demo.worlds.manifests import storage_class
from tests.demo.inside.container import Inside, Json
from tests.demo.living import Living, pod

MOUNTED = [{"name": "v", "mountPath": "/data"}]


def _running(living: Living, made: Json) -> Inside:
    living.create(PODS, made)
    living.run(30)
    return Inside(living, made["metadata"]["name"])


async def test_a_configmaps_keys_are_files_and_change_with_it(living: Living) -> None:
    living.create(CONFIGMAPS, {"metadata": {"name": "cm"}, "data": {"a.txt": "one\n", "b": "two"}})
    inside = _running(
        living,
        pod("p", volumes=[{"name": "v", "configMap": {"name": "cm"}}], container={"volumeMounts": MOUNTED}),
    )
    assert (await inside.shell("ls /data; cat /data/a.txt")).out == "a.txt\nb\none\n"
    living.patch(CONFIGMAPS, "cm", {"data": {"a.txt": "new\n"}})
    assert (await inside.shell("cat /data/a.txt")).out == "new\n"
    assert (await inside.shell("echo x > /data/a.txt")).err == "sh: can't create /data/a.txt: Read-only file system\n"


async def test_a_secrets_chosen_key_is_a_file_under_its_path(living: Living) -> None:
    living.create(SECRETS, {"metadata": {"name": "s"}, "data": {"key": base64.b64encode(b"hush").decode(), "b": ""}})
    items = [{"key": "key", "path": "deep/er/name", "mode": 0o400}]
    volume = {"name": "v", "secret": {"secretName": "s", "items": items}}
    inside = _running(living, pod("p", volumes=[volume], container={"volumeMounts": MOUNTED}))
    assert (await inside.shell("cat /data/deep/er/name; find /data -type f; ls -l /data/deep/er")).out.startswith(
        "hush/data/deep/er/name\ntotal 4\n-r--------"
    )


async def test_an_account_has_its_token_and_namespace(inside: Inside) -> None:
    done = await inside.shell("cd /var/run/secrets/kubernetes.io/serviceaccount; ls; cat namespace; cut -d. -f2 token")
    assert done.out.startswith("ca.crt\nnamespace\ntoken\ndefault")
    claims = base64.urlsafe_b64decode(done.out.partition("default")[2].strip() + "===")
    assert b"system:serviceaccount:default:default" in claims


async def test_fields_of_the_pod_are_files(living: Living) -> None:
    items = [
        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
        {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
    ]
    volume = {"name": "v", "downwardAPI": {"items": items}}
    made = pod("p", volumes=[volume], labels={"app": "x", "tier": "y"}, container={"volumeMounts": MOUNTED})
    inside = _running(living, made)
    told = (await inside.shell("cat /data/labels; echo; cat /data/name")).out.splitlines()
    assert (told[:2], told[-1]) == (['app="x"', 'tier="y"'], "p")


async def test_containers_of_a_pod_share_an_empty_folder(living: Living) -> None:
    made = pod("p", volumes=[{"name": "v", "emptyDir": {}}], container={"volumeMounts": MOUNTED})
    made["spec"]["containers"].append({**made["spec"]["containers"][0], "name": "d"})
    inside = _running(living, made)
    await inside.shell("echo shared > /data/f")
    assert (await Inside(living, "p", "d").shell("cat /data/f")).out == "shared\n"


async def test_what_is_on_a_claim_outlives_the_pod(living: Living) -> None:
    resources = {"requests": {"storage": "1Gi"}}
    spec = {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"], "resources": resources}
    living.create(STORAGECLASSES, storage_class(PROVISIONER))
    living.create(PERSISTENTVOLUMECLAIMS, {"metadata": {"name": "c"}, "spec": spec})
    volume = {"name": "v", "persistentVolumeClaim": {"claimName": "c"}}
    for name in ("p", "q"):
        inside = _running(living, pod(name, volumes=[volume], container={"volumeMounts": MOUNTED}))
        await inside.shell(f"echo {name} >> /data/f")
    assert (await inside.shell("cat /data/f")).out == "p\nq\n"


async def test_what_is_in_a_container_is_gone_when_it_starts_again(inside: Inside) -> None:
    await inside.shell("echo x > /tmp/f; kill 1")
    inside.living.run(20)
    assert inside.pod["status"]["containerStatuses"][0]["restartCount"] == 1
    assert (await inside.shell("ls /tmp")).out == ""


async def test_a_disk_has_an_end(inside: Inside) -> None:
    done = await inside.shell("yes 0123456789012345678901234567890123456789 | head -c 17000000 > /tmp/big")
    assert done.err == "sh: write error: No space left on device\n"
    assert (await inside.shell("rm -f /tmp/big; echo fits > /tmp/big; cat /tmp/big")).out == "fits\n"


async def test_a_root_that_is_read_only_takes_nothing(living: Living) -> None:
    made = pod("p", container={"securityContext": {"readOnlyRootFilesystem": True}})
    assert (await _running(living, made).shell("touch /tmp/x")).err == "touch: /tmp/x: Read-only file system\n"


async def test_a_user_without_rights_is_refused(living: Living) -> None:
    inside = _running(living, pod("p", securityContext={"runAsUser": 1000}))
    done = await inside.shell("id -u; touch /etc/x; touch /tmp/x && echo well")
    assert (done.out, done.err) == ("1000\nwell\n", "touch: /etc/x: Permission denied\n")


async def test_the_kubelet_writes_the_names_of_the_host(inside: Inside) -> None:
    address = inside.pod["status"]["podIP"]
    assert (await inside.shell("cat /etc/hostname; tail -n 1 /etc/hosts")).out == f"p\n{address}\tp\n"
    search = "search default.svc.cluster.local svc.cluster.local cluster.local\n"
    assert (await inside.shell("cat /etc/resolv.conf")).out.startswith(search)


async def test_a_folder_goes_out_as_an_archive_and_comes_back(inside: Inside) -> None:
    await inside.shell("mkdir -p /a/b; echo deep > /a/b/f; cd /; tar cf - a | tar xf - -C /tmp")
    assert (await inside.shell("cat /tmp/a/b/f")).out == "deep\n"


async def test_an_archive_can_not_write_outside_of_the_container(inside: Inside) -> None:
    await inside.shell("mkdir /x; echo evil > /x/f; cd /x; tar cf /tmp/t.tar ../../../x/f; cd /tmp; tar xf t.tar")
    assert (await inside.shell("cat /tmp/x/f /x/f")).out in ("evil\nevil\n", "evil\n")
