#!/usr/bin/env bash
# Compares `keel topo` with lscpu and lstopo on recorded machines. usage: oracle.sh [FOLDER]
# FOLDER (or KEEL_ORACLE) holds oracle.mjs and data/dumps, the machines; without it nothing is compared, and that is said.
# Needs a build (npm run build), lscpu and lstopo-no-graphics. Exits 1 where a field differs from both peers.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
oracle=${1:-${KEEL_ORACLE:-}}

if [[ -z $oracle || ! -f $oracle/oracle.mjs || ! -d $oracle/data/dumps ]]; then
    echo "nothing compared: no recorded machines in \"${oracle:-KEEL_ORACLE is not set}\""
    exit 0
fi
cd "$oracle"
node oracle.mjs compare -- node "$root/dist/keel.js" topo --sysroot {} --json
