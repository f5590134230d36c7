import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webhook } from '../../alerts/sinks/webhook.ts';
import { notification } from '../../alerts/testing/observations.ts';
import { type Answers, fakeOutside } from '../../alerts/testing/outside.ts';
import type { SinkConfig } from '../config/config.ts';
import { TestClock } from '../testing/test-clock.ts';
import { Deliverer, type DeliveryReport } from './deliverer.ts';
import { QueueFolder } from './queue-folder.ts';
import { Waiting } from './waiting.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-queue-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sink: SinkConfig = {
  name: 'hook',
  type: webhook,
  options: { url: 'http://localhost:1/' } as never,
  secrets: {},
  atLeast: 'info',
  targets: null,
};
const SEC = 1_000_000_000;

function start(answers: () => Answers, over: Partial<SinkConfig> = {}, queue = folder) {
  const clock = new TestClock();
  const reports: DeliveryReport[] = [];
  const { outside, sent } = fakeOutside(answers);
  const waiting = new Waiting(() => new QueueFolder(queue));
  const deliverer = new Deliverer({ ...sink, ...over }, waiting, {
    language: 'en',
    outside,
    clock,
    random: () => 0.5,
    report: (report) => reports.push(report),
  });
  const stop = new AbortController();
  const done = deliverer.run(stop.signal);
  const ids = () => sent.posts.map(({ headers }) => headers['idempotency-key']);
  const end = () => {
    stop.abort();
    return done;
  };
  return { clock, reports, deliverer, ids, end };
}

const named = (id: string, over = {}) => notification({ id, ...over });

