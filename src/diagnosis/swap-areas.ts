/** Where swapped pages lie: compressed in memory, on a disk, or in a file; a page comes back in 1 µs or in some ms. */
import type { Sentence } from '../base/sentence.ts';
import type { SwapUse } from '../model/swap-use.ts';

export type SwapKind = 'zram' | 'disk' | 'file';

/** zram's devices have no other name: drivers/block/zram/zram_drv.c. */
const ZRAM = /^\/dev\/zram\d+$/;

export function swapKindOf({ name }: Pick<SwapUse, 'name'>): SwapKind {
  if (ZRAM.test(name)) return 'zram';
  return name.startsWith('/dev/') ? 'disk' : 'file';
}

const NAMES: Readonly<Record<SwapKind, (name: string) => Sentence>> = {
  zram: (name) => ({
    en: `compressed in memory (zram, ${name})`,
    ko: `메모리에 압축됨 (zram, ${name})`,
  }),
  disk: (name) => ({ en: `swap on a disk (${name})`, ko: `디스크 스왑 (${name})` }),
  file: (name) => ({ en: `swap in a file (${name})`, ko: `파일 스왑 (${name})` }),
};

/** The name is hostile text, to be rendered as such. */
export function swapAreaName(area: Pick<SwapUse, 'name'>): Sentence {
  return NAMES[swapKindOf(area)](area.name);
}
