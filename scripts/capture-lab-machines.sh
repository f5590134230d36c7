#!/usr/bin/env bash
# Boots lab machines and keeps what `keel capture` says of each in fixtures/machines/<topology>.keel, for the tests
# that run everywhere. usage: capture-lab-machines.sh [TOPOLOGY...]    Needs a build (npm run build) and QEMU.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

# Each has something that broke a tool once; see lab/topologies.sh.
readonly TOPOLOGIES=(
    single no-numa 2s2c2t 2s2c2t-apart 4n-asymmetric interleaved sparse-nodes memory-only cpu-only
    offline-cpu offline-node maxcpus dies sub-numa isolated cpuset quota
)

(($# > 0)) || set -- "${TOPOLOGIES[@]}"
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
mkdir -p "$staged/keel" "$staged/out" fixtures/machines
cp -r dist package.json "$staged/keel"

for topology in "$@"; do
    lab/lab.sh --topology "$topology" --mount "$staged/keel" --out "$staged/out" -- \
        node dist/keel.js capture -o "/out/$topology.keel" >/dev/null
    mv "$staged/out/$topology.keel" fixtures/machines/
    echo "fixtures/machines/$topology.keel: $(wc -c <"fixtures/machines/$topology.keel") bytes"
done
