import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentChange } from './book.ts';
import type { Incident } from './incident.ts';
import type { Notification } from './notification.ts';
import { Notifier, type NotifierOptions, STORM } from './notifier.ts';
import { incident } from './testing/observations.ts';

const OPTIONS: NotifierOptions = {
  host: 'db1',
  groupBy: 'target',
  waitNs: 5e9,
  intervalNs: 30e9,
  repeatNs: 300e9,
  silences: [],
  linkTo: (group) => `http://db1/incidents?group=${group}`,
};

const minor = incident({ id: 'a', rule: 'minor-faults', signal: 'minor-faults' });
const major = incident({ id: 'b' });
const END = { unixMs: 0, because: 'cleared' } as const;

/** Steps of a second; what fires is given by second, and goes on until the next entry. */
function run(
  timeline: Readonly<Record<number, readonly Incident[]>>,
  untilSec: number,
  options: Partial<NotifierOptions> = {},
): string[] {
  const notifier = new Notifier({ ...OPTIONS, ...options });
  const told: string[] = [];
  let firing: readonly Incident[] = [];
  for (let sec = 0; sec <= untilSec; sec += 1) {
    const now = timeline[sec] ?? firing;
    const over = firing.filter((one) => now.every(({ id }) => id !== one.id));
    firing = now;
    const changes = over.map(resolved);
    for (const one of notifier.step(BigInt(sec) * 1_000_000_000n, sec * 1000, firing, changes))
      told.push(`${sec} ${said(one)}`);
  }
  return told;
}

const resolved = (one: Incident): IncidentChange => ({ kind: 'resolved', incident: { ...one, ended: END } });
const said = ({ group, reason, firing, resolved }: Notification) =>
  `${group} ${reason} ${firing.map(({ id }) => id)}${resolved.length > 0 ? ` -${resolved.map(({ id }) => id)}` : ''}`;

describe('who is told what, and when', () => {
  it('waits a moment for what belongs together, repeats every five minutes, tells the end once', () => {
    expect(run({ 10: [major], 700: [] }, 1000)).toEqual([
      '15 arena new b',
      '315 arena repeat b',
      '615 arena repeat b',
      '700 arena resolved  -b',
    ]);
  });

  it('tells a new kind inside the five minutes, and keeps quiet of the old one', () => {
    const swapped = incident({ id: 'c', rule: 'swapped', signal: 'swapped' });
    expect(run({ 0: [swapped], 60: [swapped, major] }, 200)).toEqual(['5 arena new c', '65 arena more c,b']);
  });

  it('has minor faults go under in major ones, and tells of them when they alone are left', () => {
    expect(run({ 0: [minor, major], 100: [minor] }, 140)).toEqual(['5 arena new b', '105 arena more a -b']);
    const other = { ...minor, subject: { ...minor.subject, key: '9@9' } };
    expect(run({ 0: [other, major] }, 20), 'of another process it is another cause').toEqual([
      '5 arena new a,b',
    ]);
  });

  it('gathers further processes of a known kind for half a minute', () => {
    const second = incident({ id: 'c', subject: { ...major.subject, key: '5@5' } });
    expect(run({ 0: [major], 10: [major, second] }, 60)).toEqual(['5 arena new b', '35 arena more b,c']);
  });

  it('tells at once of what got worse', () => {
    expect(run({ 0: [major], 10: [{ ...major, severity: 'critical' }] }, 60)).toEqual([
      '5 arena new b',
      '15 arena more b',
    ]);
  });

  it('says nothing of what was over before it was told', () => {
    expect(run({ 0: [major], 3: [] }, 400)).toEqual([]);
  });

  it('keeps a silence, and tells after it what still goes on', () => {
    const silences = [{ target: 'arena', rule: null, untilUnixMs: 100_000, because: 'move' }];
    expect(run({ 0: [major] }, 120, { silences })).toEqual(['105 arena new b']);
  });

  it.each([
    ['process', 'arena:4127@100'],
    ['rule', 'rule:major-faults'],
    ['host', 'host'],
  ] as const)('groups by %s', (groupBy, group) => {
    expect(run({ 0: [major] }, 5, { groupBy })).toEqual([`5 ${group} new b`]);
  });

  it('does not tell again after a restart, and tells the end', () => {
    const notifier = new Notifier(OPTIONS);
    notifier.restore([major], [], 0n);
    expect(notifier.step(20_000_000_000n, 0, [major], [])).toEqual([]);
    expect(notifier.step(21_000_000_000n, 0, [], [resolved(major)]).map(said)).toEqual([
      'arena resolved  -b',
    ]);
  });

  it('keeps what was told when the grouping changes', () => {
    const notifier = new Notifier(OPTIONS);
    notifier.step(0n, 0, [major], []);
    expect(notifier.step(5_000_000_000n, 0, [major], [])).toHaveLength(1);
    notifier.reconfigure({ ...OPTIONS, groupBy: 'host' }, [major]);
    expect(notifier.step(15_000_000_000n, 0, [major], [])).toEqual([]);
    expect(notifier.step(16_000_000_000n, 0, [], [resolved(major)]).map(said)).toEqual(['host resolved  -b']);
  });

  it('makes one message of a storm, with counts for what it does not list, and one of its end', () => {
    const storm = Array.from({ length: 10_000 }, (_, i) =>
      incident({ id: `i${i}`, subject: { ...major.subject, key: `${i}@1`, target: `t${i}` } }),
    );
    const notifier = new Notifier(OPTIONS);
    notifier.step(0n, 0, storm, []);
    const told = notifier.step(6_000_000_000n, 0, storm, []);
    expect(told).toMatchObject([{ group: STORM, omitted: 9950 }]);
    expect(told[0]?.firing).toHaveLength(50);
    const over = notifier.step(7_000_000_000n, 0, [], storm.map(resolved));
    expect(over).toMatchObject([{ group: STORM, reason: 'resolved', omitted: 9950 }]);
    expect(notifier.step(8_000_000_000n, 0, storm.slice(0, 1), []), 'the storm is over').toEqual([]);
    expect(notifier.step(14_000_000_000n, 0, storm.slice(0, 1), []).map(said)).toEqual(['t0 new i0']);
  });

  it('tells the beginning and the end of each incident that lasts, whatever the clock does', () => {
    const event = fc.record({
      toggles: fc.integer({ min: 0, max: 5 }),
      stepSec: fc.integer({ min: -1000, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), (events) => {
        const notifier = new Notifier(OPTIONS);
        const open = new Map<number, Incident>();
        const told = new Set<string>();
        let atNs = 10n ** 15n;
        const step = (changes: readonly IncidentChange[]) => {
          for (const one of notifier.step(atNs, Number(atNs / 1_000_000n), [...open.values()], changes)) {
            for (const { id } of one.firing) told.add(id);
            for (const { id } of one.resolved) expect(told.delete(id)).toBe(true);
          }
        };
        for (const [i, { toggles, stepSec }] of events.entries()) {
          const was = open.get(toggles);
          const subject = { ...major.subject, target: `t${toggles % 2}` };
          // What begins again is another incident, with an id of its own.
          if (was === undefined) open.set(toggles, incident({ id: `i${toggles}-${i}`, subject }));
          else open.delete(toggles);
          atNs += BigInt(stepSec) * 1_000_000_000n;
          step(was === undefined ? [] : [resolved(was)]);
        }
        atNs += 10n ** 16n;
        step([]);
        atNs += 10n ** 12n;
        step([]);
        expect([...told].sort()).toEqual([...open.values()].map(({ id }) => id).sort());
      }),
    );
  });
});
