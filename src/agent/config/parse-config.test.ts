import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { SIGNALS } from '../../alerts/signals/index.ts';
import { CpuSet } from '../../base/cpu-set.ts';
import { KeelError } from '../../base/errors.ts';
import type { AgentConfig } from './config.ts';
import { type ConfigWorld, parseConfig } from './parse-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = join(folder, 'key');
writeFileSync(key, 'SECRETKEY\n');

const WORLD: ConfigWorld = {
  hostName: 'db1',
  stateFolder: '/var/lib/evenkeel/agent',
  env: { SLACK_URL: 'https://hooks.slack.example/T0/SECRET' },
  resolveCpus(text) {
    if (!text.includes('llc:2')) return CpuSet.of(4, 5);
    throw new KeelError('E_USAGE', {
      what: { en: 'there is no llc:2', ko: 'llc:2가 없습니다' },
      pointer: {
        text,
        start: text.indexOf('llc:2'),
        end: text.indexOf('llc:2') + 5,
        note: { en: 'this machine has llc:0 and llc:1', ko: '이 컴퓨터에는 llc:0과 llc:1이 있습니다' },
      },
    });
  },
};

function config(text: string): AgentConfig {
  const result = parseConfig(text, WORLD);
  expect(result.mistakes).toEqual([]);
  return result.config as AgentConfig;
}

/** Each mistake as people see it: the line, what is marked in it, what is said. */
function mistakes(text: string): string[] {
  return parseConfig(text, WORLD).mistakes.map(
    ({ line, text, start, end, note }) => `${line}: ${text.slice(start, end)}: ${note.en}`,
  );
}

const WHOLE = `
every: 2s
host: game-7
listen: "[::1]:9465"
externalUrl: https://game-7.example/keel/
targets:
  - name: arena
    unit: arena
    cpus: llc:1
    stall: true
    late: { over: 2ms }
  - name: java
    cmdline: java .*arena/
rules:
  - signal: major-faults
    above: 20
    for: 1m
    severity: critical
    targets: [arena]
    baseline: {}
  - signal: swapped
    above: 1GiB
  - { signal: cpu-pressure, off: true }
sinks:
  pager: { type: pagerduty, keyFile: ${key}, atLeast: critical }
  chat: { type: slack, urlEnv: SLACK_URL, targets: [arena] }
  mail: { type: email, host: localhost, port: 25, from: a@b.c, to: [d@e.f] }
silences:
  - { target: arena, until: 2026-11-23T06:00:00+09:00, because: move to the new disk }
notify: { groupBy: process, escalateAfter: null }
otlp: { url: "http://collector:4318/v1/metrics", every: 30s, tokenFile: ${key} }
explain: false
`;

