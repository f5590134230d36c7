import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machine, process as observed } from '../alerts/testing/observations.ts';
import { type Answers, fakeOutside } from '../alerts/testing/outside.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { Agent } from './agent.ts';
import type { AgentConfig } from './config/config.ts';
import { parseConfig } from './config/parse-config.ts';
import type { AgentEvent } from './events.ts';
import type { Observing } from './observe/observer.ts';
import { TestClock } from './testing/test-clock.ts';

const SEC = 1_000_000_000;
const KEY = 'R0UT1NGKEY-aa11bb22';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-agent-'));
  writeFileSync(join(folder, 'key'), KEY);
});
afterEach(() => rmSync(folder, { recursive: true }));

const TEXT = `
host: db1
listen: off
explain: false
targets: [{ name: arena, exe: arena }]
rules: [{ signal: major-faults, for: 2s, clearFor: 2s }]
sinks: { pager: { type: pagerduty, keyFile: FOLDER/key } }
notify: { wait: 1s }
`;

function parsed(text: string) {
  const resolveCpus = () => CpuSet.of(0);
  return parseConfig(text.replaceAll('FOLDER', folder), {
    hostName: 'db1',
    stateFolder: join(folder, 'state'),
    env: {},
    resolveCpus,
  });
}

/** What the machine does at a second: the rate of major faults, or nothing to be observed. */
type Machine = (sec: number) => number | 'throws';

function start(clock: TestClock, doing: Machine, options: { text?: string; answers?: () => Answers } = {}) {
  const { config, mistakes } = parsed(options.text ?? TEXT);
  expect(mistakes).toEqual([]);
  const { outside, sent } = fakeOutside(options.answers);
  const events: AgentEvent[] = [];
  const told: string[] = [];
  const reload = { text: TEXT };
  const stop = new AbortController();
  let before = clock.monotonicNs();
  const agent = new Agent({
    host: new Host('captured', NO_FACTS, MemorySource.ofFiles({})),
    clock,
    random: () => 0.5,
    config: config as AgentConfig,
    reload: () => parsed(reload.text),
    outside,
    service: { watchdogNs: 60e9, tell: (...lines) => told.push(...lines) },
    version: '0.1.0',
    tell: (event) => events.push(event),
    observe(): Observing {
      const monotonicNs = clock.monotonicNs();
      const elapsedNs = Number(monotonicNs - before);
      before = monotonicNs;
      const majorPerSec = doing(Number(monotonicNs) / SEC);
      if (majorPerSec === 'throws') throw new Error('the sweep failed');
      const processes = [observed(4127, { majorPerSec })];
      const observation = { monotonicNs, unixMs: clock.unixMs(), elapsedNs, processes, machine: machine() };
      return { observation, counts: [], tookNs: 0 };
    },
  });
  const done = agent.run(stop.signal);
  const end = async () => {
    stop.abort();
    await done;
  };
  const actions = () => sent.posts.map(({ body }) => JSON.parse(body).event_action);
  return { agent, done, end, events, told, actions, reload };
}

