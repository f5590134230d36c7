import { describe, expect, it } from 'vitest';
import { isMissing, type Maybe, missing } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import type { ReaderKind } from '../host/reader.ts';
import type { ProcessReading } from '../model/snapshot.ts';
import { HeldProcess } from './held-process.ts';

const FACTS = { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 };

/** Two threads of process 7, and which of their files were read. */
class Proc {
  readonly schedstat = new Map([
    [7, '100 5 3'],
    [8, '200 6 4'],
  ]);
  state = 'S';
  migrations = 1;
  read: string[] = [];

  text(kind: ReaderKind, path: string): Maybe<string> {
    if (kind === 'list') return [...this.schedstat.keys()].join('\n');
    const tid = Number(/task\/(\d+)/.exec(path)?.[1] ?? 7);
    const schedstat = this.schedstat.get(tid);
    if (schedstat === undefined) return missing('gone', path);
    this.read.push(path.replace('/proc/7/', ''));
    if (path.endsWith('/schedstat')) return schedstat;
    if (path.endsWith('/sched')) return `a (${tid}, #threads: 2)\nse.nr_migrations : ${this.migrations}\n`;
    return `${tid} (a) ${this.state} 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 2 0 100 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0`;
  }

  readonly #held = new HeldProcess(new Host('live', FACTS, this), 7);

  readAgain(): ProcessReading {
    this.read = [];
    const reading = this.#held.read();
    if (isMissing(reading)) throw new Error('process 7 is there');
    return reading;
  }
}

describe('reading a process again', () => {
  it('reads three files of each thread at first', () => {
    const proc = new Proc();
    expect(proc.readAgain().threads).toHaveLength(2);
    expect(proc.read).toHaveLength(7);
  });

  it('reads only what tells that a sleeping thread has not run', () => {
    const proc = new Proc();
    proc.readAgain();
    proc.schedstat.set(8, '300 6 5');
    proc.migrations = 2;
    const second = proc.readAgain();
    expect(proc.read).toEqual([
      'stat',
      'task/7/schedstat',
      'task/8/schedstat',
      'task/8/stat',
      'task/8/sched',
    ]);
    const moves = second.threads.map(({ sched }) => (isMissing(sched) ? null : sched.migrations));
    expect(moves).toEqual([1n, 2n]);
  });

  it('reads everything of a thread that ran when it was read, or whose times are not kept', () => {
    const proc = new Proc();
    proc.state = 'R';
    proc.readAgain();
    proc.readAgain();
    expect(proc.read).toHaveLength(7);
    const without = new Proc();
    for (const tid of [7, 8]) without.schedstat.set(tid, '0 0 0');
    without.readAgain();
    without.readAgain();
    expect(without.read).toHaveLength(7);
  });

  it('leaves out a thread that has ended, though it was known', () => {
    const proc = new Proc();
    proc.readAgain();
    proc.schedstat.delete(8);
    expect(proc.readAgain().threads.map((thread) => thread.tid)).toEqual([7]);
  });
});
