#!/bin/bash
# Kills what up.sh FOLDER started, and removes the folder. KEEP=1 ends it in good order and keeps the folder.
cd "$1" 2>/dev/null || exit 0
for name in owner kwok sched kcm apiserver etcd; do
  [[ -f $name.pid ]] || continue
  pid=$(cat $name.pid)
  [[ $pid != "$$" && $pid != "$PPID" ]] || continue # the watcher of the owner runs this itself
  if [[ -n ${KEEP:-} ]]; then
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
  fi
  kill -9 "$pid" 2>/dev/null
  rm -f $name.pid
done
cd /
[[ -n ${KEEP:-} ]] || rm -rf "$1"
exit 0
