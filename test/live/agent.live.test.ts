/** The agent as a program: of a user without privilege, and on a disk that is full for a while. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getAffinity } from '../../src/native/affinity.ts';
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
/** 2,000 pages a second: many for a rule, little for a CPU. */
const TOUCH =
  'import mmap,time\nwhile True:\n m=mmap.mmap(-1,400*4096)\n for i in range(400): m[i*4096]=1\n m.close(); time.sleep(0.2)';

describe.skipIf(!isRoot || needed !== '')(`an incident (looking closer needs root${needed})`, () => {
  /** @param found the rule of the finding that is waited for */
  async function explained(config: string, found: string) {
    const listen = `127.0.0.1:${await freePort()}`;
    startAgent(`state: ${folder}/state\nlisten: ${listen}\nexplain: 1s\n${config}`);
    let last = '';
    const incident = await until(
      'incident that is explained, or says why not',
      async () => {
        last = (await getText(`http://${listen}/incidents?format=json`)) ?? '';
        const [first] = JSON.parse(last).incidents;
        const isFound = first?.findings.some((one: { rule: string }) => one.rule === found);
        return isFound || isOutOfReach(first?.notExplained ?? '') ? first : null;
      },
      WITHIN_SEC,
    ).catch((error) => {
      throw new Error(`${error.message}; the agent has ${last}`);
    });
    const finding = incident.findings.find((one: { rule: string }) => one.rule === found);
    return { incident, finding };
  }

  /** Seconds are enough; beside a load of twice the CPUs it was half a minute. */
  const WITHIN_SEC = 90;
  const TIMEOUT_MS = 120_000;

  /** What a kernel without BPF or perf events says, and not a window in which nothing was. */
  const isOutOfReach = (why: string) => why !== '' && !why.includes('did not meet');

  it('has the process, the worst fault with the code that it interrupted, and what to do', {
    timeout: TIMEOUT_MS,
  }, async ({ skip }) => {
    const mark = `keel-worst-fault-${process.pid}`;
    const culprit = programs.start('python3', ['-c', TOUCH, mark]);
    const { incident, finding } = await explained(
      `targets: [{ name: toucher, cmdline: "${mark}$" }]\nrules: [{ signal: minor-faults, above: 500, for: 1s, grace: 0s }]\n`,
      'worst-fault',
    );
    if (finding === undefined) skip(incident.notExplained);
    expect(incident.process.tgid).toBe(culprit.pid);
    expect(finding.summary).toMatch(/a minor fault held python3 \d+ for [\d.]+ ms$/);
    expect(finding.stack.length).toBeGreaterThan(0);
    expect(incident.remedies[0].command).toContain(`keel faults record ${culprit.pid}`);
  });

  it('of a process that waits for a CPU has the latest moment with its cause', {
    timeout: TIMEOUT_MS,
  }, async ({ skip }) => {
    const mark = `keel-worst-moment-${process.pid}`;
    const cpu = String(getAffinity(0).first);
    for (const name of [`hog-${process.pid}`, mark])
      programs.start('taskset', ['-c', cpu, 'python3', '-c', 'while True: pass', name]);
    const { incident, finding } = await explained(
      `targets: [{ name: waiter, cmdline: "^[^ ]*python3.*${mark}$" }]\nrules: [{ signal: run-delay, above: 10, for: 1s, grace: 0s }]\n`,
      'worst-moment',
    );
    if (finding === undefined) skip(incident.notExplained);
    expect(finding.summary).toMatch(
      /^python3 \d+ was [\d.]+ ms late: (waiting behind other tasks|another task|preempted)/,
    );
  });
});

describe.skipIf(!isRoot || needed !== '')(
  `the agent on a full disk (mounting one needs root${needed})`,
  () => {
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
