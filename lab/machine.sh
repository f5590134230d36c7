# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lab.sh and language.sh
# One run: writes the job, starts the machine, passes its output on, and ends
# with the command's exit status. Part of lab.sh.

# Arguments every machine boots with: quick boot, console on the serial port,
# and an end instead of a hang when the kernel panics.
readonly KERNEL_ARGUMENTS=(
    console=ttyS0 quiet panic=-1 nokaslr mitigations=off random.trust_cpu=on
    audit=0 selinux=0 apparmor=0 no_timer_check tsc=reliable
    cryptomgr.notests
)

# Writes the job's files and appends them to the initramfs as a second archive.
write_job() {
    local job=$run/job-root/job pair step directory=/
    mkdir -p "$job"
    [[ -z $mount_folder ]] || directory=$mount_point
    {
        echo "LAB_TOPOLOGY=$(quote "$topology")"
        echo "LAB_CGROUP=$cgroup"
        echo "LAB_MOUNT_POINT=$(quote "$mount_point")"
        echo "LAB_DIRECTORY=$(quote "$directory")"
        echo "LAB_INTERACTIVE=$interactive"
    } >"$job/settings.sh"
    {
        for step in "${boot_steps[@]}"; do
            printf '%s\n' "$step"
        done
    } >"$job/boot.sh"
    {
        echo "export HOME=/root LANG=C.UTF-8 $(quote "LAB_TOPOLOGY=$topology")"
        for pair in "${environment[@]}"; do
            echo "export $(quote "$pair")"
        done
        printf 'exec '
        if [[ -n $user_id ]]; then
            quote setpriv "--reuid=$user_id" "--regid=$user_id" --clear-groups --inh-caps=-all --bounding-set=-all
        fi
        quote "${command[@]}"
        echo
    } >"$job/command.sh"
    {
        if [[ $sibling_order == apart ]]; then
            acpi_override
        fi
        cat "$cache/initramfs.cpio"
        (cd "$run/job-root" && find . | cpio --quiet -o -H newc -R 0:0)
    } >"$run/initramfs"
}

