/** Names for the places in code of a recording, when it is over. Each build of a file is read once. */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, type Missing, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { kernelFunctions } from '../kernel/image/kallsyms.ts';
import { processStatus } from '../kernel/task/status.ts';
import type { CodeBuild, CodeImage, Frame, FrameTable } from '../model/stacks/frames.ts';
import { CODE_WITHOUT_FILE, type FrameName, JIT, KERNEL, UNNAMED } from '../model/stacks/names.ts';
import { addressAt, buildIdOf, type ElfFile, readElf } from '../symbols/elf-file.ts';
import { hasPackedSymbols, readSymbols } from '../symbols/elf-symbols.ts';
import { KernelSymbols } from '../symbols/kernel-symbols.ts';
import { parsePerfMap } from '../symbols/perf-map.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { openImage, readPerfMap } from './code-files.ts';
import { symbolsOf } from './code-symbols.ts';
import { demangled } from './demangle.ts';
import { LENT_CODE, openLentCode } from './lent-code.ts';

export interface ResolvedNames {
  /** By the number of the frame. */
  readonly names: readonly FrameName[];
  /** Files whose functions could not be named, and why. */
  readonly unread: readonly Missing[];
  /** Of the files that were read. */
  readonly builds: readonly CodeBuild[];
}

/** From a place in a file to a name. */
type NameAt = (place: number) => string | null;

export function resolveSymbols(host: Host, frames: FrameTable): ResolvedNames {
  const resolver = new SymbolResolver(host, frames);
  const found = frames.frames.map((frame) => resolver.name(frame));
  const plain = demangled(found.flatMap((name) => name.function ?? []));
  const names = found.map((name) =>
    name.function === null ? name : { ...name, function: plain.get(name.function) ?? name.function },
  );
  return { names, unread: resolver.unread, builds: resolver.builds };
}

/** One frame after the other; files are read when the first of their frames is met. */
export class SymbolResolver {
  readonly unread: Missing[] = [];
  readonly builds: CodeBuild[] = [];
  readonly #host: Host;
  readonly #frames: FrameTable;
  readonly #images = new Map<number, NameAt>();
  readonly #tables = new Map<string, SymbolTable>();
  readonly #maps = new Map<number, SymbolTable | null>();
  #kernel: KernelSymbols | null | undefined;

  constructor(host: Host, frames: FrameTable) {
    this.#host = host;
    this.#frames = frames;
  }

  name(frame: Frame): FrameName {
    switch (frame.kind) {
      case 'image':
        return this.#inImage(frame.image, frame.offset);
      case 'memory':
        return this.#inMemory(frame.tgid, frame.address);
      case 'kernel':
        return {
          function: this.#kernelTable()?.find(frame.address)?.name ?? null,
          binary: KERNEL,
          offset: null,
        };
      default:
        return UNNAMED;
    }
  }

  #inImage(id: number, offset: number): FrameName {
    const image = this.#frames.images[id] as CodeImage;
    const isLent = image.path === LENT_CODE;
    if (!isLent && !image.path.startsWith('/')) return { function: null, binary: image.path, offset };
    let nameAt = this.#images.get(id);
    if (nameAt === undefined) {
      nameAt = isLent ? this.#openLent(image) : this.#open(image);
      this.#images.set(id, nameAt);
    }
    return { function: nameAt(offset), binary: image.path, offset };
  }

  #open(image: CodeImage): NameAt {
    const file = openImage(image);
    const nothing = () => null;
    if (isMissing(file)) {
      this.unread.push(file);
      return nothing;
    }
    try {
      const elf = readElf(file);
      const buildId = buildIdOf(elf);
      this.builds.push({ path: image.path, buildId });
      const table = this.#tableOf(image, elf, buildId);
      return (offset) => {
        const address = addressAt(elf, offset);
        const found = address === null ? null : (table.find(address)?.name ?? null);
        if (found === null) this.#tellPacked(image.path, elf);
        return found;
      };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.unread.push(missing('unreadable', image.path, error.message));
      return nothing;
    } finally {
      file.close();
    }
  }

  #openLent({ tgid, path }: CodeImage): NameAt {
    try {
      const program =
        this.#frames.images.find((one) => one.tgid === tgid && one.path.startsWith('/')) ?? null;
      const elf = openLentCode(this.#host, tgid, program);
      if (!isMissing(elf)) {
        const table = readSymbols(elf);
        return (offset) => table.find(addressAt(elf, offset) ?? offset)?.name ?? null;
      }
      this.unread.push(elf);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.unread.push(missing('unreadable', path, error.message));
    }
    return () => null;
  }

  /** Fedora and others pack the names of functions that are not exported; Node.js cannot unpack xz. */
  #tellPacked(path: string, elf: ElfFile): void {
    if (this.unread.some((one) => one.path === path) || !hasPackedSymbols(elf)) return;
    const why = 'more names are in its .gnu_debugdata, packed by xz; installing its debug package names them';
    this.unread.push(missing('unreadable', path, why));
  }

  /** A library that several containers bring is read once. */
  #tableOf(image: CodeImage, elf: ElfFile, buildId: string | null): SymbolTable {
    const known = buildId === null ? undefined : this.#tables.get(buildId);
    if (known !== undefined) return known;
    const table = symbolsOf(image, elf);
    if (buildId !== null) this.#tables.set(buildId, table);
    return table;
  }

  #inMemory(tgid: number, address: number): FrameName {
    let map = this.#maps.get(tgid);
    if (map === undefined) {
      const text = this.#perfMap(tgid);
      // Most processes have no code without a file; that there is no map for them is nothing to tell.
      if (isMissing(text) && text.missing !== 'absent') this.unread.push(text);
      map = isMissing(text) ? null : parsePerfMap(text);
      this.#maps.set(tgid, map);
    }
    const found = map?.find(address)?.name ?? null;
    return { function: found, binary: found === null ? CODE_WITHOUT_FILE : JIT, offset: null };
  }

  #perfMap(tgid: number): Maybe<string> {
    const status = orNull(this.#host.read(processStatus, { pid: tgid }));
    return readPerfMap(tgid, status?.innermostId ?? tgid, status?.uid ?? null);
  }

  #kernelTable(): KernelSymbols | null {
    if (this.#kernel === undefined) {
      const functions = this.#host.read(kernelFunctions);
      if (isMissing(functions)) this.unread.push(functions);
      this.#kernel = isMissing(functions) ? null : new KernelSymbols(functions);
    }
    return this.#kernel;
  }
}
