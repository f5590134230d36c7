/** The error codes of page faults through tracefs: of a program whose faults are all first writes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { tracepointFormat } from '../kernel/proc/tracepoint-format.ts';
import { ERROR_CODE } from '../model/faults/cause.ts';
import { ExceptionDecoder, exceptionEvent, type FaultException } from '../perf/fault-exceptions.ts';
import { TimeBase } from '../perf/time-base.ts';
import { EventRings } from './event-rings.ts';
import { openLiveHost } from './open-host.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const PAGES = 1024;
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;

it.skipIf(!hasPython)('are told by the tracepoint (skipped without python3)', async ({ skip }) => {
  const host = openLiveHost();
  const format = host.read(tracepointFormat, { system: 'exceptions', event: 'page_fault_user' });
  if (isMissing(format)) return skip(`tracefs does not show exceptions:page_fault_user: ${format.missing}`);
  const cpus = host.read(cpusInState, { state: 'online' });
  if (isMissing(cpus)) return skip('the CPUs are not known');
  const program = spawn('python3', [PROGRAM, 'touch', String(PAGES / 256)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: program.stdout });
  const pageBytes = host.facts.pageBytes ?? 4096;
  using rings = new EventRings({ cpus: cpus.ids(), pageBytes, ringPages: 256 });
  try {
    await once(lines, 'line');
    rings.add('exception', exceptionEvent(format, { inherit: true }), { tid: program.pid as number });
    const decoder = new ExceptionDecoder(format, new TimeBase(0n));
    rings.enable();
    program.stdin.write('go\n');
    await once(lines, 'line');
    rings.disable();
    const found: FaultException[] = [];
    rings.drain((record, name) => {
      if (name === 'exception') found.push(decoder.decode(record));
    });
    expect(BigInt(found.length)).toBe(rings.count('exception'));
    const firstWrites = found.filter((one) => one.errorCode === (ERROR_CODE.write | ERROR_CODE.user));
    const pages = new Set(firstWrites.map((one) => Math.floor(one.address / pageBytes)));
    expect(pages.size).toBeGreaterThanOrEqual(PAGES);
    expect(new Set(found.map((one) => one.tid))).toEqual(new Set([program.pid]));
  } finally {
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
});
