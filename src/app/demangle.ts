/** Names as their language writes them: by c++filt or rustfilt where they are installed, mangled otherwise. */
import { spawnSync } from 'node:child_process';

/** What compilers make of C++ (Itanium) and Rust (both forms): nothing that a line could break. */
const MANGLED = /^_{1,3}(?:Z|R)[\w.$@]+$/;
/** What Rust adds to tell crates apart: a hash behind the name in its older form, behind the crate in the newer one. */
const RUST_HASH = /::h[0-9a-f]{16}$|(?<=\w)\[[0-9a-f]{8,16}\](?=::)/g;
const TIMEOUT_MS = 10_000;

/** @returns the names that were understood; others are not in it */
export function demangled(names: Iterable<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let left = [...new Set(names)].filter((name) => MANGLED.test(name));
  // Binutils since 2.36 know Rust as well; rustfilt takes what is left.
  for (const [program, ...args] of [['c++filt', '--no-params'], ['rustfilt']] as const) {
    if (left.length === 0) break;
    const lines = filtered(program, args, left);
    left.forEach((name, i) => {
      const line = lines[i];
      if (line !== undefined && line !== name && line !== '') found.set(name, line.replaceAll(RUST_HASH, ''));
    });
    left = left.filter((name) => !found.has(name));
  }
  return found;
}

/** One line for each name; none where the program is not there or does not answer alike. */
function filtered(program: string, args: readonly string[], names: readonly string[]): readonly string[] {
  const run = spawnSync(program, args, {
    input: `${names.join('\n')}\n`,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = run.status === 0 ? run.stdout.trimEnd().split('\n') : [];
  return lines.length === names.length ? lines : [];
}
