/** Why the pages of a process say nothing, or cannot be moved: the same words in every strategy. */
import type { Missing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { FULL_RATIO } from './demand.ts';
import { size } from './phrases.ts';

/** numa_maps could not be read. */
export function pagesUnknown({ path }: Missing): { readonly because: Sentence } {
  return {
    because: {
      en: `where its pages are is not known (${path})`,
      ko: `페이지가 어느 노드에 있는지 알 수 없습니다 (${path})`,
    },
  };
}

/** null where they fit, with some room left. */
export function doNotFit(
  bytes: number,
  { node, freeBytes }: { readonly node: number; readonly freeBytes: number },
): { readonly because: Sentence } | null {
  if (bytes <= freeBytes * FULL_RATIO) return null;
  return {
    because: {
      en: `its ${size(bytes)} do not fit into the ${size(freeBytes)} that node ${node} has free`,
      ko: `메모리 ${size(bytes)}이(가) 노드 ${node}의 여유 ${size(freeBytes)}에 들어가지 않습니다`,
    },
  };
}
