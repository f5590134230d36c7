/**
 * The text of a journal file: one JSON object a line, appended and never rewritten. Whatever stands in such a file is
 * checked here before anything acts on it. Loaded only where a journal is read: zod takes a while.
 */
import { z } from 'zod';
import { CpuSet } from '../base/cpu-set.ts';
import { FormatError } from '../base/errors.ts';
import { JOURNAL_VERSION, type JournalRecord } from './change.ts';
import { MACHINE_SETTINGS, machineSettingNamed } from './machine/index.ts';

const big = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);
const id = z.int().min(1).max(0x7fff_ffff);
const cpulist = z.string().max(100_000).refine(isCpulist, 'not a list of CPUs or nodes');
const text = z.string().max(10_000);

/** A process may have 65,530 mappings (vm.max_map_count), each locked one of which takes 28 characters. */
const MOST_VALUE = 4_000_000;

const values = z.strictObject({
  affinity: cpulist.optional(),
  scheduling: z
    .strictObject({
      policy: z.int().min(0).max(31),
      flags: z.int().min(0),
      nice: z.int().min(-20).max(19),
      realtimePriority: z.int().min(0).max(99),
      runtimeNs: z.int().min(0),
      deadlineNs: z.int().min(0),
      periodNs: z.int().min(0),
    })
    .optional(),
  memoryPolicy: z
    .strictObject({ mode: z.int().min(0).max(31), flags: z.int().min(0), nodes: cpulist })
    .optional(),
});
const thread = z.strictObject({
  tid: id,
  startTicks: big,
  comm: text,
  before: values,
  set: values,
  tried: z.array(values).max(1000).optional(),
});
const processId = z.strictObject({ tgid: id, startTicks: big });
const at = z.iso.datetime();

const process = z.strictObject({
  tgid: id,
  startTicks: big,
  comm: text,
  threads: z.array(thread),
  others: z.array(z.strictObject({ tid: id, startTicks: big })),
});
const step = z
  .strictObject({
    setting: z.enum(MACHINE_SETTINGS.map((setting) => setting.name)),
    at: text,
    before: z.string().max(MOST_VALUE),
    set: z.string().max(MOST_VALUE),
    mayStay: z.boolean(),
    tried: z.array(z.string().max(100_000)).max(1000).optional(),
  })
  .refine(({ setting, at: place, before, set, tried = [] }) => {
    const { isPlace, isValue } = machineSettingNamed(setting);
    return isPlace(place) && [before, set, ...tried].every(isValue);
  }, 'not a value of this setting');

const record = z.discriminatedUnion('record', [
  z
    .strictObject({
      record: z.literal('planned'),
      version: z.union([z.literal(1), z.literal(2), z.literal(JOURNAL_VERSION)]),
      id: z.string().regex(/^c-[1-9]\d{0,8}$/),
      bootId: text,
      at,
      by: processId,
      command: text,
      // A journal of version 1 knows no settings of the machine.
      steps: z.array(step).default([]),
      processes: z.array(process),
      coversAll: z.boolean().default(false),
      dueBootNs: big.nullable(),
    })
    .transform(({ version: _, ...rest }) => rest),
  z.strictObject({ record: z.literal('processes'), processes: z.array(process) }),
  z.strictObject({ record: z.literal('threads'), process: processId, threads: z.array(thread) }),
  z.strictObject({
    record: z.literal('migrating'),
    migration: z.strictObject({ tgid: id, startTicks: big, from: cpulist, to: cpulist }),
  }),
  z.strictObject({ record: z.literal('guarded'), by: processId }),
  z.strictObject({ record: z.literal('applied'), at }),
  z.strictObject({ record: z.literal('undoing'), at, by: processId }),
  z.strictObject({ record: z.literal('undone'), at }),
  z.strictObject({ record: z.literal('done'), at, note: text }),
  z.strictObject({ record: z.literal('forgotten'), at }),
]);

/**
 * The records of a file. A last line without its line break was being written when the tool died: nothing had been
 * done on its account, so it is left out.
 * @throws FormatError naming the line
 */
export function parseJournal(content: string): readonly JournalRecord[] {
  const lines = content.split('\n');
  lines.pop();
  return lines.map((line, i) => parseRecord(line, i + 1));
}

function parseRecord(line: string, number: number): JournalRecord {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    throw new FormatError('a JSON object', line, number);
  }
  const parsed = record.safeParse(data);
  if (parsed.success) return parsed.data as JournalRecord;
  const [issue] = parsed.error.issues;
  throw new FormatError(
    `a record of a change (${issue?.path.join('.') || 'record'}: ${issue?.message})`,
    line,
    number,
  );
}

function isCpulist(list: string): boolean {
  try {
    return CpuSet.parseList(list).toKernelList() === list;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
