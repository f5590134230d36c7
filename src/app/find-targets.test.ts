import { describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { type Entry, MemorySource } from '../host/memory.ts';
import { findTargets, openTarget } from './find-targets.ts';

const AFTER = 'S 1 7 7 0 -1 0 0 0 0 0 400 100 0 0 20 0 1 0';

interface Made {
  readonly comm: string;
  readonly startTicks?: number;
  readonly words?: readonly string[];
  readonly unit?: string;
  readonly threads?: readonly number[];
}

/** A captured machine of these processes, 100 s after its boot. */
function machine(processes: Readonly<Record<number, Made>>): Host {
  const entries = new Map<string, Entry>();
  const file = (path: string, text: string) => entries.set(path, { kind: 'file', text });
  file('/proc/uptime', '100.00 90.00\n');
  for (const [id, made] of Object.entries(processes)) {
    file(
      `/proc/${id}/stat`,
      `${id} (${made.comm}) ${AFTER} ${made.startTicks ?? 5000} 0 0 0 ${'0 '.repeat(13)}0 0 0 0\n`,
    );
    file(`/proc/${id}/status`, `Tgid:\t${id}\nCpus_allowed_list:\t0-1\nUid:\t0\t0\t0\t0\n`);
    file(`/proc/${id}/cgroup`, `0::${made.unit === undefined ? '/' : `/system.slice/${made.unit}`}\n`);
    if (made.words) file(`/proc/${id}/cmdline`, `${made.words.join('\0')}\0`);
    for (const tid of made.threads ?? []) {
      file(`/proc/${id}/task/${tid}/stat`, `${tid} (t) ${AFTER} 1 0 0 0 ${'0 '.repeat(13)}0 0 0 0\n`);
      file(`/proc/${tid}/status`, `Tgid:\t${id}\nCpus_allowed_list:\t0-1\nUid:\t0\t0\t0\t0\n`);
    }
  }
  return new Host('captured', { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 }, new MemorySource(entries));
}

function refusal(find: () => unknown): KeelError {
  try {
    find();
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const one = { all: false, command: 'check' };
const arena = machine({
  812: { comm: 'java', words: ['java', '-jar', 'arena.jar'], unit: 'arena2.service' },
  1440: { comm: 'java', words: ['java', '-jar', 'panel.jar'], unit: 'panel.service' },
  4127: { comm: 'arena', startTicks: 900, threads: [4127, 4131] },
});

describe('findTargets', () => {
  it('finds by id, name, unit, cgroup, thread and command line', () => {
    const target = { tgid: 4127, comm: 'arena', startTicks: 900n, tid: null };
    expect(findTargets(arena, '4127', one)).toEqual([target]);
    expect(findTargets(arena, 'arena', one)).toEqual([target]);
    expect(findTargets(arena, 'tid:4131', one)).toEqual([{ ...target, tid: 4131 }]);
    expect(findTargets(arena, 'unit:panel', one).map((t) => t.tgid)).toEqual([1440]);
    expect(findTargets(arena, 'cgroup:/system.slice', { ...one, all: true }).map((t) => t.tgid)).toEqual([
      812, 1440,
    ]);
    expect(findTargets(arena, '/-jar panel/', one).map((t) => t.tgid)).toEqual([1440]);
  });

  it('lists several matches instead of choosing one', () => {
    const error = refusal(() => findTargets(arena, 'java', { all: false, command: 'why' }));
    expect(error.code).toBe('E_USAGE');
    expect(error.parts.what.en).toBe('"java" matches 2 processes, and why needs one');
    // 5 s of CPU time since its start 50 s ago.
    expect(error.parts.next?.map((s) => s.en.replace(/ +/g, ' '))).toEqual([
      ' 812 arena2.service java -jar arena.jar 10 % of one CPU',
      ' 1440 panel.service java -jar panel.jar 10 % of one CPU',
      'Name one: keel why 812 or take all: --all',
    ]);
    expect(findTargets(arena, 'java', { all: true, command: 'why' })).toHaveLength(2);
  });

  it('says what was searched, and offers the nearest name', () => {
    expect(refusal(() => findTargets(arena, '99', one))).toMatchObject({ code: 'E_GONE', exitCode: 5 });
    const typo = refusal(() => findTargets(arena, 'arenna', one));
    expect(typo.parts.next?.[0]?.en).toBe('Did you mean: arena');
    expect(refusal(() => findTargets(arena, 'unit:arena', one)).parts.next?.[0]?.en).toBe(
      'Did you mean: unit:arena2.service',
    );
    expect(refusal(() => findTargets(arena, 'tid:77', one)).code).toBe('E_GONE');
    expect(refusal(() => findTargets(arena, 'self', one)).code).toBe('E_GONE');
  });

  it('takes a thread id for what it is', () => {
    const error = refusal(() => findTargets(arena, '4131', one));
    expect(error.code).toBe('E_USAGE');
    expect(error.parts.next?.[0]?.en).toContain('keel check tid:4131');
  });

  it('stops an expression that does not end', () => {
    const long = machine({ 7: { comm: 'a', words: ['a'.repeat(200)] } });
    expect(refusal(() => findTargets(long, '/(a+)+$b/', one)).parts.what.en).toContain(
      'does not come to an end',
    );
  });

  it('says why a capture cannot be searched by command line', () => {
    const bare = machine({ 7: { comm: 'a' } });
    expect(refusal(() => findTargets(bare, '/a/', one)).parts.what.en).toContain('captured');
  });
});

describe('openTarget', () => {
  it('knows a reused id by its start time', () => {
    const [target] = findTargets(arena, 'arena', one);
    if (target === undefined) throw new Error('not found');
    expect(openTarget(arena, target)).toEqual(target);
    expect(openTarget(machine({ 4127: { comm: 'arena', startTicks: 901 } }), target)).toBeNull();
    expect(openTarget(machine({}), target)).toBeNull();
  });
});
