/**
 * Memory that must not be locked from outside. V8 (Node, Chrome, Electron, Deno) gives pages of its heap and code back with
 * madvise(2), which the kernel refuses for locked memory (EINVAL), and takes a refusal for a broken invariant: it ends the
 * process ("Check failed: 0 == ret", SIGTRAP; v8/src/base/platform/platform-posix.cc, OS::SetPermissions).
 */
import type { TaskMapping } from '../kernel/task/maps.ts';

/** Programs that have V8 inside of them, libraries that are it, and its snapshot, which Chrome and Electron map. */
const PROGRAM =
  /^(node|nodejs|deno|workerd|d8|electron|code|code-insiders|codium|chrome|chromium|chromium-browser|brave|msedge|opera|vivaldi)(-?\d+)?$/;
const LIBRARY = /^(libnode|libv8|libcef|libQt[56]WebEngineCore|libelectron)[\w.-]*\.so(\.[\d.]+)?$/;
const SNAPSHOT = /^(v8_context_snapshot|snapshot_blob)[\w.-]*\.bin$/;
/** Since V8 11.9, where the kernel keeps names of anonymous memory (CONFIG_ANON_VMA_NAME). */
const NAMED = /^\[anon(_shmem)?:\s?(v8|cppgc)/;

export function runsV8(mappings: readonly TaskMapping[]): boolean {
  return mappings.some((mapping) => {
    if (NAMED.test(mapping.path)) return true;
    if (mapping.inode === 0n) return false;
    const name = mapping.path.replace(/ \(deleted\)$/, '').replace(/^.*\//, '');
    return SNAPSHOT.test(name) || (mapping.executable && (PROGRAM.test(name) || LIBRARY.test(name)));
  });
}

/**
 * What V8 may have made: memory under its name, and, in a process that runs V8, all that has no name. The arenas of malloc
 * and the stacks of threads are such memory too, unless libc names them; nothing tells them from V8's pages reliably.
 */
export function mayBeOfV8({ path, inode }: TaskMapping): boolean {
  return NAMED.test(path) || (path === '' && inode === 0n);
}
