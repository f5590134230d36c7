import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { encodeAttributes } from '../perf/attributes.ts';
import { FaultLatencyCounter, type SlowFault, type ThreadFaults } from './count-fault-latency.ts';
import { openLiveHost } from './open-host.ts';

const host = openLiveHost();
const PAGES = 5000;

/** Touches PAGES new pages at each line it is sent, and waits in between. Pages of 4 KiB only. */
const TOUCHER = `
  const fs = require('node:fs'), byte = Buffer.alloc(1), kept = [];
  fs.writeSync(1, 'ready');
  while (fs.readSync(0, byte, 0, 1) === 1) {
    const pages = new Uint8Array(${PAGES} * 4096);
    for (let at = 0; at < pages.length; at += 4096) pages[at] = 1;
    kept.push(pages);
    fs.writeSync(1, 'touched');
  }`;

const child: ChildProcess = spawn(process.execPath, ['-e', TOUCHER], { stdio: ['pipe', 'pipe', 'inherit'] });
const opened = FaultLatencyCounter.open(host, { tgid: child.pid as number, overNs: 1, threads: 256 });
const counter = isMissing(opened) ? null : opened;
const because = isMissing(opened) ? `no BPF here: ${opened.detail ?? opened.path}` : '';

describe.skipIf(counter === null)(`fault latencies ${because}`, () => {
  let [before, after]: (ThreadFaults | undefined)[] = [];
  let slow: SlowFault[] = [];
  let counted = { entry: 0n, minor: 0n, major: 0n };

  const main = () => counter?.read().threads.find((thread) => thread.tid === child.pid);
  const event = (name: 'page-faults' | 'minor-faults' | 'major-faults') =>
    new PerfEvent(encodeAttributes({ source: { kind: 'software', name }, startEnabled: true }), {
      tid: child.pid as number,
    });

  beforeAll(async () => {
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await blockedInRead();
    counter?.takeSlow();
    const events = [event('page-faults'), event('minor-faults'), event('major-faults')];
    before = main();
    child.stdin?.write('x');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await blockedInRead();
    const [entry = 0n, minor = 0n, major = 0n] = events.map((one) => one.read().count);
    counted = { entry, minor, major };
    after = main();
    slow = counter?.takeSlow() ?? [];
    for (const one of events) one.close();
  });

  afterAll(() => {
    child.kill();
    counter?.close();
  });

  /** Until the main thread sleeps again: then nothing of it is counted any more. */
  async function blockedInRead(): Promise<void> {
    let [last, same] = [main()?.begun, 0];
    const isStill = () => {
      const now = main()?.begun;
      same = now === last ? same + 1 : 0;
      last = now;
      return same > 4;
    };
    await vi.waitUntil(isStill, { interval: 20, timeout: 10_000 });
  }

  it('count every fault that the kernel counts, and no other', () => {
    const grown = (pick: (faults: ThreadFaults) => bigint) =>
      pick(after as ThreadFaults) - (before === undefined ? 0n : pick(before));
    expect(counted.minor).toBeGreaterThan(BigInt(PAGES) / 2n);
    expect(grown((faults) => faults.begun)).toBe(counted.entry);
    expect(grown((faults) => faults.minor.events)).toBe(counted.minor);
    expect(grown((faults) => faults.major.events)).toBe(counted.major);
  });

  it('have a histogram, a sum and a longest that fit each other', () => {
    const { minor } = after as ThreadFaults;
    expect(minor.buckets.reduce((sum, count) => sum + count, 0n)).toBe(minor.events);
    expect(minor.maxNs).toBeLessThanOrEqual(minor.totalNs);
    expect(minor.totalNs).toBeGreaterThan(minor.events * 50n);
  });

  it('tell slow faults one by one, until the queue is full', () => {
    const lost = counter?.read().lost.slow ?? 0n;
    const ours = slow.filter((fault) => fault.tid === child.pid);
    expect(ours.length).toBeGreaterThan(PAGES / 2);
    expect(BigInt(ours.length) + lost).toBeGreaterThanOrEqual(counted.minor + counted.major);
    expect(ours.every((fault) => fault.latencyNs >= 1 && fault.tgid === child.pid)).toBe(true);
    // Neighbouring pages were touched one after the other.
    const steps = ours
      .slice(1)
      .map((fault, i) => fault.address / 4096n - (ours[i] as SlowFault).address / 4096n);
    expect(steps.filter((step) => step === 1n).length).toBeGreaterThan(PAGES / 2);
    const ips = new Set(ours.map((fault) => fault.ip));
    expect(ips.has(null)).toBe(false);
    for (const [i, fault] of ours.entries()) {
      if (i > 0) expect(fault.timeNs).toBeGreaterThan((ours[i - 1] as SlowFault).timeNs);
    }
  });

  it('count nobody else', () => {
    expect(counter?.read().threads.every((thread) => thread.tgid === child.pid)).toBe(true);
  });
});
