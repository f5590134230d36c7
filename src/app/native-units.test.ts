import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../actions/refused.ts';
import { NativeUnits, shownCpus, systemdRuns } from './native-units.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-units-'));
const [program, calls] = [join(folder, 'systemctl'), join(folder, 'calls')];
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(calls, { force: true }));

/** A systemctl that writes down its words, one to a line, and answers. */
function answering(answer: string, status = 0, complaint = ''): NativeUnits {
  writeFileSync(join(folder, 'answer'), answer);
  writeFileSync(join(folder, 'complaint'), complaint);
  const script = `for word; do echo "$word"; done >>${calls}; cat ${folder}/answer; cat ${folder}/complaint >&2; exit ${status}`;
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return new NativeUnits(program);
}

const reasonOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof Refused) return `${error.reason} ${error.message}`;
    throw error;
  }
  return 'nothing';
};

describe('units of systemd', () => {
  it.each([
    ['LoadState=loaded\nAllowedCPUs=0-1 4-7\n', '0-1,4-7'],
    ['LoadState=loaded\nAllowedCPUs=\n', ''],
    ['AllowedCPUs=3\nLoadState=loaded\n', '3'],
    // Before systemd 244 it has no such property.
    ['LoadState=loaded\n', ''],
  ])('tell their CPUs: %j', (text, cpus) => {
    expect(shownCpus(text)).toBe(cpus);
    expect(answering(text).allowedCpus('system.slice')).toBe(cpus);
  });

  it('are changed until the next boot, in one call with the name apart from the options', () => {
    answering('LoadState=loaded\n').setAllowedCpus('system.slice', '0-1,4-7');
    const words = readFileSync(calls, 'utf8').split('\n');
    expect(words.slice(0, 7)).toEqual([
      '--system',
      '--no-pager',
      '--no-ask-password',
      'set-property',
      '--runtime',
      '--',
      'system.slice',
    ]);
    expect(words[7]).toBe('AllowedCPUs=0-1,4-7');
    // Looked at again: the answer comes when the cgroups have it.
    expect(words).toContain('show');
  });

  it('are gone where they are not loaded', () => {
    expect(reasonOf(() => answering('LoadState=not-found\n').allowedCpus('x.slice'))).toMatch(/^gone/);
  });

  it('say why they cannot be changed', () => {
    const denied = answering('', 1, 'Failed to set unit properties: Access denied\n');
    expect(reasonOf(() => denied.setAllowedCpus('system.slice', '0'))).toMatch(/^denied .*Access denied$/);
    const unknown = answering('', 1, 'Unknown assignment: AllowedCPUs=0\n');
    expect(reasonOf(() => unknown.setAllowedCpus('system.slice', '0'))).toMatch(
      /^failed .*Unknown assignment/,
    );
    const absent = new NativeUnits(join(folder, 'no-such-program'));
    expect(reasonOf(() => absent.allowedCpus('system.slice'))).toMatch(/^unsupported .*ENOENT/);
  });

  it('are looked for only where systemd started the machine', () => {
    expect(systemdRuns(folder)).toBe(true);
    expect(systemdRuns(join(folder, 'none'))).toBe(false);
    expect(existsSync(calls)).toBe(false);
  });
});
