/**
 * From the addresses of a process's code to stacks. Looked up while the mappings are fresh; the same stacks come again
 * and again, so whole chains are remembered until code moves.
 */
import type { AddressSpace, SpaceMapping } from '../faults/address-space.ts';
import { BEYOND_FRAME, type FrameTable } from './frames.ts';
import { NO_STACK, type StackTable } from './stack-table.ts';

export interface StackTables {
  readonly frames: FrameTable;
  readonly stacks: StackTable;
}

interface KnownChain {
  readonly addresses: readonly number[];
  readonly kernelIp: number | null;
  readonly stack: number;
}

/** Chains and places remembered of one process; beyond it, all are looked up anew. */
const MOST_CHAINS = 20_000;
const MOST_PLACES = 50_000;

export class CodeOfProcess {
  readonly tgid: number;
  /** Of its address space: another one after it has executed another program. */
  readonly number: number;
  readonly #space: AddressSpace;
  readonly #tables: StackTables;
  readonly #images = new WeakMap<SpaceMapping, number | null>();
  #version = -1;
  #chains = new Map<number, KnownChain>();
  #places = new Map<number, number>();

  constructor(tgid: number, space: AddressSpace, tables: StackTables, number = tgid) {
    this.tgid = tgid;
    this.number = number;
    this.#space = space;
    this.#tables = tables;
  }

  get space(): AddressSpace {
    return this.#space;
  }

  /**
   * @param chain good for the call only; user addresses, innermost first; the others are return addresses, one instruction behind the call
   * @param kernelIp the instruction of the kernel that was executed inside of them; null for user mode
   */
  stackOf(chain: readonly number[], kernelIp: number | null): number {
    this.#forgetWhenMoved();
    const hash = hashOf(chain, kernelIp);
    const known = this.#chains.get(hash);
    if (known !== undefined && known.kernelIp === kernelIp && sameChain(known.addresses, chain))
      return known.stack;
    const stack = this.#stackOf(chain, kernelIp);
    this.#chains.set(hash, { addresses: chain.slice(), kernelIp, stack });
    return stack;
  }

  #stackOf(chain: readonly number[], kernelIp: number | null): number {
    const { stacks, frames } = this.#tables;
    let stack = NO_STACK;
    for (let i = chain.length - 1; i >= 0; i -= 1) {
      const isCall = i > 0 || kernelIp !== null;
      stack = stacks.push(stack, this.#frame((chain[i] as number) - (isCall ? 1 : 0)));
    }
    return kernelIp === null ? stack : stacks.push(stack, frames.inKernel(kernelIp));
  }

  #frame(address: number): number {
    let frame = this.#places.get(address);
    if (frame === undefined) {
      frame = this.#lookUp(address);
      this.#places.set(address, frame);
    }
    return frame;
  }

  #lookUp(address: number): number {
    const { frames } = this.#tables;
    const mapping = this.#space.find(address);
    const kind = mapping?.place.kind;
    if (mapping === null || (kind !== 'file' && kind !== 'kernel'))
      return frames.inMemory(this.tgid, address);
    const image = this.#image(mapping);
    return image === null
      ? BEYOND_FRAME
      : frames.inImage(image, mapping.offset + (address - mapping.address));
  }

  #image(mapping: SpaceMapping): number | null {
    let image = this.#images.get(mapping);
    if (image === undefined) {
      const { place, file } = mapping;
      image = this.#tables.frames.image({ path: place.path, file, tgid: this.tgid });
      this.#images.set(mapping, image);
    }
    return image;
  }

  #forgetWhenMoved(): void {
    const full = this.#chains.size >= MOST_CHAINS || this.#places.size >= MOST_PLACES;
    if (!full && this.#version === this.#space.codeVersion) return;
    this.#version = this.#space.codeVersion;
    this.#chains = new Map();
    this.#places = new Map();
  }
}

/** FNV-1a over the lower half of each address: equal chains are compared, so it need not be strong. */
function hashOf(chain: readonly number[], kernelIp: number | null): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < chain.length; i += 1) hash = Math.imul(hash ^ ((chain[i] as number) | 0), 0x0100_0193);
  return kernelIp === null ? hash : Math.imul(hash ^ (kernelIp | 0), 0x0100_0193);
}

function sameChain(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
