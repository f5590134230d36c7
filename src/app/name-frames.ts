/** Names for the code of faults that are shown as they come: each frame is looked up when it is first seen. */
import type { Host } from '../host/host.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import { type FrameName, UNNAMED } from '../model/stacks/names.ts';
import { NO_STACK } from '../model/stacks/stack-table.ts';
import { demangled } from './demangle.ts';
import { SymbolResolver } from './resolve-symbols.ts';

export class FrameNames {
  readonly #tables: StackTables;
  readonly #resolver: SymbolResolver;
  readonly #known = new Map<number, FrameName>();

  constructor(host: Host, tables: StackTables) {
    this.#tables = tables;
    this.#resolver = new SymbolResolver(host, tables.frames);
  }

  /** Of the innermost frame of each stack; null for a stack without frames. */
  innermost(stacks: readonly number[]): (FrameName | null)[] {
    const frames = stacks.map((stack) => (stack === NO_STACK ? null : this.#tables.stacks.frame(stack)));
    this.#lookUp(new Set(frames.filter((frame) => frame !== null && !this.#known.has(frame)) as number[]));
    return frames.map((frame) => (frame === null ? null : (this.#known.get(frame) ?? UNNAMED)));
  }

  /** All new ones together: what demangles them is a program that is started for each time. */
  #lookUp(frames: ReadonlySet<number>): void {
    const found = [...frames].map((frame) => {
      const place = this.#tables.frames.frames[frame];
      return [frame, place === undefined ? UNNAMED : this.#resolver.name(place)] as const;
    });
    const plain = demangled(found.flatMap(([, name]) => name.function ?? []));
    for (const [frame, name] of found) {
      const readable = name.function === null ? null : (plain.get(name.function) ?? name.function);
      this.#known.set(frame, { ...name, function: readable });
    }
  }
}
