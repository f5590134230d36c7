/**
 * /proc/cpuinfo: the name of the CPUs, and the last resort for kernels without topology in /sys. Every architecture
 * writes it in its own way: blocks that begin with `processor : N` (s390: `processor N:` lines and `cpu number : N`).
 */
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface CpuInfoBlock {
  readonly cpu: number;
  readonly package: number | null;
  readonly core: number | null;
  readonly model: string | null;
}

export interface CpuInfo {
  readonly blocks: readonly CpuInfoBlock[];
  /** The name of all, where the architecture writes it once, outside the blocks. */
  readonly model: string | null;
}

/** In order of preference; `Processor` is old ARM, `cpu` is PowerPC and SPARC, `uarch` is RISC-V. */
const MODEL_KEYS = [
  'model name',
  'Model Name',
  'Processor',
  'cpu model',
  'cpu',
  'uarch',
  'chip type',
  'Hardware',
  'vendor_id',
];
const KEPT = new RegExp(`^(processor|cpu number|physical id|core id|${MODEL_KEYS.join('|')})\\s*:`);
/** What follows on such a line of s390 holds the serial number of the machine. */
const S390_PROCESSOR = /^processor \d+:/;

export const cpuInfo = fileReader({
  path: '/proc/cpuinfo',
  doc: 'man 5 proc_cpuinfo',
  capture: 'machine',
  // Only what is read from it: the rest holds serial numbers and long lists of features.
  scrub: (text) =>
    text
      .split('\n')
      .map((line) => S390_PROCESSOR.exec(line)?.[0] ?? line)
      .filter((line) => line === '' || S390_PROCESSOR.test(line) || KEPT.test(line))
      .join('\n')
      .replace(/\n{3,}/g, '\n\n'),
  parse: parseCpuInfo,
});

export function parseCpuInfo(text: string): CpuInfo {
  const blocks: Map<string, string>[] = [];
  const outside = new Map<string, string>();
  let current = outside;
  for (const { text: content } of numberedLines(text)) {
    const s390 = /^processor (\d+):/.exec(content);
    const pair = /^([^:]*?)\s*:\s*(.*?)\s*$/.exec(content);
    const [key = '', value = ''] = s390 ? ['processor', s390[1]] : (pair?.slice(1) ?? []);
    if ((key === 'processor' || key === 'cpu number') && /^\d{1,7}$/.test(value)) {
      const known = blocks.find((block) => block.get('processor') === value);
      current = known ?? new Map([['processor', value]]);
      if (known === undefined) blocks.push(current);
    } else if (!current.has(key)) current.set(key, value);
  }
  return {
    blocks: blocks.map((block) => ({
      cpu: Number(block.get('processor')),
      package: idOf(block.get('physical id')),
      core: idOf(block.get('core id')),
      model: modelOf(block),
    })),
    model: modelOf(outside),
  };
}

function idOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function modelOf(block: ReadonlyMap<string, string>): string | null {
  for (const key of MODEL_KEYS) {
    const value = block.get(key);
    if (value) return value.replace(/\s+/g, ' ');
  }
  return null;
}
