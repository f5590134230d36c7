import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../host/facts.ts';
import { interrupts } from './interrupts.ts';

const parse = (text: string) => interrupts.parse(text, NO_FACTS);

describe('/proc/interrupts', () => {
  const text = `            CPU0       CPU3
   1:          9          0  IO-APIC    1-edge      i8042
  24:          0         12  PCI-MSI 524288-edge      eth0-tx 0
 LOC:        100        200   Local timer interrupts
 ERR:          0
`;

  it('takes the columns by the CPUs of the first line', () => {
    expect(parse(text)[1]).toEqual({
      name: '24',
      counts: new Map([
        [0, 0n],
        [3, 12n],
      ]),
      device: 'PCI-MSI 524288-edge eth0-tx 0',
    });
  });

  it('keeps lines with one count for the machine, without counts', () => {
    expect(parse(text)[3]).toEqual({ name: 'ERR', counts: new Map(), device: '0' });
  });

  it('reads a name that begins with a digit', () => {
    expect(parse('CPU0\n 5: 7 8139cp eth1\n')[0]).toMatchObject({ device: '8139cp eth1' });
  });

  it('is empty for an empty text', () => expect(parse('')).toEqual([]));
});
