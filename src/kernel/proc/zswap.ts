/** Whether zswap keeps swapped pages compressed in memory before they go to a disk. Absent without CONFIG_ZSWAP. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

export const zswapEnabled = fileReader({
  path: '/sys/module/zswap/parameters/enabled',
  doc: 'Documentation/admin-guide/mm/zswap.rst',
  capture: 'machine',
  parse(text): boolean {
    const value = text.trim();
    if (value !== 'Y' && value !== 'N') throw new FormatError('Y or N', value);
    return value === 'Y';
  },
});
