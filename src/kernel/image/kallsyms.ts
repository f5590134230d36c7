/** /proc/kallsyms: the kernel's functions and where they are. Without privilege all addresses are shown as zero. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

export interface KernelSymbol {
  /** As a signed 64-bit value, so that a number holds it exactly: kernel addresses are the upmost ones. */
  readonly address: number;
  readonly name: string;
  /** null for the kernel itself. */
  readonly module: string | null;
}

const LINE = /^([0-9a-f]{8,16}) ([a-zA-Z]) (\S+)(?:\t\[(\S+)\])?$/;

export const kernelFunctions = fileReader({
  path: '/proc/kallsyms',
  doc: 'man 5 proc_kallsyms',
  capture: 'never', // holds addresses
  parse: parseKallsyms,
});

/** @throws FormatError for a line of another form, and where the addresses are hidden (kernel.kptr_restrict) */
function parseKallsyms(text: string): readonly KernelSymbol[] {
  const functions: KernelSymbol[] = [];
  let line = 0;
  for (const content of text.split('\n')) {
    line += 1;
    if (content === '') continue;
    const match = LINE.exec(content);
    if (match === null) throw new FormatError('an address, a type and a name', content, line);
    const [, address, type, name, module] = match as unknown as [string, string, string, string, string?];
    if (!/[tTwW]/.test(type)) continue;
    functions.push({ address: signedAddress(address), name, module: module ?? null });
  }
  if (functions.every((one) => one.address === 0)) {
    throw new FormatError('addresses; kernel.kptr_restrict hides them from this user', 'only zeros');
  }
  return functions;
}

function signedAddress(hex: string): number {
  const padded = hex.padStart(16, '0');
  const high = Number.parseInt(padded.slice(0, 8), 16) | 0;
  return high * 0x1_0000_0000 + Number.parseInt(padded.slice(8), 16);
}
