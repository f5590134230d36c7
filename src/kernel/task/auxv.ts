/**
 * /proc/PID/auxv: what the kernel told the program at its start, as pairs of machine words. Read for the page size and
 * the clock tick, which would otherwise need a native call.
 */
import { FormatError } from '../../base/errors.ts';
import { type Facts, need } from '../../host/facts.ts';
import { bytesReader } from '../../host/reader.ts';

const AT_PAGESZ = 6;
const AT_CLKTCK = 17;

export interface AuxiliaryVector {
  readonly pageBytes: number;
  readonly ticksPerSec: number;
}

export const auxiliaryVector = bytesReader({
  path: '/proc/{pid}/auxv',
  doc: 'man 3 getauxval',
  capture: 'never', // holds addresses
  parse(bytes, facts): AuxiliaryVector {
    // A word is 4 or 8 bytes; only the right width shows a plausible page size.
    for (const wordBytes of [8, 4] as const) {
      const values = wordPairs(bytes, wordBytes, facts);
      const pageBytes = values.get(AT_PAGESZ) ?? 0;
      const ticksPerSec = values.get(AT_CLKTCK) ?? 0;
      if (pageBytes >= 4096 && Number.isInteger(Math.log2(pageBytes)) && ticksPerSec > 0) {
        return { pageBytes, ticksPerSec };
      }
    }
    throw new FormatError('an auxiliary vector with AT_PAGESZ and AT_CLKTCK', '');
  },
});

/** Keys to values below 2^32; addresses are cut, they are not asked for. */
function wordPairs(bytes: string, wordBytes: 4 | 8, facts: Facts): ReadonlyMap<number, number> {
  const little = need(facts, 'littleEndian');
  const view = new DataView(Uint8Array.from(bytes, (char) => char.charCodeAt(0)).buffer);
  const lowHalf = (at: number) => view.getUint32(little || wordBytes === 4 ? at : at + 4, little);
  const values = new Map<number, number>();
  for (let at = 0; at + 2 * wordBytes <= view.byteLength; at += 2 * wordBytes) {
    values.set(lowHalf(at), lowHalf(at + wordBytes));
  }
  return values;
}
