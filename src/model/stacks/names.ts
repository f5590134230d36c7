/** What was found for a place in code. */

export interface FrameName {
  /** null where no symbol covers the place. */
  readonly function: string | null;
  /** The path of the file; "[kernel]", "[vdso]", "[jit]" and the like for code without one. */
  readonly binary: string;
  /** In the file; null for code without one. */
  readonly offset: number | null;
}

export const UNNAMED: FrameName = { function: null, binary: '[unknown]', offset: null };

/** `tick`, or `libfoo.so+0x1234` where there is no name. */
export function frameLabel(name: FrameName): string {
  if (name.function !== null) return name.function;
  const binary = fileName(name.binary);
  return name.offset === null ? binary : `${binary}+0x${name.offset.toString(16)}`;
}

export function fileName(path: string): string {
  return path.startsWith('/') ? path.slice(path.lastIndexOf('/') + 1) : path;
}