describe('the configuration', () => {
  it('is complete without a word: the usual rules, no targets, on loopback', () => {
    expect(config('')).toMatchObject({
      everyNs: 1e9,
      host: 'db1',
      listen: { host: '127.0.0.1', port: 9464 },
      targets: [],
      notify: { groupBy: 'target', repeatNs: 300e9, escalateAfterNs: 900e9 },
      otlp: null,
      explainNs: 2e9,
    });
    expect(
      config('')
        .rules.map(({ signal }) => signal)
        .sort(),
    ).toEqual(SIGNALS.map(({ id }) => id).sort());
  });

  it('takes everything that may be said', () => {
    const all = config(WHOLE);
    expect(all).toMatchObject({
      host: 'game-7',
      listen: { host: '::1', port: 9465 },
      externalUrl: 'https://game-7.example/keel',
      targets: [
        { name: 'arena', match: { by: 'unit', unit: 'arena.service' }, stall: true, lateOverNs: 2e6 },
        { name: 'java', match: { by: 'cmdline', pattern: /java .*arena\//u }, cpus: null },
      ],
      silences: [{ target: 'arena', rule: null, untilUnixMs: Date.UTC(2026, 10, 22, 21) }],
      notify: { groupBy: 'process', escalateAfterNs: null },
      otlp: { url: 'http://collector:4318/v1/metrics', everyNs: 30e9, token: expect.stringMatching(/./) },
      explainNs: null,
    });
    expect(all.targets[0]?.cpus?.toString()).toBe('4-5');
    const rule = (id: string) => all.rules.find((one) => one.id === id);
    expect(rule('major-faults')).toMatchObject({
      above: 20,
      clear: 16,
      criticalAbove: 100,
      forNs: 60e9,
      baseline: { factor: 3, learnNs: 600e9 },
    });
    expect(rule('swapped')).toMatchObject({ above: 2 ** 30, criticalAbove: null });
    expect(rule('cpu-pressure')).toBeUndefined();
    expect(rule('minor-faults'), 'what is not named stays').toBeDefined();
    expect(all.sinks).toMatchObject([
      { name: 'pager', secrets: { key: 'SECRETKEY' }, atLeast: 'critical', options: {} },
      { name: 'chat', secrets: { url: WORLD.env.SLACK_URL }, targets: ['arena'] },
      { name: 'mail', options: { host: 'localhost', port: 25, tls: false } },
    ]);
  });

  it.each([
    ['no YAML', 'targets: [a', /^1: .*/],
    ['a key that is not known', 'every: 1s\nevry: 2s', '2: evry: there is no such key here'],
    ['a duration that is none', 'every: soon', '1: soon: a duration such as 30s, 500ms or 2m'],
    [
      'a target without a way to find it',
      'targets:\n  - name: arena',
      /^2: name: arena: a target has exactly one of/,
    ],
    ['a target with two', 'targets:\n  - {name: a, exe: a, unit: a}', /^2: .*exactly one of/],
    [
      'a CPU that is not here',
      'targets:\n  - name: a\n    exe: a\n    cpus: "4,llc:2"',
      '4: llc:2: this machine has llc:0 and llc:1',
    ],
    ['an expression that does not compile', 'targets:\n  - {name: a, cmdline: "a("}', /^2: "a\(": /],
    ['a signal that is none', 'rules:\n  - signal: faults', /^2: faults: one of fault-stall, major-faults/],
    [
      'a rule for a target that is none',
      'targets: [{name: a, exe: a}]\nrules:\n  - {signal: swapped, targets: [b]}',
      '3: b: no such target; there are a',
    ],
    [
      'a limit below its own end',
      'rules:\n  - signal: swapped\n    above: 10\n    clear: 20',
      '4: 20: not above 10',
    ],
    [
      'two rules of one name',
      'rules:\n  - signal: swapped\n  - signal: swapped',
      '3: swapped: this name is there twice',
    ],
    ['a sink of no kind', 'sinks:\n  pager: {type: pager}', /^2: .*one of slack, pagerduty/],
    [
      'a secret in the file itself',
      'sinks:\n  pager: {type: pagerduty, key: SECRET}',
      /^2: key: there is no such key here/,
    ],
    [
      'a sink without its secret',
      'sinks:\n  pager:\n    type: pagerduty',
      /^3: type: pagerduty: needs keyFile or keyEnv/,
    ],
    [
      'a secret that is not there',
      'sinks:\n  pager: {type: pagerduty, keyEnv: NOWHERE}',
      '2: NOWHERE: is not set in the environment',
    ],
    [
      'a file that is not there',
      'sinks:\n  p: {type: slack, urlFile: /nowhere/url}',
      /^2: \/nowhere\/url: cannot be read/,
    ],
    [
      'a silence of no rule',
      'silences:\n  - {rule: nothing, because: x}',
      '2: nothing: there is no such rule',
    ],
    ['a silence without a reason', 'silences:\n  - {rule: swapped}', /^2: .*because is missing/],
    ['a collector without an address', 'otlp: {every: 1m}', /^1: .*url/],
    ['metrics sent too often', 'otlp: {url: "http://c/", every: 10ms}', '1: 10ms: between 1s and 1h'],
    ['a token that is not there', 'otlp: {url: "http://c/", tokenEnv: NO}', /^1: NO: is not set/],
    ['an address that is none', 'listen: here', '1: here: HOST:PORT, or off'],
  ])('points at %s', (_, text, expected) => {
    const [first] = mistakes(text);
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  it('tells all mistakes of the schema at once', () => {
    expect(mistakes('every: soon\nrules:\n  - signal: x\nnope: 1')).toHaveLength(3);
  });

  it('speaks Korean as well', () => {
    const [first] = parseConfig('every: soon', WORLD).mistakes;
    expect(first?.note.ko).toContain('시간');
  });

  it('answers any text with a configuration or with mistakes in it', () => {
    const line = fc.constantFrom(
      'targets:',
      '  - name: a',
      '    exe: a',
      'rules: [',
      '&a *a',
      '? x',
      'sinks:\n  x: {}',
      '---',
      '\t',
      'every: 1s',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(line).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        const lines = yaml.split('\n').length;
        for (const one of parseConfig(yaml, WORLD).mistakes) {
          expect(one.line).toBeGreaterThanOrEqual(1);
          expect(one.line).toBeLessThanOrEqual(lines);
          expect(one.start).toBeLessThan(one.end);
        }
      }),
    );
  });
});
