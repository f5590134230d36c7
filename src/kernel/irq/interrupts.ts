/** /proc/interrupts: how often each interrupt was handled on each online CPU since boot. */
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface InterruptLine {
  /** A number for device interrupts; a name such as LOC or NMI for those of the CPU itself. */
  readonly name: string;
  /** By CPU number. Some lines (ERR, MIS) have one count for the machine; then it is empty. */
  readonly counts: ReadonlyMap<number, bigint>;
  /** Chip, trigger and device, such as "PCI-MSI 524288-edge virtio0-input.0". */
  readonly device: string;
}

export const interrupts = fileReader({
  path: '/proc/interrupts',
  doc: 'man 5 proc_interrupts',
  capture: 'machine',
  parse(text): readonly InterruptLine[] {
    const [header, ...lines] = numberedLines(text);
    const cpus = [...(header?.text ?? '').matchAll(/\bCPU(\d{1,6})\b/g)].map((match) => Number(match[1]));
    return lines.flatMap(({ text: content }) => {
      const match = /^\s*([^\s:]+):\s*((?:\d+(?:\s+|$))*)(.*)$/.exec(content);
      if (!match) return [];
      const numbers = (match[2] ?? '').trim().split(/\s+/);
      const counts = numbers.length < cpus.length ? [] : numbers.slice(0, cpus.length);
      const device = [...numbers.slice(counts.length), match[3] ?? ''].join(' ').trim();
      return [
        {
          name: match[1] as string,
          counts: new Map(counts.map((count, i) => [cpus[i] as number, BigInt(count)])),
          device: device.replace(/\s+/g, ' '),
        },
      ];
    });
  },
});
