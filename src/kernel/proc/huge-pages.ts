/** Where the kernel may give huge pages, and how hard it tries to: of several words the chosen one is in brackets. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

/** `setting` is enabled or defrag. Absent without CONFIG_TRANSPARENT_HUGEPAGE. */
export const transparentHugePages = fileReader({
  path: '/sys/kernel/mm/transparent_hugepage/{setting}',
  doc: 'Documentation/admin-guide/mm/transhuge.rst',
  capture: 'machine',
  parse(text): string {
    const word = /\[([a-z+]+)\]/.exec(text)?.[1];
    if (word === undefined) throw new FormatError('words, one of them in brackets', text.trim());
    return word;
  },
});
