import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { buildId } from './build-id.ts';

function note(type: number, name: string, value: string): string {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(name.length, 0);
  bytes.writeUInt32LE(value.length, 4);
  bytes.writeUInt32LE(type, 8);
  const padded = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4, '\0');
  return bytes.toString('latin1') + padded(name) + padded(value);
}

describe('/sys/kernel/notes', () => {
  const xen = note(6, 'Xen\0', 'linux');
  const gnu = note(3, 'GNU\0', '\x48\xdc\x54\x0c\x8b');

  it('finds the build id, wherever it stands', () => {
    expect(buildId.parse(gnu + xen, NO_FACTS)).toBe('48dc540c8b');
    expect(buildId.parse(xen + gnu, NO_FACTS)).toBe('48dc540c8b');
  });

  it.each([
    ['nothing', ''],
    ['other notes only', xen],
    ['a cut note', gnu.slice(0, -4)],
    ['an empty id', note(3, 'GNU\0', '')],
    ['a length beyond the file', note(3, 'GNU\0', 'x').replace('\x01', '\xff')],
  ])('refuses %s', (_, text) => {
    expect(() => buildId.parse(text, NO_FACTS)).toThrow(FormatError);
  });
});