# Prints an archive with a CPU table that replaces the firmware's; the kernel
# looks for it at the start of the initramfs.
acpi_override() {
    local levels=(1 1 1 1) pair root=$run/acpi
    for pair in ${smp_argument//,/ }; do
        case $pair in
        sockets=*) levels[0]=${pair#*=} ;;
        dies=*) levels[1]=${pair#*=} ;;
        cores=*) levels[2]=${pair#*=} ;;
        threads=*) levels[3]=${pair#*=} ;;
        esac
    done
    mkdir -p "$root/kernel/firmware/acpi"
    command node "$here/guest/madt.mjs" "${levels[@]}" >"$root/kernel/firmware/acpi/apic.aml"
    (cd "$root" && find kernel | cpio --quiet -o -H newc -R 0:0)
}

stage_mount() {
    local folder=$mount_folder
    if ((${#excludes[@]} > 0)); then
        folder=$run/mount
        mkdir "$folder"
        tar -C "$mount_folder" "${excludes[@]}" -cf - . | tar -C "$folder" -xf -
    fi
    make_disk "$folder" "$run/mount.ext4" 64
}

add_disk() {
    local name=$1 file=$2 options=${3:-}
    qemu+=(-drive "if=none,id=$name,format=raw,file=$file$options" -device "virtio-blk-pci,drive=$name,serial=lab-$name")
}

add_port() {
    qemu+=(-chardev "file,id=$1,path=$run/$1" -device "virtserialport,chardev=$1,name=lab.$1")
}

build_command_line() {
    qemu=(
        qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
        -machine "$machine_argument" -smp "$smp_argument" -m "${memory_total}M" "${numa_arguments[@]}"
        -kernel "$cache/vmlinux" -initrd "$run/initramfs"
        -append "${KERNEL_ARGUMENTS[*]} ${kernel_arguments[*]}"
    )
    local model=max slot
    case $accelerator in
    tcg) qemu+=(-accel 'tcg,thread=multi' -cpu 'max,vendor=GenuineIntel') ;;
    kvm)
        model=host
        qemu+=(-accel kvm -cpu host)
        ;;
    esac
    for slot in "${plugged_cpus[@]}"; do
        qemu+=(-device "$model-x86_64-cpu$slot")
    done
    # Changes to the shared root image go to a temporary file of QEMU's.
    add_disk root "$cache/root.ext4" ,snapshot=on
    if [[ -n $mount_folder ]]; then
        add_disk mount "$run/mount.ext4" ,cache=unsafe
    fi
    if [[ -n $swap_size ]]; then
        truncate -s "$(mebibytes "$swap_size")M" "$run/swap"
        add_disk swap "$run/swap" ,cache=unsafe
    fi
    if [[ -n $out_folder ]]; then
        truncate -s 1G "$run/out.tar"
        add_disk out "$run/out.tar" ,cache=unsafe
    fi
    qemu+=(-device virtio-serial-pci)
    if [[ $interactive == yes ]]; then
        qemu+=(-serial mon:stdio)
    else
        qemu+=(-serial "file:$run/console")
        add_port stdout
        add_port stderr
    fi
    add_port status
    # shellcheck disable=SC2206
    qemu+=(${LAB_QEMU_ARGS:-})
}

clean_up() {
    local pid
    for pid in $(jobs -p); do
        kill "$pid" 2>/dev/null || true
    done
    if [[ $keep == yes ]]; then
        note "run folder: $run"
    else
        rm -rf "$run"
    fi
}

seconds_since() {
    awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'
}

# Runs the machine and sets `ending` to how it ended: by itself, or ended from
# here because it was not-booted or timed-out.
drive_machine() {
    local emulator boot_deadline=$((SECONDS + boot_timeout)) deadline=$((SECONDS + timeout_seconds))
    ending=by-itself
    "${qemu[@]}" </dev/null >"$run/qemu" 2>&1 7>&- 8>&- &
    emulator=$!
    while kill -0 "$emulator" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            ending=timed-out
        elif ((SECONDS >= boot_deadline)) && [[ ! -s $run/status ]]; then
            ending=not-booted
        else
            sleep 0.1
            continue
        fi
        kill "$emulator" 2>/dev/null || true
        break
    done
    wait "$emulator" || true
}

run_machine() {
    local began attempt word rest
    began=$(date +%s.%N)
    check_options
    setup
    "topology_$topology"
    boot_steps+=("${option_boot_steps[@]}")
    kernel_arguments+=("${option_kernel_arguments[@]}")
    [[ -z $option_swap ]] || swap_size=$option_swap

    run=$(mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX")
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    write_job
    [[ -z $mount_folder ]] || stage_mount
    build_command_line
    [[ $verbose == no ]] || note "$(printf '%q ' "${qemu[@]}")"

    if [[ $interactive == yes ]]; then
        "${qemu[@]}" || fail "QEMU failed"
    else
        # The machine writes to named pipes, so its output appears as it comes.
        # The lab holds them open too: the readers must outlive a failed boot.
        mkfifo "$run/stdout" "$run/stderr"
        exec 7<>"$run/stdout" 8<>"$run/stderr"
        cat "$run/stdout" 7>&- 8>&- &
        local out_reader=$!
        cat "$run/stderr" >&2 7>&- 8>&- &
        local err_reader=$!
        attempt=1
        drive_machine
        # Rarely an emulated machine stops early in its boot for good.
        while [[ $ending == not-booted ]] && ((attempt < BOOT_ATTEMPTS)); do
            note "no boot within $boot_timeout seconds; trying again"
            report_console
            attempt=$((attempt + 1))
            drive_machine
        done
        exec 7>&- 8>&-
        wait "$out_reader" "$err_reader" || true
        grep -v 'terminating on signal' "$run/qemu" >&2 || true
        if [[ $ending == timed-out ]]; then
            note "timed out after $timeout_seconds seconds"
            report_console
            exit "$STATUS_TIMED_OUT"
        fi
    fi

    # The machine's last line; an earlier one says that it has booted.
    read -r word rest < <(tail -n 1 "$run/status" 2>/dev/null) || true
    if [[ ${word:-} != exit ]]; then
        note "the machine ended without a result${word:+: $word $rest}"
        report_console
        exit "$STATUS_LAB_ERROR"
    fi
    if [[ -n $out_folder ]]; then
        mkdir -p "$out_folder"
        tar -C "$out_folder" --no-same-owner -xf "$run/out.tar"
    fi
    if [[ $verbose == yes ]]; then
        note "status, and seconds since the machine's boot: $rest; whole run: $(seconds_since "$began") s"
    fi
    exit "${rest%% *}"
}

report_console() {
    [[ -s $run/console ]] || return 0
    note "last lines of the machine's console:"
    tail -n 25 "$run/console" | tr -d '\r' >&2
}
