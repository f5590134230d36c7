/** Memory of a running process bound to a node and moved there, as the kernel's own list of its pages shows. */
import { expect, it } from 'vitest';
import { describeMachine } from './machine.ts';

const MEMORY_MIB = 32;

describeMachine('2s2c2t', (machine) => {
  const target = machine.start(
    ...['numactl', '--membind=0', 'node', 'test/lab/guest/workload.mjs'],
    ...['--threads', 'tick', '--memory-mib', `${MEMORY_MIB}`],
  );
  const pages = () => machine.run('cat', `/proc/${target.pid}/numa_maps`);
  const before = pages();
  const planned = machine.keel('pin', target.pid, '--mem', 'bind:1', '--migrate-memory', '--dry-run');
  const bound = machine.keel('pin', target.pid, '--mem', 'bind:1', '--migrate-memory', '--yes', '--json');
  const during = pages();
  const undone = machine.keel('undo', '--json');
  const after = pages();
  const nowhere = machine.keel('pin', target.pid, '--mem', 'bind:7', '--yes', '--json');
  const run = machine.keel('run', '--quiet', '--mem', 'preferred:1', '--', 'numactl', '--show');
  machine.stop(target);

  it('says what it will do', () => {
    expect(planned.stdout).toContain('-> bind:1');
    expect(planned.stdout).toMatch(/pages of process \d+ +node 0 -> 1/);
  });

  it('binds every thread and moves the pages', () => {
    expect(bound.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(bound.json()).toMatchObject({ outcome: 'applied', migrations: [{ from: '0', to: '1' }] });
    expect(anonymousPages(before.stdout, 0)).toBeGreaterThan(MEMORY_MIB * 200);
    expect(anonymousPages(during.stdout, 1)).toBeGreaterThan(MEMORY_MIB * 200);
    expect(anonymousPages(during.stdout, 0)).toBeLessThan(MEMORY_MIB * 25);
    expect(before.stdout).toMatch(/ bind:0 /);
    expect(during.stdout).toMatch(/ bind:1 /);
  });

  it('gives the policy back that was before, and moves pages back', () => {
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(after.stdout).toMatch(/ bind:0 /);
    expect(after.stdout).not.toMatch(/ bind:1 /);
    expect(anonymousPages(after.stdout, 0)).toBeGreaterThan(MEMORY_MIB * 200);
  });

  it('refuses a node that is not there', () => {
    expect(nowhere.status).toBe(2);
    expect(nowhere.error().what).toMatch(/node 7 does not exist/);
  });

  it('starts a program with a memory policy, as numactl sees it', () => {
    expect(run.stdout).toMatch(/policy: preferred\npreferred node: 1/);
  });
});

/** Pages of memory without a file that lie on a node. */
function anonymousPages(numaMaps: string, node: number): number {
  return numaMaps
    .split('\n')
    .filter((line) => line.includes(' anon='))
    .reduce((sum, line) => sum + Number(new RegExp(` N${node}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
}
