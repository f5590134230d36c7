import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkProcess } from '../check-process.ts';
import { machine, processOf } from '../testing/process.ts';
import { CHECKS } from './index.ts';

describe('the registry of checks', () => {
  it('holds each check that a file defines, once', () => {
    const ids = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts')
      .map((name) => [
        name,
        /\bid: '([^']+)'/.exec(readFileSync(join(import.meta.dirname, name), 'utf8'))?.[1],
      ]);
    for (const [name, id] of ids) expect(name).toBe(`${id}.ts`);
    expect(CHECKS.map((check) => check.id).sort()).toEqual(ids.map(([, id]) => id).sort());
  });

  it('has nothing to say about an ordinary process', () => {
    expect(checkProcess(processOf(), machine())).toEqual([]);
  });

  it('puts the gravest first', () => {
    const warned = (id: string, severity: 'info' | 'warning' | 'critical') => ({
      id,
      looksFor: { en: '', ko: '' },
      check: () => [
        {
          severity,
          subject: { tgid: 1, tid: null, comm: '' },
          summary: { en: '', ko: '' },
          evidence: [],
          remedies: [],
        },
      ],
    });
    const checks = [warned('a', 'info'), warned('b', 'critical'), warned('c', 'warning')];
    expect(checkProcess(processOf(), machine(), checks).map((one) => one.check)).toEqual(['b', 'c', 'a']);
  });
});
