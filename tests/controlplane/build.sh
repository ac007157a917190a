#!/bin/bash
# Builds a real Kubernetes control plane through the Go module proxy: etcd, kube-apiserver,
# kube-controller-manager, kube-scheduler, kubectl, and kwok (kubelets that run no containers).
#   build.sh [FOLDER]     default ~/.cache/realcluster; about 10 minutes on 2 cores the first time, at once after
# K8S, ETCD and KWOK choose versions. Two builds at the same time wait for each other.
set -euo pipefail
out=${1:-$HOME/.cache/realcluster}
K8S=${K8S:-v1.36.3} ETCD=${ETCD:-v3.7.3} KWOK=${KWOK:-v0.8.0}
mkdir -p "$out/bin" "$out/src"
exec 9>"$out/.lock"
flock 9
export CGO_ENABLED=0

built() { [[ -x $out/bin/$1 && $(cat "$out/bin/.$1" 2>/dev/null) == "$2" ]]; }
module() { # folder, the body of go.mod, the packages kept alive
  rm -rf "$out/src/$1"
  mkdir -p "$out/src/$1"
  cd "$out/src/$1"
  printf 'module local%s\ngo 1.26\n%s\n' "$1" "$2" >go.mod
  {
    printf '//go:build tools\npackage tools\n'
    for package in $3; do echo "import _ \"$package\""; done
  } >tools.go
}

if ! built kubectl "$K8S"; then
  echo "building Kubernetes $K8S"
  packages=""
  for command in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
    packages="$packages k8s.io/kubernetes/cmd/$command"
  done
  # k8s.io/kubernetes replaces its staging modules by folders; here each is the published module of the same release
  source=$(cd "$out/src" && go mod download -json "k8s.io/kubernetes@$K8S" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  replaces=$(grep -oE '^\s+k8s.io/[a-z0-9-]+ => ./staging' "$source/go.mod" |
    awk -v v="v0.${K8S#v1.}" '{print "replace " $1 " => " $1 " " v}')
  module k8s "require k8s.io/kubernetes $K8S
$replaces" "$packages"
  go mod tidy
  version=k8s.io/component-base/version
  minor=${K8S#v1.}
  minor=${minor%%.*}
  # shellcheck disable=SC2086 # packages is a list
  go build -ldflags "-s -w -X $version.gitVersion=$K8S -X $version.gitMajor=1 -X $version.gitMinor=$minor" \
    -o "$out/bin/" $packages
  echo "$K8S" >"$out/bin/.kubectl"
fi
if ! built etcd "$ETCD"; then
  echo "building etcd $ETCD"
  module etcd "require go.etcd.io/etcd/server/v3 $ETCD" "go.etcd.io/etcd/server/v3/etcdmain"
  rm tools.go
  printf 'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\nfunc main() { etcdmain.Main(os.Args) }\n' >main.go
  go mod tidy
  go build -ldflags "-s -w" -o "$out/bin/etcd" .
  echo "$ETCD" >"$out/bin/.etcd"
fi
if ! built kwok "$KWOK"; then
  echo "building kwok $KWOK"
  module kwok "require sigs.k8s.io/kwok $KWOK" "sigs.k8s.io/kwok/cmd/kwok"
  go mod tidy
  go build -ldflags "-s -w" -o "$out/bin/" sigs.k8s.io/kwok/cmd/kwok
  # its stage files (how a pod becomes Running) come along
  rm -rf "$out/stage"
  cp -r "$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage" "$out/stage"
  chmod -R u+w "$out/stage"
  echo "$KWOK" >"$out/bin/.kwok"
fi
echo "the control plane is in $out/bin"
