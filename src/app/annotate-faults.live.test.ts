/** The line and the instruction that are charged are those that addr2line and the source say. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { type FunctionSites, functionSites } from '../model/faults/annotation.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import { annotateFaults } from './annotate-faults.ts';
import { systemClock } from './clock.ts';
import { LaunchedProgram } from './launch-program.ts';
import { openLiveHost } from './open-host.ts';
import { recordFaults } from './record-faults.ts';

const SOURCE = join(import.meta.dirname, '../../fixtures/programs/first_touches.c');
const MIB = 4;
const PAGES = MIB * 256;
const FUNCTION = 'touch_each_page';
const TOOLS = ['cc', 'objdump', 'addr2line', 'objcopy'];
const absent = TOOLS.filter((tool) => spawnSync(tool, ['--version']).status !== 0);

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-annotate-'));
  program = join(folder, '-a program');
  if (absent.length > 0) return;
  const source = join(folder, 'first_touches.c');
  copyFileSync(SOURCE, source);
  utimesSync(source, 1, 1);
  execFileSync('cc', ['-O1', '-g', '-fno-omit-frame-pointer', '-Wl,--build-id', '-o', program, source]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function recorded(
  skip: (reason: string) => void,
): Promise<{ recording: FaultRecording; sites: FunctionSites } | null> {
  const words = [program, String(MIB)];
  try {
    const recording = await recordFaults(openLiveHost(), systemClock, {
      subject: { kind: 'program', program: new LaunchedProgram({ words, stdout: 'stderr', path: '' }) },
      durationNs: 60e9,
      signal: new AbortController().signal,
      callchains: false,
    });
    return { recording, sites: functionSites(recording, FUNCTION)[0] as FunctionSites };
  } catch (error) {
    if (!(error instanceof KeelError) || error.code !== 'E_PRIVILEGE') throw error;
    skip(`this kernel lets this user watch no faults: ${error.message}`);
    return null;
  }
}

describe.skipIf(absent.length > 0)(`annotateFaults (skipped without ${TOOLS.join(', ')})`, () => {
  it('charges the line and the instruction that touch the pages', async ({ skip }) => {
    const found = await recorded(skip);
    if (found === null) return;
    const { lines, instructions, buildId, unread } = annotateFaults(found.recording, found.sites, null);
    const heaviest = lines.reduce((a, b) => (b.charge.own.faults > a.charge.own.faults ? b : a));
    expect(heaviest.charge.own.faults).toBeGreaterThanOrEqual(PAGES - found.recording.lost);
    expect(heaviest.text).toContain('memory[at] = 1');
    expect(unread).toEqual([]);
    expect(buildId).toMatch(/^[0-9a-f]{16,}$/);
    const [hot] = instructions.filter((one) => (one.charge?.own.faults ?? 0) >= PAGES / 2);
    const place = execFileSync('addr2line', ['-e', program, `0x${hot?.address.toString(16)}`], {
      encoding: 'utf8',
    });
    expect(place.replace(/ \(discriminator \d+\)/, '').trim()).toBe(`${heaviest.path}:${heaviest.line}`);
  });

  it('shows places in the file where there is no objdump, and refuses another build', async ({ skip }) => {
    const found = await recorded(skip);
    if (found === null) return;
    vi.stubEnv('PATH', folder);
    const bare = annotateFaults(found.recording, found.sites, null);
    vi.unstubAllEnvs();
    expect(bare.unread).toMatchObject([{ missing: 'absent', path: 'objdump' }]);
    const all = bare.instructions.reduce((sum, one) => sum + (one.charge?.own.faults ?? 0), 0);
    expect(all).toBe(found.sites.total.own.faults);

    expect(() => annotateFaults(found.recording, found.sites, process.execPath)).toThrow(/another build/);
    const text = join(folder, 'text');
    writeFileSync(text, 'no program');
    expect(annotateFaults(found.recording, found.sites, text).unread).toMatchObject([
      { missing: 'unreadable' },
    ]);
    expect(() => annotateFaults(found.recording, found.sites, join(folder, 'nothing'))).toThrow(KeelError);
  });

  it('finds the function of a program whose symbols were put elsewhere', async ({ skip }) => {
    const found = await recorded(skip);
    if (found === null) return;
    const whole = readFileSync(program);
    const debug = join(folder, 'a.debug');
    execFileSync('objcopy', ['--only-keep-debug', `./${'-a program'}`, debug], { cwd: folder });
    execFileSync('objcopy', ['--strip-all', `--add-gnu-debuglink=${debug}`, './-a program'], { cwd: folder });
    const { instructions, lines } = annotateFaults(found.recording, found.sites, null);
    writeFileSync(program, whole);
    expect(instructions.length).toBeGreaterThan(instructions.filter((one) => one.charge !== null).length);
    expect(lines.map((line) => line.path)).toEqual([join(folder, 'first_touches.c')]);
  });
});
