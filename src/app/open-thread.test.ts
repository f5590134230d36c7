import { expect, it } from 'vitest';
import { type Maybe, missing } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host, type TextSource } from '../host/host.ts';
import type { ReaderKind } from '../host/reader.ts';
import { OpenThread } from './open-thread.ts';

const AT = { pid: 10, tid: 11 };
const affinityOf = (thread: OpenThread) => String(thread.read()?.affinity);
const FOLDER = '/proc/10/task/11';

/** One thread, whose files are set by hand and whose readings are counted. */
class FakeThread implements TextSource {
  readonly reads: string[] = [];
  readonly texts = new Map<string, string>();

  constructor() {
    this.set({ state: 'S', minorFaults: 5, timeslices: 3, migrations: 2 });
  }

  set(of: { state: string; minorFaults: number; timeslices: number; migrations: number }): void {
    const fields = Array.from({ length: 50 }, () => '0');
    [fields[0], fields[7], fields[17]] = [of.state, `${of.minorFaults}`, '4'];
    this.texts.set('stat', `11 (worker) ${fields.join(' ')}\n`);
    this.texts.set('schedstat', `100 20 ${of.timeslices}\n`);
    const clock = `clock-delta : ${this.reads.length}`;
    this.texts.set('sched', `worker (11, #threads: 4)\nse.nr_migrations : ${of.migrations}\n${clock}\n`);
    this.texts.set('status', 'Name:\tworker\nTgid:\t10\nUid:\t0\t0\t0\t0\nCpus_allowed_list:\t0-1\n');
  }

  text(_: ReaderKind, path: string): Maybe<string> {
    const name = path.slice(FOLDER.length + 1);
    this.reads.push(name);
    return this.texts.get(name) ?? missing('gone', path);
  }
}

function opened() {
  const source = new FakeThread();
  const thread = new OpenThread(new Host('live', { ...NO_FACTS, ticksPerSec: 100 }, source), AT, true);
  return { source, thread };
}

it('is the same object while nothing changes, and does not ask for moves that cannot be', () => {
  const { source, thread } = opened();
  const first = thread.read();
  expect(first).toMatchObject({ tgid: 10, tid: 11, comm: 'worker', minorFaults: 5n, migrations: 2n });
  expect(source.reads).toEqual(['stat', 'schedstat', 'sched', 'status']);
  source.set({ state: 'S', minorFaults: 5, timeslices: 3, migrations: 2 });
  expect(thread.read()).toBe(first);
  expect(source.reads.slice(4)).toEqual(['stat', 'schedstat', 'status']);
});

it.each([
  ['was put on a CPU', { state: 'S', minorFaults: 5, timeslices: 4, migrations: 3 }],
  ['waits for one', { state: 'R', minorFaults: 5, timeslices: 3, migrations: 3 }],
])('asks for moves where it %s', (_, now) => {
  const { source, thread } = opened();
  thread.read();
  source.set(now);
  expect(thread.read()).toMatchObject({ migrations: 3n });
});

it('sees what others change of a thread that sleeps', () => {
  const { source, thread } = opened();
  expect(affinityOf(thread)).toBe('0-1');
  source.texts.set('status', `${source.texts.get('status')}`.replace('0-1', '1'));
  expect(affinityOf(thread)).toBe('1');
});

it('has ended where its files have', () => {
  const { source, thread } = opened();
  expect(thread.read()).not.toBeNull();
  source.texts.clear();
  expect(thread.read()).toBeNull();
});

it('knows whether it is the only one, and says what is missing', () => {
  const { source, thread } = opened();
  source.texts.delete('sched');
  source.texts.set('stat', `${source.texts.get('stat')}`);
  expect(thread.read()?.migrations).toMatchObject({ missing: 'gone' });
  expect(thread.isAlone).toBe(false);
});
