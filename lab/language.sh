# shellcheck shell=bash
# shellcheck disable=SC2034 # variables that lab.sh and machine.sh read
# The words that topologies.sh is written in; each adds to what QEMU and the
# kernel are told. Part of lab.sh.

# What a topology function fills in.
smp_argument=
machine_argument=q35
memory_total=0
numa_arguments=()
kernel_arguments=()
boot_steps=()
swap_size=
sibling_order=together
plugged_cpus=()

# Size in mebibytes of 512M, 2G or a plain number of mebibytes.
mebibytes() {
    case $1 in
    *G) echo $((${1%G} * 1024)) ;;
    *M) echo "${1%M}" ;;
    *[!0-9]* | '') fail "not a size: '$1' (such as 512M or 2G)" ;;
    *) echo "$1" ;;
    esac
}

about() {
    description=$1
}

cpus() {
    smp_argument=$1
    shift
    local pair
    for pair in "$@"; do
        smp_argument+=,$pair
    done
}

memory() {
    memory_total=$(mebibytes "$1")
}

node() {
    local id=$1 argument=node,nodeid=$1 pair list size
    shift
    for pair in "$@"; do
        case $pair in
        memory=*)
            size=$(mebibytes "${pair#*=}")
            memory_total=$((memory_total + size))
            numa_arguments+=(-object "memory-backend-ram,id=mem$id,size=${size}M")
            argument+=,memdev=mem$id
            ;;
        cpus=*)
            for list in ${pair#*=}; do
                argument+=,cpus=${list//,/,cpus=}
            done
            ;;
        initiator=*) argument+=,$pair ;;
        *) fail "topology: unknown property of a node: $pair" ;;
        esac
    done
    numa_arguments+=(-numa "$argument")
}

distance() {
    numa_arguments+=(-numa "dist,src=$1,dst=$2,val=$3")
}

# Latency in nanoseconds and bandwidth per second from node $1 to node $2.
hmat() {
    numa_arguments+=(
        -numa "hmat-lb,initiator=$1,target=$2,hierarchy=memory,data-type=access-latency,latency=$3"
        -numa "hmat-lb,initiator=$1,target=$2,hierarchy=memory,data-type=access-bandwidth,bandwidth=$4"
    )
}

swap() {
    swap_size=$1
}

kernel() {
    kernel_arguments+=("$@")
}

boot() {
    boot_steps+=("$1")
}

machine() {
    machine_argument+=,$1
}

plug() {
    local pair argument=
    for pair in "$@"; do
        argument+=,${pair%%=*}-id=${pair#*=}
    done
    [[ $argument == *die-id=* ]] || argument+=,die-id=0
    [[ $argument == *thread-id=* ]] || argument+=,thread-id=0
    plugged_cpus+=("$argument")
}

siblings() {
    sibling_order=$1
}
