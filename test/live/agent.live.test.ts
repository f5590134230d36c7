/** The agent as a program: of a user without privilege, and on a disk that is full for a while. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, getText, isInstalled, Programs, until } from '../fleet/programs.ts';

const KEEL = join(import.meta.dirname, '../../src/cli/keel.ts');
const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;

interface Said {
  readonly event: string;
  readonly level: string;
  readonly text: string;
  readonly limit?: string;
  readonly code?: string | null;
  readonly outcome?: string;
}

let folder = '';
const programs = new Programs();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-agent-live-'));
  chmodSync(folder, 0o777);
});
afterEach(async () => {
  await programs.endAll();
  rmSync(folder, { recursive: true });
});

/** @param wrap a program that starts it, such as setpriv */
function startAgent(config: string, wrap: readonly string[] = []): { child: ChildProcess; said: Said[] } {
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, config, { mode: 0o644 });
  const said: Said[] = [];
  const [program = process.execPath, ...args] = [
    ...wrap,
    process.execPath,
    '--import',
    'tsx',
    KEEL,
    'agent',
    file,
    '--json',
  ];
  const child = programs.start(program, args);
  let text = '';
  child.stdout?.on('data', (part: Buffer) => {
    text += part.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    said.push(...lines.map((line) => JSON.parse(line)));
  });
  return { child, said };
}

describe.skipIf(!isRoot)('the agent of a user without privilege (starting it needs root)', () => {
  const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

  it('watches its own processes, and says what it does not see', async ({ skip }) => {
    const probe = spawnSync('setpriv', [
      ...AS_NOBODY.slice(1),
      process.execPath,
      '--import',
      'tsx',
      KEEL,
      '--version',
    ]);
    if (probe.status !== 0) skip('setpriv is missing, or the user nobody may not read this folder');
    const sleeper = join(folder, 'sleeper');
    copyFileSync('/bin/sleep', sleeper);
    chmodSync(sleeper, 0o755);
    programs.start(sleeper, ['60']);
    programs.start('setpriv', [...AS_NOBODY.slice(1), sleeper, '60']);
    const listen = `127.0.0.1:${await freePort()}`;
    const { said } = startAgent(
      `state: ${folder}/state\nlisten: ${listen}\ntargets: [{ name: sleepers, exe: ${sleeper} }]\n`,
      AS_NOBODY,
    );
    const hidden = await until('limit', () => said.find(({ limit }) => limit === 'hiddenPrograms'));
    expect(hidden.text).toMatch(/^the programs of \d+ processes of other users cannot be read/);
    const metrics = await until('metrics', async () => {
      const text = await getText(`http://${listen}/metrics`);
      return text?.includes('keel_target_processes{') === true ? text : null;
    });
    expect(metrics).toContain('keel_target_processes{target="sleepers",program="sleeper"} 1\n');
  });
});

const needed = isInstalled('python3') ? '' : ', and python3';

describe.skipIf(!isRoot || needed !== '')(
  `the agent on a full disk (mounting one needs root${needed})`,
  () => {
    /** 2,000 pages a second: many for a rule, little for a CPU. */
    const TOUCH =
      'import mmap,time\nwhile True:\n m=mmap.mmap(-1,400*4096)\n for i in range(400): m[i*4096]=1\n m.close(); time.sleep(0.2)';
    let disk = '';
    let isMounted = false;
    beforeEach(() => {
      disk = join(folder, 'disk');
      mkdirSync(disk);
      isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk]).status === 0;
    });
    afterEach(() => {
      if (isMounted) spawnSync('umount', ['-l', disk]);
    });

    it('says so, goes on, and has everything on the disk as soon as there is room', async ({ skip }) => {
      if (!isMounted) skip('this system does not let root mount a tmpfs');
      const filler = join(disk, 'filler');
      const port = await freePort();
      const mark = `keel-full-disk-${process.pid}`;
      const config = `
state: ${disk}/state
listen: off
explain: false
targets: [{ name: toucher, cmdline: "${mark}$" }]
rules: [{ signal: minor-faults, above: 500, for: 1s, grace: 0s }]
notify: { wait: 1s }
sinks: { hook: { type: webhook, url: "http://127.0.0.1:${port}/" } }
`;
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' });
      const first = startAgent(config);
      programs.start('python3', ['-c', TOUCH, mark]);
      const full = await until('word of the disk', () => first.said.find(({ event }) => event === 'disk'));
      expect(full).toMatchObject({ level: 'error', code: 'ENOSPC' });
      const inMemory = await until('message in memory', () =>
        first.said.find(({ outcome }) => outcome === 'disk'),
      );
      expect(inMemory.text).toContain('ENOSPC');
      rmSync(filler);
      await until('message on the disk', () => first.said.find(({ outcome }) => outcome === 'saved'));
      await until('state on the disk', () =>
        first.said.find(({ event, level }) => event === 'disk' && level === 'info'),
      );
      const killed = once(first.child, 'close');
      first.child.kill('SIGKILL');
      await killed;
      const { server, reasons } = await receiver(port);
      startAgent(config);
      await until('message', () => reasons[0]);
      expect(reasons[0]).toBe('new');
      server.close();
    });

    async function receiver(port: number): Promise<{ server: Server; reasons: string[] }> {
      const reasons: string[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (part: Buffer) => {
          body += part.toString();
        });
        request.on('end', () => {
          reasons.push(JSON.parse(body).reason);
          response.end();
        });
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
      return { server, reasons };
    }
  },
);
