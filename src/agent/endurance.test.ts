/** Long runs and bad days of the whole agent, on a machine and by a clock that the test moves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answers, fakeOutside } from '../alerts/testing/outside.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { Agent } from './agent.ts';
import type { AgentConfig } from './config/config.ts';
import { parseConfig } from './config/parse-config.ts';
import type { AgentEvent } from './events.ts';
import { Observer, type Observing } from './observe/observer.ts';
import { MadeMachine } from './testing/made-machine.ts';
import { TestClock } from './testing/test-clock.ts';

const SEC = 1_000_000_000;
const HOUR = 3600 * SEC;
const NOT_MEASURED = { stallNs: () => null, latePct: () => null };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-endurance-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Targets all that is made; tells by a webhook. */
function configured(over: string): AgentConfig {
  const text = `
host: db1
listen: off
explain: false
targets: [{ name: made, unit: made.service }]
sinks: { hook: { type: webhook, url: "http://hook/" } }
${over}`;
  const resolveCpus = () => CpuSet.of(0);
  const world = { hostName: 'db1', stateFolder: join(folder, 'state'), env: {}, resolveCpus };
  const { config, mistakes } = parseConfig(text, world);
  expect(mistakes).toEqual([]);
  return config as AgentConfig;
}

interface Message {
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly omitted: number;
  readonly firing: readonly unknown[];
  readonly resolved: readonly unknown[];
}

/** @param each what the machine does before each observation */
function start(
  config: AgentConfig,
  clock: TestClock,
  machine: MadeMachine,
  each: () => void,
  answers: () => Answers = () => ({}),
) {
  const messages: Message[] = [];
  const { outside, sent } = fakeOutside(() => {
    const answer = answers();
    const [post] = sent.posts.splice(0);
    if (post !== undefined && (answer.status ?? 200) < 300) messages.push(JSON.parse(post.body));
    return answer;
  });
  const events: AgentEvent[] = [];
  let feeds = 0;
  const observer = new Observer(machine.host, clock, config.targets, machine);
  const stop = new AbortController();
  const agent = new Agent({
    host: machine.host,
    clock,
    random: () => 0.5,
    config,
    reload: () => ({ config, mistakes: [] }),
    outside,
    service: {
      watchdogNs: 60e9,
      tell: (...lines) => {
        feeds += lines.filter((line) => line === 'WATCHDOG=1').length;
      },
    },
    version: '0.1.0',
    tell: (event) => events.push(event),
    observe(): Observing | null {
      each();
      return observer.observe(NOT_MEASURED);
    },
  });
  const done = agent.run(stop.signal);
  const end = async () => {
    stop.abort();
    await done;
  };
  return { messages, events, end, feeds: () => feeds };
}

const numberOf = ({ id }: Message) => Number(id.split('-').at(-1));

describe('the agent, for long', () => {
  const PROCESSES = 100;
  const EVERY_SEC = 20;
  /** Programs of ever new names come and go; half of them fault for four minutes of each thirty. */
  function workload(machine: MadeMachine, clock: TestClock): () => void {
    let born = 0;
    const living: number[] = [];
    const beginOne = () => {
      born += 1;
      living.push(1000 + born);
      machine.begin(1000 + born, `program-${born}`);
    };
    for (let i = 0; i < PROCESSES; i += 1) beginOne();
    return () => {
      const sec = Math.round(Number(clock.monotonicNs()) / SEC);
      if (sec % 60 < EVERY_SEC) {
        for (const gone of living.splice(0, 20)) machine.end(gone);
        while (living.length < PROCESSES) beginOne();
      }
      const isBad = sec % 1800 < 240;
      for (const [i, tgid] of living.entries())
        if (i % 2 === 0) machine.majorFaults(tgid, isBad ? 50 * EVERY_SEC : 1);
    };
  }

  it('holds after 24 hours what it held after one, and loses no message of an hour without receiver', {
    timeout: 300_000,
  }, async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const clock = new TestClock();
    const machine = new MadeMachine(clock);
    const config = configured(`
every: ${EVERY_SEC}s
rules: [{ signal: major-faults, for: 40s, clearFor: 40s, grace: 0s, baseline: { factor: 1, learn: 1000h } }]
`);
    const isDown = () => clock.monotonicNs() > 5n * BigInt(HOUR) && clock.monotonicNs() < 6n * BigInt(HOUR);
    const one = start(config, clock, machine, workload(machine, clock), () => ({
      status: isDown() ? 503 : 200,
    }));
    const heapBytes: number[] = [];
    const numbers: number[] = [];
    for (let hour = 1; hour <= 24; hour += 1) {
      await clock.advance(HOUR);
      expect(one.events.filter(({ level }) => level === 'error')).toEqual([]);
      one.events.length = 0;
      numbers.push(...one.messages.splice(0).map(numberOf));
      collect();
      heapBytes.push(process.memoryUsage().heapUsed);
    }
    await one.end();
    expect(one.feeds()).toBe((24 * 3600) / EVERY_SEC + 1);
    expect(numbers.length).toBeGreaterThan(24 * 2 * 2 - 2);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    const [firstBytes = Number.NaN] = heapBytes;
    // 28,000 processes were seen in between: 80 bytes for each of them would be found.
    expect((heapBytes.at(-1) ?? Number.NaN) / firstBytes).toBeLessThan(1.08);
  });
});

