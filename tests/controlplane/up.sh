#!/bin/bash
# Starts what build.sh built, on loopback, in 4 seconds; prints the kubeconfig's path.
#   up.sh FOLDER [PORT]     FOLDER holds data, logs and pids; the API server listens on PORT (16443), the rest on
#                           PORT + 10 to PORT + 14
#   NO_KUBELETS=1           a control plane alone: pods stay Pending
#   STAGES=FOLDER           how pods and nodes get on, instead of the stages that came with kwok
#   OWNER=PID               ends it all when that process has gone
# The kubeconfig has the contexts admin (all rights), viewer (the ClusterRole view, namespace default only) and
# nobody (no rights). Pods on kwok's nodes serve logs, exec, attach and port-forward: see kwok.yaml.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
D=$(mkdir -p "$1" && cd "$1" && pwd)
PORT=${2:-16443}
cache=${REALCLUSTER:-$HOME/.cache/realcluster}
bin=$cache/bin
etcd=$((PORT + 10)) peers=$((PORT + 11)) kcm=$((PORT + 12)) sched=$((PORT + 13)) kubelets=$((PORT + 14))
cd "$D"

[[ -f sa.key ]] || openssl genrsa -out sa.key 2048 2>/dev/null
[[ -f kubelet.crt ]] || openssl req -x509 -newkey rsa:2048 -nodes -keyout kubelet.key -out kubelet.crt -days 3650 \
  -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
printf '%s\n' 'admintoken,admin,,"system:masters"' 'viewertoken,viewer,' 'nobodytoken,nobody,' >tokens.csv

cat >etcd.sh <<EOS
exec "$bin/etcd" --data-dir "$D/etcd" --listen-client-urls http://127.0.0.1:$etcd \\
  --advertise-client-urls http://127.0.0.1:$etcd --listen-peer-urls http://127.0.0.1:$peers --unsafe-no-fsync \\
  --quota-backend-bytes 4294967296 --log-level error
EOS
bash etcd.sh >etcd.log 2>&1 </dev/null &
echo $! >etcd.pid

cat >apiserver.sh <<EOS
exec "$bin/kube-apiserver" --etcd-servers http://127.0.0.1:$etcd --secure-port $PORT --bind-address 127.0.0.1 \\
  --advertise-address 127.0.0.1 --service-account-key-file sa.key --service-account-signing-key-file sa.key \\
  --service-account-issuer https://kubernetes.default.svc --service-cluster-ip-range 10.96.0.0/16 \\
  --token-auth-file tokens.csv --authorization-mode RBAC --cert-dir "$D/certs" \\
  --kubelet-certificate-authority kubelet.crt --kubelet-preferred-address-types InternalIP \\
  --max-requests-inflight 2000 --max-mutating-requests-inflight 1000 ${APISERVER_FLAGS:-}
EOS
bash apiserver.sh >apiserver.log 2>&1 </dev/null &
echo $! >apiserver.pid

if [[ -n ${OWNER:-} ]]; then
  # in a session of its own, so that a signal to the owner's group leaves it there to clean up
  # shellcheck disable=SC2016 # the inner shell reads its own arguments
  setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; bash "$2" "$3"' watcher "$OWNER" "$here/down.sh" "$D" \
    >/dev/null 2>&1 </dev/null &
  echo $! >owner.pid
fi

ask() { curl -sk -m 5 -H 'Authorization: Bearer admintoken' -H 'Content-Type: application/json' "https://127.0.0.1:$PORT$1" "${@:2}"; }
ready() { [[ -f certs/apiserver.crt ]] && [[ $(ask /readyz 2>/dev/null) == ok ]]; }
for _ in $(seq 300); do
  ready && break
  kill -0 "$(cat apiserver.pid)" 2>/dev/null && kill -0 "$(cat etcd.pid)" 2>/dev/null || break
  sleep 0.1
done
if ! ready; then
  echo "no API server on port $PORT:" >&2
  tail -n 3 etcd.log apiserver.log >&2
  KEEP=${KEEP:-} bash "$here/down.sh" "$D"
  exit 1
fi

