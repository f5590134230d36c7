/** What was found for a place in code. */
import type { Frame, FrameTable } from './frames.ts';

export interface FrameName {
  /** null where no symbol covers the place. */
  readonly function: string | null;
  /** The path of the file; KERNEL, JIT, "[vdso]" and the like for code without one. */
  readonly binary: string;
  /** In the file; null for code without one. */
  readonly offset: number | null;
}

export const KERNEL = '[kernel]';
export const JIT = '[jit]';
export const CODE_WITHOUT_FILE = '[code without a file]';

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

/** What is known of each frame before a name is looked for: its file and the offset there. */
export function placesOnly({ frames, images }: FrameTable): FrameName[] {
  return frames.map((frame) => ({ function: null, ...placeOf(frame, images) }));
}

function placeOf(frame: Frame, images: FrameTable['images']): Omit<FrameName, 'function'> {
  if (frame.kind === 'image') return { binary: images[frame.image]?.path ?? '', offset: frame.offset };
  if (frame.kind === 'memory') return { binary: CODE_WITHOUT_FILE, offset: null };
  return { binary: frame.kind === 'kernel' ? KERNEL : UNNAMED.binary, offset: null };
}
