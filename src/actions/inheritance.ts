/**
 * Who was born after a change, and what it would have without: what its parent had. The kernel tells the parent of a
 * process, and not that of a thread; undo.ts has the rule.
 */
import type { ChangeLog } from './apply.ts';
import { entriesOf } from './apply.ts';
import { type Change, type ProcessRecord, type ThreadRecord, type Values, wasGiven } from './change.ts';
import { type Controls, type LiveThread, type ProcessId, threadKey } from './controls.ts';
import { processKey } from './everyone.ts';
import type { LiveProcess } from './machine-controls.ts';
import { isGone } from './refused.ts';
import { settingNamed } from './settings/index.ts';
import type { SettingName, SettingValue } from './settings/setting.ts';

/**
 * Writes down, before anything is undone, who inherited what was set: a cpuset that grows again would take the traces
 * away on kernels before 6.2. Only of a change of every process.
 */
export function adoptNewborn(controls: Controls, change: Change, log: ChangeLog): Change {
  if (!change.coversAll) return change;
  const recorded = new Map(change.processes.map((process) => [processKey(process), process]));
  const all = controls.machine.processes();
  const byId = new Map(all.map((process) => [process.tgid, process]));
  const born: ProcessRecord[] = [];
  const grown = new Map<string, ProcessRecord>();
  for (const process of all) {
    const own = recorded.get(processKey(process));
    const parent = own ?? recordedAncestor(process, byId, recorded);
    if (parent === null) continue;
    const threads = heirs(controls, process, own, parent);
    if (threads.length === 0) continue;
    const { tgid, startTicks, comm } = process;
    if (own === undefined) born.push({ tgid, startTicks, comm, threads, others: [] });
    else {
      log.append({ record: 'threads', process: { tgid, startTicks }, threads });
      grown.set(processKey(own), { ...own, threads: [...own.threads, ...threads] });
    }
  }
  if (born.length > 0) log.append({ record: 'processes', processes: born });
  return {
    ...change,
    processes: [...change.processes.map((one) => grown.get(processKey(one)) ?? one), ...born],
  };
}

/** The threads of a process that are not recorded and have what was set, with what they would have without. */
function heirs(
  controls: Controls,
  process: ProcessId,
  own: ProcessRecord | undefined,
  parent: ProcessRecord,
): readonly ThreadRecord[] {
  const known = new Set([...(own?.threads ?? []), ...(own?.others ?? [])].map(threadKey));
  const threads = (controls.threads(process) ?? []).filter((thread) => !known.has(threadKey(thread)));
  const settings = new Set(parent.threads.flatMap((thread) => entriesOf(thread.set).map(([name]) => name)));
  return threads.flatMap((thread) => heir(controls, process, thread, parent, [...settings]));
}

function heir(
  controls: Controls,
  process: ProcessId,
  thread: LiveThread,
  parent: ProcessRecord,
  settings: readonly SettingName[],
): readonly ThreadRecord[] {
  const before: Record<string, SettingValue> = {};
  const set: Record<string, SettingValue> = {};
  try {
    for (const name of settings) {
      const found = settingNamed(name).read(controls, process, thread);
      const inherited = inheritedBefore(parent, name, found);
      // Also where nothing changed: before 6.2 a cpuset that grows again gives everyone all of it.
      if (inherited === null) continue;
      before[name] = inherited;
      set[name] = found;
    }
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  if (Object.keys(set).length === 0) return [];
  const { tid, startTicks, comm } = thread;
  return [{ tid, startTicks, comm, before: before as Values, set: set as Values }];
}

/** Orphans end at process 1, which adopts them. */
export function recordedAncestor(
  process: LiveProcess,
  byId: ReadonlyMap<number, LiveProcess>,
  recorded: ReadonlyMap<string, ProcessRecord>,
): ProcessRecord | null {
  const seen = new Set<number>();
  for (let at = byId.get(process.parent); at !== undefined && !seen.has(at.tgid); at = byId.get(at.parent)) {
    seen.add(at.tgid);
    const record = recorded.get(processKey(at));
    if (record !== undefined) return record;
  }
  return null;
}

/** What the parent of a thread had, by the rule at the top; null where the thread did not inherit what was set. */
export function inheritedBefore(
  process: ProcessRecord,
  name: SettingName,
  found: SettingValue,
): SettingValue | null {
  const parents = process.threads.filter((thread) => wasGiven(thread, name, found));
  const [first] = parents;
  if (first === undefined) return null;
  const values = new Set(parents.map((thread) => JSON.stringify(thread.before[name])));
  const parent = values.size === 1 ? first : (parents.find((one) => one.tid === process.tgid) ?? first);
  return parent.before[name] ?? null;
}
