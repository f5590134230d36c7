/** How much memory a cgroup may use, and uses: both versions. */
import { fileReader } from '../../host/reader.ts';
import { bigNumber } from '../lines.ts';

const v2 = 'Documentation/admin-guide/cgroup-v2.rst';
const v1 = 'Documentation/admin-guide/cgroup-v1/memory.rst';

/** v1 writes "no limit" as the largest multiple of a page below 2^63 (PAGE_COUNTER_MAX). */
const NO_LIMIT_BYTES = 1n << 62n;

/** v2; null: no limit. */
export const memoryMax = fileReader({
  path: '{folder}/memory.max',
  doc: v2,
  capture: 'task',
  parse: (text): bigint | null => (text.trim() === 'max' ? null : bigNumber(text)),
});

export const memoryCurrent = fileReader({
  path: '{folder}/memory.current',
  doc: v2,
  capture: 'task',
  parse: (text): bigint => bigNumber(text),
});

/** v1; null: no limit. */
export const legacyMemoryLimit = fileReader({
  path: '{folder}/memory.limit_in_bytes',
  doc: v1,
  capture: 'task',
  parse(text): bigint | null {
    const bytes = bigNumber(text);
    return bytes >= NO_LIMIT_BYTES ? null : bytes;
  },
});

export const legacyMemoryUsage = fileReader({
  path: '{folder}/memory.usage_in_bytes',
  doc: v1,
  capture: 'task',
  parse: (text): bigint => bigNumber(text),
});
