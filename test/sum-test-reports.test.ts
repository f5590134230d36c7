import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '..', 'scripts', 'sum-test-reports.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-sum-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeReport(suite: string, report: object): void {
  const whole = {
    success: true,
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...report,
  };
  writeFileSync(join(folder, `${suite}.json`), JSON.stringify(whole));
}

function sum(...suites: string[]) {
  const { status, stdout } = spawnSync('node', [script, folder, ...suites], { encoding: 'utf8' });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1), stdout };
}

describe('the sum of the test reports', () => {
  it('adds the suites up', () => {
    writeReport('unit', { numPassedTests: 5, numPendingTests: 1 });
    writeReport('live', { numPassedTests: 2, numTodoTests: 1 });
    expect(sum('unit', 'live')).toMatchObject({ status: 0, lastLine: '7 passed, 0 failed, 2 skipped' });
  });

  it('names what was skipped', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'one' },
      { status: 'skipped', fullName: 'two (skipped: no root)' },
    ];
    writeReport('live', { numPendingTests: 1, testResults: [{ status: 'passed', assertionResults }] });
    expect(sum('live').stdout).toContain('  skipped: two (skipped: no root)\n');
  });

  it('fails where a test failed', () => {
    writeReport('unit', { success: false, numPassedTests: 5, numFailedTests: 2 });
    expect(sum('unit')).toMatchObject({ status: 1, lastLine: '5 passed, 2 failed, 0 skipped' });
  });

  it('counts a suite without a report as a failure', () => {
    writeReport('unit', { numPassedTests: 5 });
    expect(sum('unit', 'lab')).toMatchObject({ status: 1, lastLine: '5 passed, 1 failed, 0 skipped' });
  });

  it('counts a file that could not be loaded, and what else went wrong outside of tests', () => {
    const broken = { status: 'failed', assertionResults: [] };
    writeReport('unit', { success: false, numPassedTests: 5, testResults: [broken] });
    writeReport('live', { success: false, numPassedTests: 1 });
    expect(sum('unit', 'live')).toMatchObject({ status: 1, lastLine: '6 passed, 2 failed, 0 skipped' });
  });
});
