# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lab.sh and language.sh
# What machines are made of: the kernel, the initramfs with its drivers, and the
# root image with this computer's programs. Kept in the cache; part of lab.sh.

# Programs of this machine that are copied into the root image, with their
# libraries; those that are not installed here are left out.
readonly GUEST_TOOLS=(
    node bash dash env nice nohup timeout xargs
    taskset lscpu chrt setpriv setsid prlimit lsmem
    numactl numastat migratepages memhog
    lstopo-no-graphics hwloc-calc hwloc-bind hwloc-distrib hwloc-info hwloc-ps
    perf strace getconf nproc
)

# Drivers the machine needs, in the order they are loaded. A kernel that has
# one of them built in has no such file, and it is skipped.
readonly GUEST_MODULES=(
    virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev
    virtio_pci virtio_blk virtio_console
)

# Drivers that a machine may load itself, in this order, from /run/lab/modules.
readonly GUEST_MODULES_ON_REQUEST=(zsmalloc lzo-rle zram)

# Ends with what to install where one of the programs is missing.
require() {
    local program package
    for program in "$@"; do
        type -P "$program" >/dev/null && continue
        case $program in
        qemu-system-x86_64) package='qemu-system-x86' ;;
        mke2fs) package=e2fsprogs ;;
        busybox) package=busybox-static ;;
        node) package=nodejs ;;
        *) package=$program ;;
        esac
        fail "$program is missing; on Debian: apt-get install --no-install-recommends $package"
    done
}

# Where administrators' programs live, for users whose PATH leaves them out.
PATH=$PATH:/usr/sbin:/sbin

