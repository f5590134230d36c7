/** /sys/kernel/security/lockdown: what even root may not do to the kernel. Absent without the lockdown module. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

/** "none", "integrity", "confidentiality": the word in brackets is in force. */
export const lockdown = fileReader({
  path: '/sys/kernel/security/lockdown',
  doc: 'man 7 kernel_lockdown',
  capture: 'machine',
  parse(text): string {
    const word = /\[(\w+)\]/.exec(text)?.[1];
    if (word === undefined) throw new FormatError('a word in brackets', text.trim());
    return word;
  },
});