cat >kubeconfig <<EOM
apiVersion: v1
kind: Config
clusters:
- {name: real, cluster: {server: "https://127.0.0.1:$PORT", certificate-authority: "$D/certs/apiserver.crt"}}
users:
- {name: admin, user: {token: admintoken}}
- {name: viewer, user: {token: viewertoken}}
- {name: nobody, user: {token: nobodytoken}}
contexts:
- {name: admin, context: {cluster: real, user: admin}}
- {name: viewer, context: {cluster: real, user: viewer, namespace: default}}
- {name: nobody, context: {cluster: real, user: nobody}}
current-context: admin
EOM
cp kubeconfig controllers.kubeconfig # of their own, so that a test may change the other

"$bin/kube-controller-manager" --kubeconfig controllers.kubeconfig --service-account-private-key-file sa.key \
  --kube-api-qps 500 --kube-api-burst 1000 --leader-elect=false --secure-port $kcm --bind-address 127.0.0.1 \
  --cert-dir "$D/certs" ${KCM_FLAGS:-} >kcm.log 2>&1 </dev/null &
echo $! >kcm.pid
printf '%s\n' 'apiVersion: kubescheduler.config.k8s.io/v1' 'kind: KubeSchedulerConfiguration' 'leaderElection: {leaderElect: false}' \
  "clientConnection: {kubeconfig: \"$D/controllers.kubeconfig\", qps: 500, burst: 1000}" >sched.yaml
"$bin/kube-scheduler" --config sched.yaml --secure-port $sched --bind-address 127.0.0.1 --cert-dir "$D/certs" \
  >sched.log 2>&1 </dev/null &
echo $! >sched.pid

if [[ -z ${NO_KUBELETS:-} ]]; then
  # the CRI log format; append lines of it to pod.log and they stream to every follower
  echo "$(date -u +%FT%T.%NZ) stdout F a line from a container" >pod.log
  cat >kwok.yaml <<EOM
kind: KwokConfiguration
apiVersion: config.kwok.x-k8s.io/v1alpha1
options: {enableDebuggingHandlers: true, podPlayStageParallelism: 64, nodePlayStageParallelism: 16, nodeLeaseParallelism: 16, podsOnNodeSyncParallelism: 16}
---
kind: ClusterLogs
apiVersion: kwok.x-k8s.io/v1alpha1
metadata: {name: logs}
spec: {logs: [{logsFile: "$D/pod.log", follow: true}]}
---
kind: ClusterAttach
apiVersion: kwok.x-k8s.io/v1alpha1
metadata: {name: attach}
spec: {attaches: [{logsFile: "$D/pod.log"}]}
---
kind: ClusterExec
apiVersion: kwok.x-k8s.io/v1alpha1
metadata: {name: exec}
spec: {execs: [{local: {envs: [{name: PS1, value: "pod# "}]}}]}
---
kind: ClusterPortForward
apiVersion: kwok.x-k8s.io/v1alpha1
metadata: {name: forward}
spec: {forwards: [{target: {address: 127.0.0.1, port: ${FORWARD_TO:-$etcd}}}]}
EOM
  stages=()
  for stage in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease pod/general/pod-create \
    pod/general/pod-ready pod/general/pod-delete pod/general/pod-complete pod/general/pod-init-container-running \
    pod/general/pod-init-container-completed; do
    stages+=(--config "${STAGES:-$cache/stage}/$stage.yaml")
  done
  "$bin/kwok" --kubeconfig controllers.kubeconfig --manage-all-nodes=true --node-ip 127.0.0.1 --node-port $kubelets \
    --server-address 127.0.0.1:$kubelets --tls-cert-file kubelet.crt --tls-private-key-file kubelet.key \
    --node-lease-duration-seconds=40 --cidr 10.0.0.1/16 --enable-crds= --config kwok.yaml "${stages[@]}" \
    >kwok.log 2>&1 </dev/null &
  echo $! >kwok.pid
fi

binding='{"metadata":{"name":"viewer"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"viewer"}]}'
ask /apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings -o /dev/null -d "$binding"
echo "$D/kubeconfig"
