/** /proc/sys/kernel/random/boot_id: changes at every boot. */
import { fileReader } from '../../host/reader.ts';

export const bootId = fileReader({
  path: '/proc/sys/kernel/random/boot_id',
  doc: 'man 4 random',
  capture: 'never', // a fact of its own
  parse: (text) => text.trim(),
});
