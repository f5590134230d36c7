#!/usr/bin/env bash
# Runs a command in an emulated Linux machine of a chosen CPU and NUMA topology.
# See README.md, or `lab.sh help`.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cache=${LAB_CACHE:-$here/.cache}

# Exit statuses of the lab itself; any other status is the command's own.
readonly STATUS_TIMED_OUT=124
readonly STATUS_LAB_ERROR=125

# How often a machine is started that does not get as far as its first program.
readonly BOOT_ATTEMPTS=3

usage() {
    cat <<'TEXT'
usage: lab.sh [run] [OPTION...] --topology NAME -- COMMAND [ARGUMENT...]
       lab.sh shell [OPTION...] --topology NAME
       lab.sh list
       lab.sh setup [--force]

  -t, --topology NAME     the machine (see `lab.sh list`)
  -m, --mount DIR[:PATH]  put a copy of DIR at PATH in the machine (default /project)
                          and run the command there; changes to it are discarded
  -x, --exclude PATTERN   leave files that match PATTERN out of the copy (repeatable)
  -o, --out DIR           copy what the command leaves in /out to DIR
  -e, --env NAME=VALUE    environment variable of the command (repeatable)
  -u, --user UID          run the command as this user id, without capabilities
  -b, --boot LINE         shell line run as root before the command (repeatable)
  -a, --append ARGS       further kernel arguments (repeatable)
  -s, --swap SIZE         add a swap disk, such as 512M
      --cgroup v1|v2|none which cgroup hierarchy is mounted (default v2)
      --timeout SECONDS   end the machine after this long (default 120): status 124
      --accel tcg|kvm     emulate (default), or use the hardware's virtualization
      --keep              keep the run's folder (console log, initramfs) and name it
  -v, --verbose           show QEMU's command line, the timings and, on errors,
                          the kernel's messages

Statuses: the command's own; 124 timed out; 125 the lab or the machine failed.
Environment: LAB_CACHE, LAB_ACCEL, LAB_TIMEOUT, LAB_BOOT_TIMEOUT, LAB_TOOLS,
LAB_QEMU_ARGS, LAB_KERNEL and LAB_MODULES, LAB_KERNEL_PACKAGE; see README.md.
TEXT
}

note() {
    printf 'lab: %s\n' "$*" >&2
}

fail() {
    note "$*"
    exit "$STATUS_LAB_ERROR"
}

# Prints its arguments as words that any POSIX shell reads back unchanged.
quote() {
    local word
    for word in "$@"; do
        printf "'%s' " "${word//\'/\'\\\'\'}"
    done
}

# shellcheck source=images.sh
source "$here/images.sh"
# shellcheck source=language.sh
source "$here/language.sh"
# shellcheck source=topologies.sh
source "$here/topologies.sh"
# shellcheck source=machine.sh
source "$here/machine.sh"

topology_names() {
    declare -F | sed -n 's/^declare -f topology_//p' | grep -v '^names$'
}

list_topologies() {
    local name description
    for name in $(topology_names); do
        "topology_$name"
        printf '%-16s %s\n' "$name" "$description"
    done
}

# What the options of one run say.
topology=
mount_folder=
mount_point=/project
excludes=()
out_folder=
environment=()
user_id=
cgroup=v2
timeout_seconds=${LAB_TIMEOUT:-120}
boot_timeout=${LAB_BOOT_TIMEOUT:-60}
accelerator=${LAB_ACCEL:-tcg}
interactive=no
keep=no
verbose=no
command=()
option_boot_steps=()
option_kernel_arguments=()
option_swap=

parse_options() {
    while (($# > 0)); do
        case $1 in
        --)
            shift
            command=("$@")
            return
            ;;
        --keep) keep=yes && shift && continue ;;
        -v | --verbose) verbose=yes && shift && continue ;;
        --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
        esac
        (($# > 1)) || fail "option $1 is unknown or lacks its value (lab.sh help)"
        case $1 in
        -t | --topology) topology=$2 ;;
        -m | --mount)
            mount_folder=${2%%:*}
            [[ $2 != *:* ]] || mount_point=${2#*:}
            ;;
        -x | --exclude) excludes+=("--exclude=$2") ;;
        -o | --out) out_folder=$2 ;;
        -e | --env) environment+=("$2") ;;
        -u | --user) user_id=$2 ;;
        -b | --boot) option_boot_steps+=("$2") ;;
        -a | --append) option_kernel_arguments+=("$2") ;;
        -s | --swap) option_swap=$2 ;;
        --cgroup) cgroup=$2 ;;
        --timeout) timeout_seconds=$2 ;;
        --accel) accelerator=$2 ;;
        *) fail "unknown option $1 (lab.sh help)" ;;
        esac
        shift 2
    done
}

check_options() {
    [[ -n $topology ]] || fail "no --topology (lab.sh list)"
    declare -F "topology_$topology" >/dev/null || fail "no topology '$topology' (lab.sh list)"
    [[ $cgroup =~ ^(v1|v2|none)$ ]] || fail "--cgroup is v1, v2 or none"
    [[ $accelerator =~ ^(tcg|kvm)$ ]] || fail "--accel is tcg or kvm"
    [[ $timeout_seconds =~ ^[0-9]+$ ]] || fail "--timeout is a number of seconds"
    [[ $user_id =~ ^[0-9]*$ ]] || fail "--user is a numeric user id"
    [[ -z $mount_folder || -d $mount_folder ]] || fail "no folder $mount_folder"
    [[ $mount_point == /* ]] || fail "the place of --mount must be absolute: $mount_point"
    [[ $interactive == yes ]] || ((${#command[@]} > 0)) || fail "no command (lab.sh help)"
    local pair
    for pair in "${environment[@]}"; do
        [[ $pair =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || fail "--env is NAME=VALUE: $pair"
    done
}

main() {
    case ${1:-help} in
    help | -h | --help) usage ;;
    list) list_topologies ;;
    setup)
        [[ ${2:-} =~ ^(--force)?$ ]] || fail "setup takes only --force"
        setup "${2:-}"
        ;;
    shell)
        shift
        interactive=yes
        parse_options "$@"
        run_machine
        ;;
    run)
        shift
        parse_options "$@"
        run_machine
        ;;
    -*)
        parse_options "$@"
        run_machine
        ;;
    *) fail "unknown command '$1' (lab.sh help)" ;;
    esac
}

main "$@"