describe('a sink whose receiver is down', () => {
  it('delivers everything, in order, once it is back after an hour; slower and slower until then', async () => {
    let isUp = false;
    const { clock, deliverer, ids, reports, end } = start(() => (isUp ? {} : { status: 503 }));
    for (let minute = 0; minute < 60; minute += 1) {
      deliverer.add(named(`n${minute}`));
      await clock.advance(60 * SEC);
    }
    expect(deliverer.waiting).toBe(60);
    expect(reports.length).toBeLessThan(25);
    isUp = true;
    await clock.advance(400 * SEC);
    const tried = reports.filter(({ outcome }) => outcome === 'delivered').map((one) => one.notification.id);
    expect(tried).toEqual(Array.from({ length: 60 }, (_, i) => `n${i}`));
    expect(ids().filter((id) => id === 'n1')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
    await end();
  });

  it('goes on where the run before it ended', async () => {
    const first = start(() => ({ status: 500 }));
    first.deliverer.add(named('a'));
    first.deliverer.add(named('b'));
    await first.clock.advance(SEC / 10);
    await first.end();
    const second = start(() => ({}));
    await second.clock.advance(SEC);
    expect(second.ids()).toEqual(['a', 'b']);
    await second.end();
  });

  it('waits as long as it is told to', async () => {
    const { clock, deliverer, ids, end } = start(() => ({ status: 429, headers: { 'retry-after': '120' } }));
    deliverer.add(named('a'));
    await clock.advance(119 * SEC);
    expect(ids()).toHaveLength(1);
    await clock.advance(2 * SEC);
    expect(ids()).toHaveLength(2);
    await end();
  });

  it('keeps what a refused key holds up, and lets go of a message that is not accepted', async () => {
    let status = 403;
    const { clock, deliverer, ids, end } = start(() => ({ status }));
    deliverer.add(named('a'));
    await clock.advance(599 * SEC);
    expect(ids()).toEqual(['a']);
    expect(deliverer.waiting).toBe(1);
    status = 400;
    deliverer.add(named('b'));
    await clock.advance(2 * SEC);
    expect(ids()).toEqual(['a', 'a', 'b']);
    expect(deliverer.waiting).toBe(0);
    await end();
  });

  it('keeps only the last repetition of a group', async () => {
    const { clock, deliverer, end } = start(() => ({ status: 500 }));
    deliverer.add(named('first'));
    for (let i = 0; i < 100; i += 1) deliverer.add(named(`r${i}`, { reason: 'repeat' }));
    deliverer.add(named('other', { reason: 'repeat', group: 'db' }));
    await clock.advance(SEC / 10);
    expect(deliverer.waiting).toBe(3);
    await end();
  });
});

describe('what waits', () => {
  it('is kept in memory, and said, where the disk does not take it', async () => {
    const broken = {
      add: () => {
        throw Object.assign(new Error(), { code: 'ENOSPC' });
      },
      numbers: () => [],
    };
    const waiting = new Waiting(() => broken as unknown as QueueFolder);
    expect(waiting.add(named('a')).diskError).toMatchObject({ code: 'ENOSPC' });
    expect(waiting.first()?.id).toBe('a');
  });

  it('comes to the disk when that works again, in its order, behind what an earlier run left there', () => {
    new QueueFolder(folder).add(named('earlier'));
    let isFull = true;
    const opened = () => {
      if (isFull) throw Object.assign(new Error(), { code: 'ENOSPC' });
      return new QueueFolder(folder);
    };
    const waiting = new Waiting(opened);
    for (const id of ['a', 'b']) expect(waiting.add(named(id)).diskError).toMatchObject({ code: 'ENOSPC' });
    expect(waiting.first()?.id, 'it is being delivered while the disk comes back').toBe('a');
    isFull = false;
    expect(waiting.add(named('c'))).toEqual({ diskError: null, saved: 2, dropped: 0 });
    waiting.removeFirst();
    expect(waiting.unsaved()).toEqual([]);
    const next = new Waiting(() => new QueueFolder(folder));
    const left: (string | undefined)[] = [];
    for (; next.length > 0; next.removeFirst()) left.push(next.first()?.id);
    expect(left).toEqual(['earlier', 'b', 'c']);
  });

  it('is not delivered again by the next run where the disk did not let go of it at first', () => {
    const queue = new QueueFolder(folder);
    let isReadOnly = false;
    const reluctant = {
      add: (one: ReturnType<typeof named>) => queue.add(one),
      numbers: () => queue.numbers(),
      read: (number: number) => queue.read(number),
      remove(number: number) {
        if (isReadOnly) throw Object.assign(new Error(), { code: 'EROFS' });
        queue.remove(number);
      },
    };
    const waiting = new Waiting(() => reluctant as unknown as QueueFolder);
    waiting.add(named('a'));
    isReadOnly = true;
    waiting.first();
    waiting.removeFirst();
    expect(waiting.length).toBe(0);
    isReadOnly = false;
    waiting.add(named('b'));
    expect(queue.numbers().map((number) => queue.read(number)?.id)).toEqual(['b']);
  });

  it('has a bound: repetitions give way, then the oldest, never the one on its way', () => {
    const waiting = new Waiting(() => new QueueFolder(folder), 3);
    waiting.add(named('a'));
    expect(waiting.first()?.id).toBe('a');
    waiting.add(named('b'));
    waiting.add(named('r', { reason: 'repeat' }));
    expect(waiting.add(named('c')).dropped).toBe(1);
    expect(waiting.add(named('d')).dropped).toBe(1);
    const left: (string | undefined)[] = [];
    for (; waiting.length > 0; waiting.removeFirst()) left.push(waiting.first()?.id);
    expect(left).toEqual(['a', 'c', 'd']);
  });

  it('leaves out a file that is broken', () => {
    const queue = new QueueFolder(folder);
    queue.add(named('a'));
    writeFileSync(join(folder, '000000000000.json'), '{');
    expect(new Waiting(() => new QueueFolder(folder)).first()?.id).toBe('a');
  });

  it.skipIf(process.geteuid?.() === 0)(
    'throws nothing where the folder may not be written (root may)',
    () => {
      const queue = new QueueFolder(folder);
      chmodSync(folder, 0o500);
      expect(new Waiting(() => queue).add(named('a')).diskError).toMatchObject({ code: 'EACCES' });
      chmodSync(folder, 0o700);
    },
  );

  it('loses nothing that was added, killed at any moment', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 8; round += 1) {
      const path = join(folder, `${round}`);
      const program = join(import.meta.dirname, '../testing/fill-queue.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', program, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = '';
      child.stdout.on('data', (part: Buffer) => {
        told += part.toString();
        if (told.length > 40 + round * 97) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const added = told.split('\n').slice(0, -1).map(Number);
      const queue = new QueueFolder(path);
      expect(added.length).toBeGreaterThan(5);
      for (const number of added) expect(queue.read(number)?.id).toBe(`n${number}`);
      for (const number of queue.numbers()) expect(queue.read(number)).not.toBeNull();
      expect(readdirSync(path).filter((name) => name.endsWith('.part'))).toEqual([]);
    }
  });
});

it('is asked only for what is for it', () => {
  const { deliverer, end } = start(() => ({}), { atLeast: 'critical', targets: ['arena'] });
  expect(deliverer.isFor(notification())).toBe(false);
  expect(deliverer.isFor(notification({ severity: 'critical' }))).toBe(true);
  void end();
});
