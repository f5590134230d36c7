import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { stepAlert } from '../alert.ts';
import { defaultRule } from '../rule.ts';
import { machine, process } from '../testing/observations.ts';
import { registryFiles } from '../testing/registry-files.ts';
import { SIGNALS, signalOf } from './index.ts';

it('lists each file of the folder once', () => {
  expect(SIGNALS.map((signal) => signal.id).sort()).toEqual(registryFiles(import.meta.dirname));
});

describe.each(SIGNALS)('the signal $id', (signal) => {
  const observed = (value: number | ReturnType<typeof missing>) => {
    const every = (subject: object) => Object.fromEntries(Object.keys(subject).map((name) => [name, value]));
    return signal.scope === 'process'
      ? signal.valueOf({ ...process(1), ...every(process(1)) } as never)
      : signal.valueOf({ ...machine(), ...every(machine()) } as never);
  };
  const rule = { ...defaultRule(signal.id), forNs: 0 };
  const fires = (value: number) => stepAlert(null, value, rule.above, rule, 1e9).change === 'fired';

  it('reports above its limit, and not at it', () => {
    expect(fires(observed(signal.defaults.above + 1) as number)).toBe(true);
    expect(fires(observed(signal.defaults.above) as number)).toBe(false);
  });

  it('hands on why a value is missing', () => {
    const gone = missing('gone', 'x');
    expect(observed(gone)).toBe(gone);
  });

  it('is critical above its warning, and clear below it', () => {
    expect(signal.defaults.criticalAbove ?? Number.POSITIVE_INFINITY).toBeGreaterThan(signal.defaults.above);
    expect(rule.clear).toBeLessThanOrEqual(rule.above);
  });

  it('is inhibited by others of the same scope, without a circle', () => {
    const reach = (id: string, seen: readonly string[]): void => {
      expect(seen).not.toContain(id);
      const one = signalOf(id);
      expect(one?.scope).toBe(signal.scope);
      for (const by of one?.inhibitedBy ?? []) reach(by, [...seen, id]);
    };
    reach(signal.id, []);
  });

  it('names a command that exists', () => {
    const remedy = signal.scope === 'process' ? signal.remedy({ tgid: 4127 }) : signal.remedy();
    expect(remedy.command).toMatch(/^keel (faults record|late|check|map|why|locks)\b/);
  });
});
