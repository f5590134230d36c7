/** The memory nodes of the pages of faults, on a machine of two nodes, as numa_maps shows them of the same program. */
import { expect, it } from 'vitest';
import { describeMachine } from './machine.ts';
import { anonymousPagesByNode } from './peers.ts';

const MIB = 32;

interface Recorded {
  readonly faults: number;
  readonly lost: number;
  readonly byNode:
    | readonly { readonly node: number; readonly faults: number; readonly remoteFaults: number }[]
    | null;
  readonly gaps: readonly { readonly field: string; readonly reason: string }[];
}

describeMachine('2s2c2t', (machine) => {
  machine.run('sh', '-c', 'echo never > /sys/kernel/mm/transparent_hugepage/enabled');
  const record = ['node', 'dist/keel.js', 'faults', 'record', '--json', '--source', 'ring', '--'];
  const toucher = ['node', 'test/lab/guest/toucher.mjs', `${MIB}`];
  const onNode = (node: number) => ['numactl', `--cpunodebind=${node}`, ...record, 'numactl', '--membind=1'];
  const far = machine.run(...onNode(0), ...toucher);
  const near = machine.run(...onNode(1), ...toucher);
  const asUser = (paranoid: number) => {
    const become = 'setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';
    const script = `echo ${paranoid} > /proc/sys/kernel/perf_event_paranoid; exec ${become}`;
    return machine.run('sh', '-c', script, 'sh', ...record, 'true');
  };
  const user = asUser(2);
  const refused = asUser(3);
  const shown = machine.run(...onNode(0).filter((word) => word !== '--json'), ...toucher);

  it.each([
    ['far', far, true],
    ['near', near, false],
  ] as const)('are those of numa_maps, %s from its CPU', (_, run, isRemote) => {
    const { byNode, lost } = run.json<Recorded>();
    const pages = anonymousPagesByNode(run.stderr)['1'] ?? 0;
    const node = byNode?.find((one) => one.node === 1);
    expect(lost).toBe(0);
    expect(pages).toBeGreaterThanOrEqual(MIB * 256);
    // Some pages were given back before the program looked.
    expect(node?.faults).toBeGreaterThanOrEqual(pages);
    expect(node?.faults).toBeLessThan(2 * pages);
    expect(node?.remoteFaults).toBe(isRemote ? node?.faults : 0);
    for (const one of byNode ?? [])
      if (one.node === 0) expect(one.remoteFaults).toBe(isRemote ? 0 : one.faults);
  });

  it('are a table for people', () => {
    expect(shown.stdout).toMatch(/^ {2}memory of +faults/m);
    expect(shown.stdout).toMatch(/^ {2}node 1 +\d/m);
    expect(shown.stdout).toMatch(/pages \([\d.]+ %, [\d.]+ % of their stall\) lie on another node/);
  });

  it('are not told to ordinary users', () => {
    const { byNode, gaps } = user.json<Recorded>();
    expect(byNode).toBeNull();
    expect(gaps).toContainEqual(expect.objectContaining({ field: 'byNode', reason: 'denied' }));
  });

  it('are refused with all faults where the kernel shows ordinary users no events (perf_event_paranoid 3)', () => {
    expect(refused.status).toBe(4);
    expect(refused.error()).toMatchObject({ code: 'E_PRIVILEGE' });
  });
});
