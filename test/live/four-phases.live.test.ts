/** Counting blames the wrong code: a program whose most faults are not its most stall. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeelError } from '../../src/base/errors.ts';
import { type FourPhases, noFourPhases, ranking, recordFourPhases } from './four-phases.ts';

async function record(skip: (reason: string) => void): Promise<FourPhases | null> {
  const folder = mkdtempSync(join(import.meta.dirname, '.phases-'));
  try {
    return await recordFourPhases(folder);
  } catch (error) {
    if (!(error instanceof KeelError) || error.code !== 'E_PRIVILEGE') throw error;
    skip(`this kernel lets this user watch no faults: ${error.message}`);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('ranks four phases differently by stall and by number', async ({ skip }) => {
  const reason = noFourPhases();
  if (reason !== null) return skip(reason);
  const result = await record(skip);
  if (result === null) return;
  const [many, huge, sequential, random] = result.phases;
  if (!many || !huge || !sequential || !random) throw new Error('the program has four phases');
  if (random.majorFaults === 0) return skip('this folder is not on a disk: nothing was read from it');
  expect(result.lost).toBe(0);
  expect(ranking(result, 'faults')[0]).toBe('many');
  expect(ranking(result, 'faults').at(-1)).toBe('huge');
  expect(ranking(result, 'stallNs')).not.toEqual(ranking(result, 'faults'));
  // A huge page is 512 pages to clear: dearer than each small one by far, whatever the machine.
  expect(huge.stallNs / huge.faults).toBeGreaterThan((10 * many.stallNs) / many.faults);
  // Most of the sequential file is booked as minor faults, and is found in spite of it.
  expect(sequential.majorFaults / sequential.faults).toBeLessThan(0.1);
  expect(sequential.stallNs).toBeGreaterThan(sequential.majorStallNs);
});