# Downloads and unpacks a distribution's kernel without installing it.
fetch_kernel() {
    local package=${LAB_KERNEL_PACKAGE:-linux-image-cloud-amd64} image
    image=$(apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
    [[ -n $image ]] || image=$package
    note "downloading $image"
    rm -rf "$cache/kernel"
    mkdir -p "$cache/kernel"
    (cd "$cache/kernel" && apt-get download -qq "$image" 2>/dev/null) || fail "cannot download $image"
    dpkg -x "$cache/kernel/$image"_*.deb "$cache/kernel/root"
    rm "$cache/kernel/$image"_*.deb
}

# Prints the uncompressed kernel of a bzImage: QEMU starts it directly, which
# spares the machine the decompression.
extract_kernel() {
    local image=$1 format magic offset
    for format in 'lz4 -dc:\x02\x21\x4c\x18' 'zstd -dc:\x28\xb5\x2f\xfd' 'gzip -dc:\x1f\x8b\x08' 'xz -dc:\xfd7zXZ\x00'; do
        magic=${format#*:}
        offset=$(LC_ALL=C grep -obUaP -m 1 "$magic" "$image" | head -n 1 | cut -d : -f 1 || true)
        [[ -n $offset ]] || continue
        # What follows the compressed kernel makes the program complain.
        # shellcheck disable=SC2086
        tail -c "+$((offset + 1))" "$image" | ${format%%:*} 2>/dev/null >"$2" || true
        if [[ $(head -c 4 "$2" | tail -c 3) == ELF ]]; then
            return 0
        fi
    done
    return 1
}

build_kernel() {
    local image=${LAB_KERNEL:-} modules=${LAB_MODULES:-}
    if [[ -z $image ]]; then
        fetch_kernel
        image=$(echo "$cache"/kernel/root/boot/vmlinuz-*)
        modules=$(echo "$cache"/kernel/root/lib/modules/*)
    fi
    [[ -r $image ]] || fail "no kernel at $image"
    if ! extract_kernel "$image" "$cache/vmlinux"; then
        note "cannot uncompress $image; the machine will"
        cp "$image" "$cache/vmlinux"
    fi
    build_initramfs "$modules"
    # Only the extracted kernel and the drivers in the initramfs are used.
    rm -rf "$cache/kernel"
}

build_initramfs() {
    local modules=$1 stage=$cache/initramfs module
    rm -rf "$stage"
    mkdir -p "$stage"/{bin,dev,root,modules,modules-on-request}
    cp "$(command -v busybox)" "$stage/bin/busybox"
    cp "$here/guest/stage1.sh" "$stage/init"
    chmod 755 "$stage/init"
    : >"$stage/modules/order"
    for module in "${GUEST_MODULES[@]}"; do
        if unpack_module "$modules" "$module" "$stage/modules"; then
            echo "$module.ko" >>"$stage/modules/order"
        fi
    done
    for module in "${GUEST_MODULES_ON_REQUEST[@]}"; do
        unpack_module "$modules" "$module" "$stage/modules-on-request" || true
    done
    (cd "$stage" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$cache/initramfs.cpio"
    rm -rf "$stage"
}

# Puts module $2 of the modules folder $1 into folder $3; fails where there is none.
unpack_module() {
    local file
    file=$(find "$1/" -name "$2.ko*" -print -quit 2>/dev/null || true)
    case $file in
    '') return 1 ;;
    *.xz) xz -dc "$file" >"$3/$2.ko" ;;
    *.zst) zstd -qdc "$file" >"$3/$2.ko" ;;
    *) cp "$file" "$3/$2.ko" ;;
    esac
}

# Copies a program and the libraries it is linked with to the same places
# under the folder $2.
copy_program() {
    local program=$1 root=$2 file
    cp -L "$program" "$root/usr/bin/$(basename "$3")"
    ldd "$program" 2>/dev/null | grep -o '/[^ ]*' | while read -r file; do
        mkdir -p "$root$(dirname "$file")"
        [[ -e $root$file ]] || cp -L "$file" "$root$file"
    done
}

build_root() {
    local root=$cache/root tool path applet
    rm -rf "$root"
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64,share} "$root"/{dev,proc,sys,run,tmp,etc,root,work,out,lab/bin,mnt}
    for path in bin sbin lib lib64; do
        ln -s "usr/$path" "$root/$path"
    done
    # shellcheck disable=SC2086
    for tool in "${GUEST_TOOLS[@]}" ${LAB_TOOLS:-}; do
        if path=$(type -P "$tool"); then
            copy_program "$(readlink -f "$path")" "$root" "$tool"
        else
            note "not installed here, so not in the machine: $tool"
        fi
    done
    cp "$(command -v busybox)" "$root/usr/bin/busybox"
    # The rest comes from busybox. The machine's sh and env are not busybox's:
    # those would run its own taskset even though util-linux's is there.
    for applet in $(busybox --list); do
        [[ -e $root/usr/bin/$applet ]] || ln -s /usr/bin/busybox "$root/lab/bin/$applet"
    done
    if [[ -e $root/usr/bin/dash ]]; then
        ln -s dash "$root/usr/bin/sh"
    else
        ln -s bash "$root/usr/bin/sh"
    fi
    mkdir -p "$root/usr/lib/locale"
    if [[ -d /usr/lib/locale/C.utf8 ]]; then
        cp -r /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
    fi
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
    printf '127.0.0.1 localhost lab\n' >"$root/etc/hosts"
    cp "$here/guest/stage2.sh" "$root/lab/stage2.sh"
    chmod 755 "$root/lab/stage2.sh"
    chmod 1777 "$root/tmp"
    make_disk "$root" "$cache/root.ext4" 128
    rm -rf "$root"
}

# Makes an ext4 image of a folder with some megabytes to spare.
make_disk() {
    local folder=$1 image=$2 spare=$3 used files
    used=$(du -sm --apparent-size "$folder" | cut -f 1)
    files=$(find "$folder" | wc -l)
    rm -f "$image"
    mke2fs -q -F -t ext4 -b 4096 -m 0 -O '^has_journal,^resize_inode' -E root_owner=0:0,lazy_itable_init=1 \
        -N $((files + 4096)) -d "$folder" "$image" "$((used + used / 8 + files / 256 + spare))M" >/dev/null ||
        fail "cannot make a disk image of $folder"
}

# What the initramfs was made from: the kernel has to be fetched again for its
# modules when it changes.
boot_key() {
    cksum <"$here/guest/stage1.sh"
    echo "${GUEST_MODULES[*]} ${GUEST_MODULES_ON_REQUEST[*]}"
    echo "${LAB_KERNEL:-} ${LAB_MODULES:-} ${LAB_KERNEL_PACKAGE:-}"
}

# What the cached images were made from; they are made anew when it changes.
setup_key() {
    local tool path
    boot_key
    cat "$here/guest/stage2.sh" "${BASH_SOURCE[0]}" | cksum
    # shellcheck disable=SC2086
    for tool in "${GUEST_TOOLS[@]}" ${LAB_TOOLS:-}; do
        if path=$(type -P "$tool"); then
            stat -L -c '%n %s %Y' "$path"
        fi
    done
}

setup() {
    local key
    require qemu-system-x86_64 mke2fs busybox cpio node bash
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    key=$(setup_key)
    if [[ ${1:-} != --force && -s $cache/root.ext4 && $(cat "$cache/key" 2>/dev/null) == "$key" ]]; then
        exec 9>&-
        return
    fi
    rm -f "$cache/key"
    if [[ ${1:-} == --force || ! -s $cache/vmlinux || $(cat "$cache/boot-key" 2>/dev/null) != "$(boot_key)" ]]; then
        rm -f "$cache/boot-key"
        build_kernel
        boot_key >"$cache/boot-key"
    fi
    build_root
    printf '%s\n' "$key" >"$cache/key"
    exec 9>&-
}
