/**
 * Distinct pages of processes, in bounded memory: a bit for each page of regions that have been met, and an estimate for
 * the pages of regions beyond what is kept.
 */
import { HyperLogLog } from '../../stats/hyper-log-log.ts';

/** What addresses are told apart by, also where pages are larger. */
const PAGE_BYTES = 4096;
/** Pages of one region: 16 MiB, half a kibibyte of bits. */
const REGION_PAGES = 4096;
const REGION_WORDS = REGION_PAGES / 32;
/** Bits of 1 TiB where memory is dense; 32 MiB of them. */
const MOST_REGIONS = 65_536;
/** Regions of one process: 57 bits of address. */
const REGIONS_OF_PROCESS = 2 ** 31;
/** Regions looked up last: a power of two. */
const RECENT = 256;

export class PageSet {
  readonly #mostRegions: number;
  #bits = new Uint32Array(64 * REGION_WORDS);
  readonly #regions = new Map<number, number>();
  readonly #recentKeys = new Float64Array(RECENT).fill(-1);
  readonly #recentRegions = new Int32Array(RECENT);
  readonly #beyond = new HyperLogLog();
  #pages = 0;

  constructor(mostRegions = MOST_REGIONS) {
    this.#mostRegions = mostRegions;
  }

  /** @returns false where it was there before; of a page beyond what is kept, that is not known, and true */
  add(tgid: number, address: number): boolean {
    const page = Math.floor(address / PAGE_BYTES);
    const region = Math.floor(page / REGION_PAGES);
    const at = this.#find(tgid, region);
    if (at < 0) {
      this.#beyond.add(tgid + Math.floor(page / 2 ** 32) * 2 ** 22, page);
      return true;
    }
    const place = page % REGION_PAGES;
    const word = at * REGION_WORDS + (place >>> 5);
    const bit = 1 << (place & 31);
    const bits = this.#bits[word] as number;
    if ((bits & bit) !== 0) return false;
    this.#bits[word] = bits | bit;
    this.#pages += 1;
    return true;
  }

  /** Exact as long as no more regions were met than are kept; else what is beyond them is within some percent. */
  get size(): number {
    return this.#pages + Math.round(this.#beyond.estimate());
  }

  /** @returns the number of the region's bits; below 0 beyond what is kept */
  #find(tgid: number, region: number): number {
    const key = tgid * REGIONS_OF_PROCESS + region;
    const recent = (region ^ (tgid * 31)) & (RECENT - 1);
    if (this.#recentKeys[recent] === key) return this.#recentRegions[recent] as number;
    const found = this.#regions.get(key) ?? this.#open(key);
    this.#recentKeys[recent] = key;
    this.#recentRegions[recent] = found;
    return found;
  }

  #open(key: number): number {
    const opened = this.#regions.size;
    if (opened >= this.#mostRegions) return -1;
    this.#regions.set(key, opened);
    if ((opened + 1) * REGION_WORDS > this.#bits.length) {
      const larger = new Uint32Array(this.#bits.length * 2);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    return opened;
  }
}
