/** Names for the code of faults that are shown as they come: each frame is looked up when it is first seen. */
import type { Host } from '../host/host.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import { type FrameName, UNNAMED } from '../model/stacks/names.ts';
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

  /** Every frame of each stack, the innermost first. */
  whole(stacks: readonly number[]): FrameName[][] {
    const frames = stacks.map((stack) => this.#tables.stacks.framesOf(stack).reverse());
    this.#lookUp(new Set(frames.flat().filter((frame) => !this.#known.has(frame))));
    return frames.map((each) => each.map((frame) => this.#known.get(frame) ?? UNNAMED));
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
