/** Memory on a machine of two nodes, as numa_maps shows it before, during and after. */
import { expect, it } from 'vitest';
import type { Check } from './documents.ts';
import { describeMachine, type Machine, type Started } from './machine.ts';
import { anonymousPagesByNode, pagesByNode, policiesOf } from './peers.ts';

const PAGE_BYTES = 4096;
const MEMORY_MIB = 32;
/** Of 4 KiB, most of what the workload writes: the rest of Node.js lies where it likes. */
const MOST_PAGES = (MEMORY_MIB << 20) / 4096;

describeMachine('2s2c2t', (machine) => {
  const memory = ['--memory-mib', `${MEMORY_MIB}`];
  const target = machine.start(
    ...['numactl', '--cpunodebind=0', 'node', 'test/lab/guest/workload.mjs', '--threads', 'net', ...memory],
  );
  const maps = () => machine.read(`/proc/${target.pid}/numa_maps`);
  const before = maps();
  const bound = machine.keel('pin', target.pid, '--mem', 'bind:1', '--migrate-memory', '--yes', '--json');
  const during = maps();
  const duringOfThread = machine.read(`/proc/${target.pid}/task/${target.tid('net')}/numa_maps`);
  const check = machine.keel('check', target.pid, '--json');
  const undone = machine.keel('undo', bound.field('change'), '--json');
  const after = maps();
  const warmed = machine.keel('warm', target.pid, '--migrate', '1', '--yes', '--json');
  const afterWarm = maps();
  const map = machine.keel('map', target.pid, '--json');
  const unwarmed = machine.keel('undo', warmed.field('change'), '--json');
  const afterUndo = maps();
  machine.stop(target);

  it('warms a node: the pages are there, as numa_maps and keel map show, and go back', () => {
    expect([warmed.outcome, unwarmed.outcome]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect(anonymousPagesByNode(afterWarm.stdout)['1']).toBeGreaterThanOrEqual(MOST_PAGES);
    // First touch had decided for node 0, and still does for what comes.
    expect(policiesOf(afterWarm.stdout)).toEqual(new Set(['default']));
    const { byNode } = map.json<{ readonly byNode: Readonly<Record<string, number>> }>();
    const pages = Object.entries(pagesByNode(afterWarm.stdout));
    expect(byNode).toEqual(Object.fromEntries(pages.map(([node, count]) => [node, count * PAGE_BYTES])));
    expect(anonymousPagesByNode(afterUndo.stdout)['0']).toBeGreaterThanOrEqual(MOST_PAGES);
  });

  it('migrates memory to a node, as numa_maps shows', () => {
    expect(anonymousPagesByNode(before.stdout)['0']).toBeGreaterThanOrEqual(MOST_PAGES);
    expect(bound.outcome).toMatchObject({ status: 0, stderr: '' });
    const pages = anonymousPagesByNode(during.stdout);
    expect(pages['1']).toBeGreaterThanOrEqual(MOST_PAGES);
    expect(pages['0'] ?? 0).toBeLessThan(MOST_PAGES / 10);
  });

  it('binds the memory that comes, of every thread, as the policies in numa_maps show', () => {
    expect(policiesOf(before.stdout)).toEqual(new Set(['default']));
    expect(policiesOf(during.stdout)).toEqual(new Set(['bind:1']));
    expect(policiesOf(duringOfThread.stdout)).toEqual(new Set(['bind:1']));
  });

  it('undoes both', () => {
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(policiesOf(after.stdout)).toEqual(new Set(['default']));
    expect(anonymousPagesByNode(after.stdout)['0']).toBeGreaterThanOrEqual(MOST_PAGES);
  });

  const placed = ['run', '--mem', 'bind:1', '--'];
  const launched = machine.keel(...placed, 'cat', '/proc/self/numa_maps');

  it('starts a program with its memory', () => {
    expect(policiesOf(launched.stdout)).toEqual(new Set(['bind:1']));
    expect(anonymousPagesByNode(launched.stdout)).toEqual({ 1: expect.any(Number) });
  });

  it('checks a process by node: every page of numa_maps', () => {
    const [process] = check.json<Check>().processes;
    const pages = Object.entries(pagesByNode(during.stdout));
    const bytes = pages.map(([node, count]) => [node, count * PAGE_BYTES]);
    expect(process.memory.byNode).toEqual(Object.fromEntries(bytes));
  });
});

interface Moved {
  readonly threads: unknown;
  readonly cpus: string | null;
}
interface Recommended {
  readonly choice: Proposed | null;
  readonly others: readonly Proposed[];
}
interface Proposed {
  readonly strategy: string;
  readonly moves: readonly Moved[];
}
interface Optimized {
  readonly outcome: string;
  readonly candidates: readonly { readonly strategy: string; readonly plan: readonly Moved[] }[];
}

const BUSY_PAGES = (64 << 20) / PAGE_BYTES;

/** Its memory on one node and its only thread on node 0, busy; all of the memory is there. */
function startBusy(machine: Machine, node: number): Started {
  const busy = machine.start(
    ...['numactl', `--membind=${node}`, '--physcpubind=0-3', 'sh', '-c'],
    'echo; exec memhog -r100000 64m >/dev/null',
  );
  const sum = `awk '/^Rss:/ { s += $2 } END { print s }' /proc/${busy.pid}/smaps`;
  machine.run('sh', '-c', `until [ "$(${sum})" -gt 65536 ]; do sleep 0.2; done`);
  return busy;
}

/** Emulated nodes are alike, so no gain shows. */
describeMachine('2s2c2t', (machine) => {
  const far = startBusy(machine, 1);
  const farMaps = () => machine.read(`/proc/${far.pid}/numa_maps`);
  const recommended = machine.keel('recommend', far.pid, '--json');
  const planned = machine.keel('optimize', far.pid, '--dry-run', '--json');
  const before = farMaps();
  const wish = ['--mem', 'preferred:0', '--migrate-memory'];
  const moved = machine.keel('pin', far.pid, ...wish, '--yes', '--json');
  const during = farMaps();
  const undone = machine.keel('undo', moved.field('change'), '--json');
  const after = farMaps();
  machine.stop(far);

  it('is found on the wrong node: the threads to the pages, or the pages to the threads', () => {
    const { choice, others } = recommended.json<Recommended>();
    const proposals = choice === null ? others : [choice, ...others];
    const { candidates } = planned.json<Optimized>();
    const found = {
      recommend: proposals.map(({ strategy, moves }) => ({ strategy, moves })),
      optimize: candidates.map(({ strategy, plan }) => ({ strategy, moves: plan })),
    };
    // The last-level cache of node 1 is the same CPUs: whichever was asked first gives the plan its name.
    const toThePages = { moves: [expect.objectContaining({ threads: 'all', cpus: '4-7' })] };
    for (const strategies of Object.values(found)) {
      expect(strategies).toContainEqual(expect.objectContaining(toThePages));
      expect(strategies).toContainEqual(expect.objectContaining({ strategy: 'pages-to-threads' }));
    }
  });

  it('is moved to its threads, and back', () => {
    expect([moved.outcome, undone.outcome]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect(anonymousPagesByNode(before.stdout)['1']).toBeGreaterThanOrEqual(BUSY_PAGES);
    expect(anonymousPagesByNode(during.stdout)['0']).toBeGreaterThanOrEqual(BUSY_PAGES);
    expect(anonymousPagesByNode(after.stdout)).toEqual(anonymousPagesByNode(before.stdout));
    expect(policiesOf(after.stdout)).toEqual(new Set(['bind:1']));
  });
});

describeMachine('2s2c2t', (machine) => {
  const near = startBusy(machine, 0);
  const nearMaps = () => machine.read(`/proc/${near.pid}/numa_maps`);
  const nearBefore = nearMaps();
  const harm = ['--try', 'mem=bind:1 pages=move', '--blocks', '1', '--no-watch'];
  const tried = machine.keel('optimize', near.pid, ...harm, '--yes', '--json');
  const nearAfter = nearMaps();
  const left = machine.keel('undo', '--list', '--json');
  machine.stop(near);

  it('is not left on the wrong node by a trial that moved it there', () => {
    expect(tried.status).toBe(0);
    expect(tried.json<Optimized>().outcome).toBe('nothing-kept');
    expect(anonymousPagesByNode(nearBefore.stdout)['0']).toBeGreaterThanOrEqual(BUSY_PAGES);
    expect(anonymousPagesByNode(nearAfter.stdout)).toEqual(anonymousPagesByNode(nearBefore.stdout));
    expect(policiesOf(nearAfter.stdout)).toEqual(new Set(['bind:0']));
    expect(left.stdout).not.toContain('"state":"applied"');
  });
});
