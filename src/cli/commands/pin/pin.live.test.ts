/** `keel pin` and `keel undo` as a person uses them, read back by /proc and not by keel. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuSet } from '../../../base/cpu-set.ts';
import { getAffinity, setAffinity } from '../../../native/affinity.ts';

const program = join(import.meta.dirname, '../../../../dist/keel.js');
const allowed = getAffinity(0);
const last = String(allowed.last);

let folder: string;
let target: ChildProcess;

beforeEach(async () => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'keel-pin-'));
  target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(target.stdout as NonNullable<typeof target.stdout>, 'data');
  // Its threads differ.
  setAffinity(target.pid as number, CpuSet.of(allowed.first as number));
});
afterEach(() => {
  target.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function keel(...line: readonly string[]) {
  return spawnSync(process.execPath, [program, ...line], {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: folder, LC_ALL: 'C.UTF-8' },
    input: '',
  });
}

function masks(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    readdirSync(`/proc/${target.pid}/task`).map((tid) => {
      const status = readFileSync(`/proc/${target.pid}/task/${tid}/status`, 'utf8');
      return [tid, /Cpus_allowed_list:\s*(\S+)/.exec(status)?.[1]];
    }),
  );
}

describe.skipIf(allowed.size < 2)('pin and undo (needs two CPUs)', () => {
  const pid = () => String(target.pid);

  it('changes nothing with --dry-run, nor without a terminal', () => {
    const before = masks();
    expect(keel('pin', pid(), last, '--dry-run').stdout).toContain('nothing will change');
    const { status, stderr } = keel('pin', pid(), last);
    expect(status).toBe(2);
    expect(stderr).toContain('--yes');
    expect(masks()).toEqual(before);
    expect(existsSync(join(folder, 'evenkeel'))).toBe(false);
  });

  it('pins every thread and puts each back', () => {
    const before = masks();
    const pinned = JSON.parse(keel('pin', pid(), last, '--yes', '--json').stdout);
    expect(pinned).toMatchObject({ schema: 'keel.pin/1', outcome: 'applied', change: 'c-1', mismatches: [] });
    expect(new Set(Object.values(masks()))).toEqual(new Set([last]));
    expect(pinned.verifiedThreads).toBe(Object.keys(before).length);
    const undone = keel('undo');
    expect(undone.stdout).toContain('Undone, exactly. Nothing of c-1 is left.');
    expect(masks()).toEqual(before);
    expect(keel('undo', 'c-1').stdout).toContain('was undone before');
    expect(keel('undo').stdout).toContain('Nothing to undo');
  });

  it('shows with undo --dry-run what goes back, and changes nothing', () => {
    const before = masks();
    keel('pin', pid(), last, '--yes');
    const during = masks();
    const journal = () => readFileSync(join(folder, 'evenkeel', 'c-1.jsonl'), 'utf8');
    const written = journal();
    const shown = keel('undo', '--dry-run').stdout;
    expect(shown).toContain('Nothing was changed. To put this back: keel undo c-1');
    expect(shown).toContain(`${last} -> ${before[pid()]}`);
    const [planned] = JSON.parse(keel('undo', 'c-1', '--dry-run', '--json').stdout).changes;
    expect(planned.outcome).toBe('planned');
    expect(masks()).toEqual(during);
    expect(journal()).toBe(written);
    const [undone] = JSON.parse(keel('undo', '--json').stdout).changes;
    expect(undone.restored).toEqual(planned.restored);
    expect(masks()).toEqual(before);
  });

  it('refuses to undo over what somebody else did, and says what', () => {
    const before = masks();
    keel('pin', pid(), last, '--yes');
    setAffinity(target.pid as number, allowed);
    const { status, stderr } = keel('undo');
    expect(status).toBe(1);
    expect(stderr).toMatch(/E_CONFLICT: someone changed thread \d+ after c-1; nothing was undone/);
    expect(keel('undo', '--force').status).toBe(0);
    expect(masks()).toEqual(before);
  });

  it('names the later change that is in the way', () => {
    const before = masks();
    keel('pin', pid(), last, '--yes');
    keel('pin', pid(), String(allowed.first), '--yes');
    expect(keel('undo').stderr).toContain('2 changes are active');
    expect(keel('undo', 'c-1').stderr).toContain('undo it first: keel undo c-2');
    keel('undo', 'c-2');
    expect(keel('undo', 'c-1').status).toBe(0);
    expect(masks()).toEqual(before);
  });

  it('does not undo below a later change that set the same again', () => {
    const before = masks();
    for (const cpus of [last, String(allowed.first), last]) keel('pin', pid(), cpus, '--yes');
    expect(keel('undo', 'c-1').stderr).toMatch(
      /E_CONFLICT: c-3 changed the same threads after c-1; nothing was undone/,
    );
    for (const id of ['c-3', 'c-2', 'c-1']) expect(keel('undo', id).status).toBe(0);
    expect(masks()).toEqual(before);
  });

  it('ends by itself with --for, and its guardian too when undone earlier', async () => {
    const before = masks();
    keel('pin', pid(), last, '--yes', '--for', '1s');
    expect(masks()).not.toEqual(before);
    await expect.poll(() => masks(), { timeout: 30_000 }).toEqual(before);
    keel('pin', pid(), last, '--yes', '--for', '1h');
    const journal = readFileSync(join(folder, 'evenkeel', 'c-2.jsonl'), 'utf8');
    const guardian = JSON.parse(/^.*"guarded".*$/m.exec(journal)?.[0] ?? '').by.tgid;
    expect(existsSync(`/proc/${guardian}/stat`)).toBe(true);
    keel('undo');
    await expect.poll(() => isRunning(guardian), { timeout: 30_000 }).toBe(false);
  });

  it('does not act on a journal that somebody wrote', () => {
    keel('pin', pid(), last, '--yes');
    const path = join(folder, 'evenkeel', 'c-1.jsonl');
    rmSync(path);
    writeFileSync(path, '{"record":"planned","id":"c-1","command":"x"}\n', { mode: 0o600 });
    const during = masks();
    expect(keel('undo', 'c-1').stderr).toContain('E_FORMAT');
    expect(keel('undo', '--list').stdout).toContain('nothing in it is acted on');
    expect(masks()).toEqual(during);
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
