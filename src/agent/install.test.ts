import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { parseConfig } from './config/parse-config.ts';
import { planInstall, planUninstall, removeUnit, UNIT_NAME, writePlan } from './install.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-install-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const request = (command = [process.execPath, '/opt/keel dir/50%/keel.js']) => ({
  command,
  config: join(folder, 'etc', 'agent.yaml'),
  unitFolder: folder,
});
const hasSystemd = spawnSync('systemd-analyze', ['--version'], { stdio: 'ignore' }).status === 0;

describe('the unit of the agent', () => {
  it('is written once, with an example of a configuration that is fine, and taken away again', () => {
    const plan = planInstall(request());
    expect(plan.files.map(({ kind }) => kind)).toEqual(['add', 'add']);
    writePlan(plan);
    expect(planInstall(request()).files.map(({ kind }) => kind)).toEqual(['keep', 'keep']);
    const world = { hostName: 'a', stateFolder: '/s', env: {}, resolveCpus: () => CpuSet.of(0) };
    expect(parseConfig(readFileSync(request().config, 'utf8'), world).mistakes).toEqual([]);
    removeUnit(planUninstall(folder));
    expect(() => planUninstall(folder)).toThrow(/E_CONFLICT/);
  });

  it('leaves the unit and the configuration of somebody else', () => {
    writePlan(planInstall(request()));
    writeFileSync(request().config, 'every: 2s\n');
    writePlan(planInstall(request(['/usr/bin/keel'])));
    expect(readFileSync(request().config, 'utf8')).toBe('every: 2s\n');
    writeFileSync(join(folder, UNIT_NAME), '[Unit]\n');
    expect(() => planInstall(request())).toThrow(/E_CONFLICT/);
    expect(() => planUninstall(folder)).toThrow(/E_CONFLICT/);
  });

  it('quotes for systemd what is more than a word', () => {
    expect(planInstall(request()).unit).toContain('"/opt/keel dir/50%%/keel.js" agent');
  });

  it.skipIf(!hasSystemd)('is one that systemd finds nothing in (needs systemd-analyze)', () => {
    writePlan(planInstall(request([process.execPath])));
    const unit = join(folder, UNIT_NAME);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
      encoding: 'utf8',
    });
    expect(stderr.split('\n').filter((line) => line.includes(UNIT_NAME))).toEqual([]);
    expect(status).toBe(0);
  });

  it.skipIf(!hasSystemd)('is exposed no more than its work asks for (needs systemd-analyze)', ({ skip }) => {
    writePlan(planInstall(request([process.execPath])));
    const args = ['security', '--offline=true', '--no-pager', '--threshold=35', join(folder, UNIT_NAME)];
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    if (stderr.includes('unrecognized option')) skip('this systemd looks at running units only');
    expect(stdout).toContain('Overall exposure level');
    expect(status, stdout.split('\n').at(-2)).toBe(0);
  });
});
