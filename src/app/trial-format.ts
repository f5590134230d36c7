/** The text of a remembered trial; whatever stands in such a file is checked before it is believed. zod takes a while. */
import { z } from 'zod';
import { CpuSet } from '../base/cpu-set.ts';
import { FormatError } from '../base/errors.ts';
import type { KeptTrial } from '../trial/kept-trial.ts';
import { OBJECTIVE_IDS } from '../trial/objective.ts';

/** Of the format of the files, not of the program. */
const VERSION = 1;

const text = z.string().max(10_000);
const id = z.int().min(1).max(0x7fff_ffff);
const sentence = z.strictObject({ en: text, ko: text });
const list = z.string().max(100_000).refine(isList, 'not a list of CPUs or nodes');
const process = z.strictObject({
  tgid: id,
  startTicks: z
    .string()
    .regex(/^\d{1,20}$/)
    .transform(BigInt),
  comm: text,
  unit: text.nullable(),
});
const nice = z.int().min(-20).max(19);
const cpus = z.number().positive().finite();

const group = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('quota'), cgroup: text, fromCpus: cpus, toCpus: cpus }),
  z.strictObject({ kind: z.literal('idle-cgroup'), cgroup: text, unit: text.nullable() }),
  z.strictObject({ kind: z.literal('autogroup'), session: text, tgid: id, comm: text, nice }),
]);

const move = z.strictObject({
  process,
  threads: z.union([z.literal('all'), z.array(z.strictObject({ tid: id, comm: text })).max(100_000)]),
  cpus: list.nullable(),
  away: list.exactOptional(),
  scheduling: z
    .strictObject({
      policy: z.enum(['other', 'batch', 'idle']).nullable(),
      nice: nice.nullable(),
      sliceNs: z.number().min(0).max(100e6).nullable(),
    })
    .nullable(),
  memory: z
    .strictObject({ mode: z.enum(['bind', 'preferred', 'interleave']), nodes: list, migrate: z.boolean() })
    .nullable(),
});

const amount = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();

const noise = z.strictObject({
  pressureLowPct: amount,
  pressureHighPct: amount,
  stealNs: amount,
  driftPct: amount,
  spreadLog: amount,
  selfIntervalPct: interval,
});

/** What was added later has a default, so that older files stay of this form. */
const trial = z.strictObject({
  version: z.literal(VERSION),
  id: z.string().regex(/^t-[1-9]\d{0,8}$/),
  at: z.iso.datetime(),
  program: z.strictObject({
    comm: text,
    executable: text.nullable(),
    commandDigest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    unit: text.nullable(),
  }),
  target: process,
  objective: z.strictObject({
    id: z.enum(OBJECTIVE_IDS),
    label: sentence,
    unit: z.enum(['Ns', 'Pct', 'PerSec', 'Ratio']).nullable(),
    better: z.enum(['lower', 'higher']),
  }),
  candidates: z
    .array(
      z.strictObject({
        name: text,
        strategy: text,
        summary: sentence,
        verdict: z.enum(['helps', 'hurts', 'no-difference', 'mixed', 'inconclusive']),
        effectPct: amount,
        intervalPct: interval,
        rounds: z.int().min(0),
        value: amount.default(null),
        because: sentence.nullable().default(null),
        isKept: z.boolean().default(false),
        moves: z.array(move),
        groups: z.array(group),
      }),
    )
    .max(1000),
  baseline: amount.default(null),
  noise: noise.nullable().default(null),
  change: z
    .string()
    .regex(/^c-[1-9]\d{0,8}$/)
    .nullable(),
});

export function renderTrial(kept: KeptTrial): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  return `${JSON.stringify({ version: VERSION, ...kept }, plain)}\n`;
}

/** @returns null for anything that is no remembered trial */
export function parseTrial(content: string): KeptTrial | null {
  let data: unknown;
  try {
    data = JSON.parse(content);
  } catch {
    return null;
  }
  const parsed = trial.safeParse(data);
  if (!parsed.success) return null;
  const { version: _, ...kept } = parsed.data;
  return kept satisfies KeptTrial;
}

function isList(value: string): boolean {
  try {
    return CpuSet.parseList(value).toKernelList() === value;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