describe('the agent', () => {
  it('tells of an incident once, whatever ends it in between, and of its end', async () => {
    const clock = new TestClock();
    const first = start(clock, () => 50);
    await clock.advance(10 * SEC);
    await first.end();
    expect(first.actions()).toEqual(['trigger']);
    const second = start(clock, (sec) => (sec < 60 ? 50 : 0));
    await clock.advance(40 * SEC);
    expect(second.actions()).toEqual([]);
    await clock.advance(40 * SEC);
    expect(second.actions()).toEqual(['resolve']);
    await second.end();
  });

  it('delivers after a restart what it could not deliver before', async () => {
    const clock = new TestClock();
    const first = start(clock, () => 50, { answers: () => ({ status: 503 }) });
    await clock.advance(20 * SEC);
    await first.end();
    const second = start(clock, () => 50);
    await clock.advance(SEC);
    expect(second.actions()).toEqual(['trigger']);
    await second.end();
  });

  it('keeps the old configuration where the new one is wrong, and says so', async () => {
    const clock = new TestClock();
    const one = start(clock, () => 50);
    await clock.advance(10 * SEC);
    one.reload.text = 'rules: [{ signal: nothing }]';
    one.agent.askReload();
    await clock.advance(2 * SEC);
    expect(one.events.filter(({ event }) => event === 'reload')).toMatchObject([{ level: 'error' }]);
    one.reload.text = TEXT.replace('for: 2s, clearFor: 2s', 'off: true');
    one.agent.askReload();
    await clock.advance(2 * SEC);
    expect(one.events.filter(({ event }) => event === 'reload').at(-1)?.level).toBe('info');
    expect(one.actions(), 'its rule is gone, so it is over').toEqual(['trigger', 'resolve']);
    expect(one.told).toContain('RELOADING=1');
    await one.end();
  });

  it('goes on after an observation that failed, and tells systemd how it is', async () => {
    const clock = new TestClock();
    const one = start(clock, (sec) => (sec < 5 ? 'throws' : 50));
    await clock.advance(20 * SEC);
    expect(one.actions()).toEqual(['trigger']);
    await one.end();
    expect(one.told[0]).toBe('READY=1');
    expect(one.told.filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThan(15);
    expect(one.told.at(-1)).toBe('STOPPING=1');
  });

  it('never says a secret, also where the receiver quotes it', async () => {
    const clock = new TestClock();
    const one = start(clock, () => 50, { answers: () => ({ status: 403, body: `invalid key ${KEY}` }) });
    await clock.advance(20 * SEC);
    await one.end();
    const said = JSON.stringify(one.events);
    expect(said).toContain('answered 403: invalid key [secret]');
    expect(said).not.toContain(KEY);
  });

  it('works without a disk, and says so once', async () => {
    writeFileSync(join(folder, 'state'), 'a file where a folder should be');
    const clock = new TestClock();
    const one = start(clock, (sec) => (sec < 20 ? 50 : 0));
    await clock.advance(40 * SEC);
    expect(one.actions()).toEqual(['trigger', 'resolve']);
    await one.end();
    expect(
      one.events.filter(({ event, level }) => event === 'disk' && level === 'error').length,
    ).toBeGreaterThan(0);
    expect(
      one.events.filter(({ fields }) => fields.code === 'ENOTDIR' || fields.code === 'EEXIST'),
    ).toHaveLength(1);
  });

  it('brings to the disk what it kept in memory, when the disk works again', async () => {
    const state = join(folder, 'state');
    writeFileSync(state, 'a file where a folder should be');
    const clock = new TestClock();
    const first = start(clock, () => 50, { answers: () => ({ status: 503 }) });
    await clock.advance(20 * SEC);
    rmSync(state);
    // The receiver is down for so long that it is asked every five minutes only.
    await clock.advance(400 * SEC);
    await first.end();
    const said = first.events.filter(({ event }) => event === 'disk').map(({ level }) => level);
    expect(said).toEqual(['error', 'info']);
    expect(first.events.filter(({ fields }) => fields.outcome === 'saved').length).toBeGreaterThan(0);
    const second = start(clock, () => 50);
    await clock.advance(SEC);
    expect(second.actions().slice(0, 1)).toEqual(['trigger']);
    await second.end();
  });

  it('keeps on a reload what is in memory only', async () => {
    writeFileSync(join(folder, 'state'), 'a file where a folder should be');
    const clock = new TestClock();
    let isUp = false;
    const one = start(clock, () => 50, { answers: () => (isUp ? {} : { status: 503 }) });
    await clock.advance(10 * SEC);
    const before = one.actions().length;
    isUp = true;
    one.agent.askReload();
    await clock.advance(2 * SEC);
    expect(one.actions().slice(before)).toEqual(['trigger']);
    await one.end();
  });

  it('says that its state is broken, keeps the file, and begins anew', async () => {
    const state = join(folder, 'state');
    mkdirSync(state);
    writeFileSync(join(state, 'incidents.json'), '{"format":1,"incidents":[{"id":');
    writeFileSync(join(state, 'baselines.json'), '{"format":2,"baselines":[]}');
    const clock = new TestClock();
    const one = start(clock, () => 50);
    await clock.advance(10 * SEC);
    expect(one.actions()).toEqual(['trigger']);
    await one.end();
    const told = one.events.filter(({ event }) => event === 'disk').map(({ text }) => text.en);
    expect(told).toEqual([
      expect.stringContaining('incidents.json is broken'),
      expect.stringContaining('baselines.json is broken'),
    ]);
    expect(readdirSync(state).sort()).toEqual([
      'baselines.json.broken',
      'incidents.json',
      'incidents.json.broken',
      'queue',
    ]);
  });

  it('knows after a restart what is usual', async () => {
    const text = TEXT.replace('clearFor: 2s', 'clearFor: 2s, above: 10, baseline: { learn: 60s }');
    const clock = new TestClock();
    const firstDay = start(clock, (sec) => (sec % 3 === 0 ? 50 : 0), { text });
    await clock.advance(400 * SEC);
    await firstDay.end();
    const learned = start(clock, (sec) => (sec < 420 ? 50 : 500), { text });
    await clock.advance(10 * SEC);
    expect(learned.actions(), 'three times 50 is the limit').toEqual([]);
    await clock.advance(30 * SEC);
    expect(learned.actions()).toEqual(['trigger']);
    await learned.end();
    rmSync(join(folder, 'state'), { recursive: true });
    const anew = start(clock, () => 50, { text });
    await clock.advance(10 * SEC);
    expect(anew.actions()).toEqual(['trigger']);
    await anew.end();
  });

  it('is not led astray by a wall clock that jumps, nor by a machine that slept', async () => {
    const clock = new TestClock();
    const one = start(clock, (sec) => (sec < 100 ? 0 : 50));
    await clock.advance(50 * SEC);
    clock.wallJumpMs = -1e9;
    await clock.advance(20 * SEC);
    clock.wallJumpMs = 1e10;
    await clock.advance(29 * SEC);
    expect(one.actions()).toEqual([]);
    await clock.advance(10 * SEC);
    expect(one.actions()).toEqual(['trigger']);
    await one.end();
  });

  it('does not start where its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const one = start(new TestClock(), () => 0, {
      text: TEXT.replace('listen: off', `listen: 127.0.0.1:${port}`),
    });
    await expect(one.done).rejects.toMatchObject({ code: 'E_CONFLICT' });
    server.close();
  });
});