describe('a storm of 10,000 findings', () => {
  it('is a message or two, keeps the watchdog fed, survives a restart, and ends once', {
    timeout: 120_000,
  }, async () => {
    const clock = new TestClock();
    const machine = new MadeMachine(clock);
    const config = configured(`
rules: [{ signal: major-faults, for: 2s, clearFor: 2s, grace: 0s }]
notify: { groupBy: process, wait: 1s, repeat: 1h, escalateAfter: null }
`);
    const ids = Array.from({ length: 10_000 }, (_, i) => 1000 + i);
    for (const id of ids) machine.begin(id, 'stormy');
    let isBad = true;
    const each = () => {
      if (isBad) for (const id of ids) machine.majorFaults(id, 50);
    };
    await clock.advance(10 * SEC);
    const first = start(config, clock, machine, each);
    await clock.advance(10 * SEC);
    expect(first.messages.map(({ group, reason }) => [group, reason])).toEqual([['storm', 'new']]);
    const [told] = first.messages;
    expect((told?.firing.length ?? 0) + (told?.omitted ?? 0)).toBe(10_000);
    expect(first.feeds()).toBeGreaterThanOrEqual(10);
    await first.end();
    const saved = JSON.parse(readFileSync(join(folder, 'state/incidents.json'), 'utf8'));
    expect(saved.incidents).toHaveLength(10_000);
    const second = start(config, clock, machine, each);
    await clock.advance(10 * SEC);
    expect(second.messages).toEqual([]);
    isBad = false;
    await clock.advance(40 * SEC);
    const ended = second.messages.map(({ resolved, omitted }) => resolved.length + omitted);
    expect(ended.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(second.messages.length).toBeLessThan(5);
    await second.end();
  });
});

describe('a clock that jumps and a machine that slept', () => {
  const RULE = `
rules: [{ signal: major-faults, for: 10s, clearFor: 5s, grace: 0s }]
notify: { wait: 1s, repeat: 5m, escalateAfter: null }
`;
  function faulting() {
    const clock = new TestClock();
    const machine = new MadeMachine(clock);
    machine.begin(4127, 'arena');
    const state = { isBad: false };
    const one = start(configured(RULE), clock, machine, () => {
      if (state.isBad) machine.majorFaults(4127, 50);
    });
    return { clock, machine, state, ...one };
  }

  it.each([3600e3, -3600e3])(
    'tells of nothing and forgets nothing when the wall jumps by %d ms',
    async (jumpMs) => {
      const { clock, state, messages, end } = faulting();
      await clock.advance(20 * SEC);
      clock.wallJumpMs = jumpMs;
      await clock.advance(20 * SEC);
      expect(messages).toEqual([]);
      state.isBad = true;
      await clock.advance(20 * SEC);
      clock.wallJumpMs = 0;
      await clock.advance(270 * SEC);
      expect(
        messages.map(({ reason }) => reason),
        'no repetition before its time',
      ).toEqual(['new']);
      await clock.advance(60 * SEC);
      expect(messages.map(({ reason }) => reason)).toEqual(['new', 'repeat']);
      state.isBad = false;
      await clock.advance(20 * SEC);
      expect(messages.map(({ reason }) => reason)).toEqual(['new', 'repeat', 'resolved']);
      await end();
    },
  );

  it('does not count the hour that the machine slept, and knows its processes again', async () => {
    const { clock, machine, state, messages, end } = faulting();
    await clock.advance(20 * SEC);
    state.isBad = true;
    await clock.advance(5 * SEC);
    machine.suspend(HOUR);
    await clock.advance(4 * SEC);
    expect(messages, 'it held for nine seconds').toEqual([]);
    await clock.advance(5 * SEC);
    expect(messages.map(({ reason }) => reason)).toEqual(['new']);
    machine.suspend(HOUR);
    await clock.advance(5 * SEC);
    expect(messages, 'it is the same process and the same incident').toHaveLength(1);
    await end();
  });
});
