/** On which memory node the page of a fault lies, and whether that is the node of the CPU that asked for it. */

/** What a fault is said of: nothing. */
export const UNKNOWN_HOME = 0;
/** MAX_NUMNODES of the largest kernels is 1024. */
export const MOST_NODES = 1024;
const MEBIBYTE = 2 ** 20;

/**
 * The node of a page, and whether the CPU is of another one, as one small number, of which columns are made.
 * @param node below MOST_NODES
 */
export function homeOf(node: number, isRemote: boolean): number {
  return 2 * (node + 1) + (isRemote ? 1 : 0);
}

/** null where it is not known. */
export function homeNode(home: number): number | null {
  return home === UNKNOWN_HOME ? null : (home >>> 1) - 1;
}

/** The page lies on another node than that of the CPU on which the fault began. */
export function isRemoteHome(home: number): boolean {
  return (home & 1) === 1;
}

/** A part of the memory of a node, as physical addresses. There may be memory of other nodes in it. */
export interface MemorySpan {
  readonly node: number;
  readonly startBytes: number;
  readonly spannedBytes: number;
}

export interface NodeMemory {
  /** Each block starts at a multiple of it; null where this kernel has no blocks. */
  readonly blockBytes: number | null;
  /** By node: the numbers of its blocks, and its CPUs. */
  readonly nodes: ReadonlyMap<
    number,
    { readonly blocks: readonly number[]; readonly cpus: Iterable<number> }
  >;
  /** They decide where a block is of two nodes, and without blocks. */
  readonly spans: readonly MemorySpan[];
}

export class PageNodes {
  readonly #blockBytes: number;
  readonly #spans: readonly MemorySpan[];
  /** null: the block lies on more than one node. */
  readonly #ofBlocks = new Map<number, number | null>();
  readonly #ofCpus = new Map<number, number>();

  constructor({ blockBytes, nodes, spans }: NodeMemory) {
    this.#blockBytes = blockBytes ?? Number.POSITIVE_INFINITY;
    this.#spans = spans;
    for (const [node, { blocks, cpus }] of nodes) {
      for (const cpu of cpus) this.#ofCpus.set(cpu, node);
      if (blockBytes === null) continue;
      for (const block of blocks) this.#ofBlocks.set(block, this.#ofBlocks.has(block) ? null : node);
    }
  }

  /**
   * @param mebibyte of physical memory, counted from its start; null where the kernel does not tell
   * @param cpu where the fault began
   */
  homeOf(mebibyte: number | null, cpu: number): number {
    if (mebibyte === null) return UNKNOWN_HOME;
    const address = mebibyte * MEBIBYTE;
    const node = this.#ofBlocks.get(Math.floor(address / this.#blockBytes)) ?? this.#spanning(address);
    const own = this.#ofCpus.get(cpu);
    return node === null || own === undefined ? UNKNOWN_HOME : homeOf(node, node !== own);
  }

  /** The one node whose memory spans the address; null where it is none, or more. */
  #spanning(address: number): number | null {
    let node: number | null = null;
    for (const span of this.#spans) {
      if (address < span.startBytes || address >= span.startBytes + span.spannedBytes) continue;
      if (node !== null && node !== span.node) return null;
      node = span.node;
    }
    return node;
  }
}
