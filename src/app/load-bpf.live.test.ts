import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMissing, orNull } from '../base/missing.ts';
import { Assembler } from '../bpf/assembler.ts';
import { Btf } from '../bpf/btf.ts';
import { HELPER_CALLS } from '../bpf/helper-calls.ts';
import { R0, R6 } from '../bpf/instruction.ts';
import type { BuiltProgram, Program } from '../bpf/program.ts';
import { taskIterator } from '../bpf/programs/task-iterator.ts';
import { kernelBtf } from '../kernel/image/btf.ts';
import { buildId } from '../kernel/image/build-id.ts';
import { loadedIds } from '../native/bpf.ts';
import { cachedAnswers } from './bpf-answers-store.ts';
import { TaskIterator } from './iterate-tasks.ts';
import { loadBpf } from './load-bpf.ts';
import { openLiveHost } from './open-host.ts';

const host = openLiveHost();
const probe = loadBpf(host, taskIterator, { cpus: 1 }, { load: () => new Map(), save: () => {} });
const because = isMissing(probe) ? `no BPF here: ${probe.detail ?? probe.path}` : '';
if (!isMissing(probe)) probe.close();
const btfBytes = orNull(host.read(kernelBtf));

const folders: string[] = [];
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keel-bpf-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe.skipIf(btfBytes === null)('helpers (skipped without BTF)', () => {
  const btf = new Btf(btfBytes ?? new Uint8Array());

  it.each(Object.entries(HELPER_CALLS))('%s has the number that this kernel gives it', (name, helper) => {
    expect(btf.enumerator(`BPF_FUNC_${name}`)).toBe(helper.number);
  });
});

describe.skipIf(because !== '')(`loading BPF programs ${because}`, () => {
  const load = (store = cachedAnswers(temporaryFolder())) => loadBpf(host, taskIterator, { cpus: 8 }, store);

  it('remembers answers in a file that only we can read', () => {
    const folder = temporaryFolder();
    const loaded = load(cachedAnswers(folder));
    if (!isMissing(loaded)) loaded.close();
    const id = orNull(host.read(buildId)) as string;
    expect(statSync(join(folder, `${id}.json`)).mode & 0o777).toBe(0o600);
    expect(cachedAnswers(folder).load(id).size).toBeGreaterThan(20);
  });

  it('loads while a profiler sends signals, which make the verifier give up', () => {
    const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      const { openLiveHost } = await import(${source('./open-host.ts')});
      const { loadBpf } = await import(${source('./load-bpf.ts')});
      const { lateEvents } = await import(${source('../bpf/programs/late-events.ts')});
      const scope = { tgid: 1, tid: null, stackOverNs: 1e5, faultOverNs: 3e3, keepUnderNs: 6e4, keepIdleUnderNs: 1e6, threads: 64, cpus: 8 };
      const loaded = loadBpf(openLiveHost(), lateEvents, scope);
      console.log('missing' in loaded ? loaded.detail : 'loaded');
    `;
    const folder = temporaryFolder();
    const profiling = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`];
    const flags = [...profiling, '--import', import.meta.resolve('tsx/esm'), '--input-type=module'];
    const run = spawnSync(process.execPath, [...flags, '-e', program], { encoding: 'utf8' });
    expect(run.stdout).toBe('loaded\n');
  });

  it('does not trust a file that others may write', () => {
    const folder = temporaryFolder();
    const store = cachedAnswers(folder);
    store.save('ab', new Map([['type func f', 1]]));
    expect(store.load('ab').size).toBe(1);
    chmodSync(join(folder, 'ab.json'), 0o666);
    expect(store.load('ab').size).toBe(0);
    symlinkSync('ab.json', join(folder, 'cd.json'));
    chmodSync(join(folder, 'ab.json'), 0o600);
    expect([store.load('ab').size, store.load('cd').size]).toEqual([1, 0]);
  });

  it('asks the kernel again where remembered answers make a program that is refused', () => {
    const wrong = new Map([['member bpf_iter__task.task', { offsetBytes: 4096, sizeBytes: 8, bits: null }]]);
    const save = vi.fn();
    const loaded = load({ load: () => wrong, save });
    expect(isMissing(loaded)).toBe(false);
    if (!isMissing(loaded)) loaded.close();
    expect(save).toHaveBeenCalledOnce();
    expect(save.mock.calls[0]?.[1].get('member bpf_iter__task.task')).toMatchObject({ offsetBytes: 8 });
  });

  it('tells a rejection in words', () => {
    const code = new Assembler().label('start').set(R0, 0).label('found').note('read what was never set');
    const bad: Program<object, BuiltProgram> = {
      ...taskIterator,
      name: 'bad',
      build: () => ({
        parts: [
          {
            name: 'bad',
            attachment: { kind: 'iterator', over: 'task' },
            code: code.load(64, R0, R6, 8).exit().assemble(),
          },
        ],
        maps: [],
      }),
    };
    expect(loadBpf(host, bad, {}, { load: () => new Map(), save: () => {} })).toMatchObject({
      missing: 'unreadable',
      detail:
        'the verifier says: instruction 1 (label found: read what was never set; r0 = *(u64 *)(r6 +8)): R6 !read_ok',
    });
  });

  it('leaves nothing behind after close, which may be called twice', async () => {
    const before = new Set(loadedIds('program'));
    const loaded = load();
    if (isMissing(loaded)) throw new Error(loaded.detail);
    const iterator = new TaskIterator(loaded);
    const ours = loadedIds('program').filter((id) => !before.has(id));
    expect(ours.length).toBeGreaterThan(0);
    expect(iterator.read().length).toBeGreaterThan(0);
    iterator.close();
    iterator.close();
    await expect.poll(() => loadedIds('program').filter((id) => ours.includes(id))).toEqual([]);
  });

  it('leaves nothing behind when killed', async () => {
    const before = new Set(loadedIds('program'));
    const child = holdOpen();
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const ours = loadedIds('program').filter((id) => !before.has(id));
    expect(ours.length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => loadedIds('program').filter((id) => ours.includes(id))).toEqual([]);
  });

  it('says what to grant to a user who may not', async ({ skip }) => {
    if (spawnSync('test', ['-r', import.meta.filename], { uid: NOBODY, gid: NOBODY }).status !== 0) {
      skip('other users may not read this folder');
    }
    const child = holdOpen(NOBODY);
    const [text] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(String(text)).toContain('grant CAP_BPF and CAP_PERFMON, or run as root');
  });
});

const NOBODY = 65534;

/** A process that loads and attaches, says so or why not, and waits. */
function holdOpen(uid?: number): ChildProcess {
  const script = `
    import { openLiveHost } from '${import.meta.dirname}/open-host.ts';
    import { openTaskSweeper } from '${import.meta.dirname}/sweep-tasks.ts';
    const sweeper = openTaskSweeper(openLiveHost(), 'bpf');
    console.log(JSON.stringify(sweeper));
    setInterval(() => {}, 1000);`;
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const env = { ...process.env, XDG_CACHE_HOME: '/nonexistent', TMPDIR: folder };
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  return spawn(process.execPath, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid ? { uid, gid: uid } : {}),
  });
}
