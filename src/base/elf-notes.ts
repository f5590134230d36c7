/** ELF notes, as programs, libraries and the kernel carry them: man 5 elf, "Notes (Nhdr)". */
import { FormatError } from './errors.ts';

const NT_GNU_BUILD_ID = 3;
const HEADER_BYTES = 12;

/**
 * The build id among notes that are aligned to 4 bytes.
 * @returns in hexadecimal; null where no note of GNU holds one
 * @throws FormatError for a note that does not end within the bytes
 */
export function buildIdIn(notes: Uint8Array, littleEndian: boolean): string | null {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  for (let at = 0; at + HEADER_BYTES <= notes.length; ) {
    const nameBytes = view.getUint32(at, littleEndian);
    const valueBytes = view.getUint32(at + 4, littleEndian);
    const isBuildId = view.getUint32(at + 8, littleEndian) === NT_GNU_BUILD_ID;
    const name = at + HEADER_BYTES;
    const value = name + aligned(nameBytes);
    if (value + valueBytes > notes.length) throw new FormatError('notes that end within the file', `${at}`);
    if (isBuildId && valueBytes > 0 && latin1(notes.subarray(name, name + nameBytes)) === 'GNU\0')
      return hex(notes.subarray(value, value + valueBytes));
    at = value + aligned(valueBytes);
  }
  return null;
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 16));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
