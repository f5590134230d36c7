/** /proc/swaps: where memory can be swapped to. */
import { fileReader } from '../../host/reader.ts';
import { kibToBytes, numberedLines } from '../lines.ts';

export interface SwapArea {
  /** Blanks and line breaks are written as \\040, \\012. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

export const swapAreas = fileReader({
  path: '/proc/swaps',
  doc: 'man 5 proc_swaps',
  capture: 'machine',
  parse: (text): readonly SwapArea[] =>
    numberedLines(text)
      .slice(1)
      .map(({ line, text: content }) => {
        const [name = '', , size = '', used = ''] = content.trim().split(/\s+/);
        const bytes = (value: string) => kibToBytes({ line, value });
        return { name, sizeBytes: bytes(size), usedBytes: bytes(used) };
      }),
});
