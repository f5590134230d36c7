/** /sys/kernel/notes: ELF notes of the kernel; among them the build id, which names this very build. */
import { FormatError } from '../../base/errors.ts';
import { bytesReader } from '../../host/reader.ts';

const NT_GNU_BUILD_ID = 3;
const HEADER_BYTES = 12;

export const buildId = bytesReader({
  path: '/sys/kernel/notes',
  doc: 'man 5 elf, "Notes"',
  capture: 'never', // of use only to load programs into this very kernel
  parse: (text) => parseBuildId(Buffer.from(text, 'latin1')),
});

/** In hexadecimal. @throws FormatError where no note of GNU holds one */
function parseBuildId(bytes: Buffer): string {
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const nameBytes = bytes.readUInt32LE(at);
    const valueBytes = bytes.readUInt32LE(at + 4);
    const name = at + HEADER_BYTES;
    const value = name + aligned(nameBytes);
    const isBuildId = bytes.readUInt32LE(at + 8) === NT_GNU_BUILD_ID;
    if (value + valueBytes > bytes.length) throw new FormatError('notes that end within the file', `${at}`);
    if (isBuildId && valueBytes > 0 && bytes.toString('latin1', name, name + nameBytes) === 'GNU\0')
      return bytes.toString('hex', value, value + valueBytes);
    at = value + aligned(valueBytes);
  }
  throw new FormatError('a build id', '');
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
