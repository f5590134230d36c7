/** /sys/kernel/notes: ELF notes of the kernel; among them the build id, which names this very build. */
import { buildIdIn } from '../../base/elf-notes.ts';
import { FormatError } from '../../base/errors.ts';
import { bytesReader } from '../../host/reader.ts';

export const buildId = bytesReader({
  path: '/sys/kernel/notes',
  doc: 'man 5 elf, "Notes"',
  capture: 'never', // of use only to load programs into this very kernel
  parse: (text, facts): string => {
    const id = buildIdIn(Buffer.from(text, 'latin1'), facts.littleEndian ?? true);
    if (id === null) throw new FormatError('a build id', '');
    return id;
  },
});
