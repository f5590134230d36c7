import { describe, expect, it } from 'vitest';
import { type Maybe, missing } from '../../base/missing.ts';
import { cpus, machine, processOf, thread } from '../testing/process.ts';
import { remoteMemory } from './remote-memory.ts';

const check = (list: string, byNode: Maybe<ReadonlyMap<number, number>>, nodes = machine().nodes) =>
  remoteMemory.check(
    processOf({
      threads: [thread(100, { affinity: cpus(list) })],
      memory: { rssBytes: 100, swapBytes: 0, lockedBytes: 0, byNode },
    }),
    machine({ nodes }),
  );
const pages = (...entries: [number, number][]) => new Map(entries);

describe('remote-memory', () => {
  it('finds pages on the node without the CPUs', () => {
    const [found] = check('4-5', pages([0, 80], [1, 20]));
    expect(found?.summary.en).toBe('80 % of its memory is on node 0, but its CPUs (4-5) are on node 1');
    expect(found?.remedies[0]?.command).toBe('keel pin 100 --mem bind:1 --migrate-memory');
  });

  it.each([
    ['less than a tenth is far', '4-5', pages([0, 9], [1, 91])],
    ['its CPUs are on both nodes', '3-4', pages([0, 80], [1, 20])],
    ['nothing is resident', '4-5', pages()],
    ['the nodes of its pages are not readable', '4-5', missing('denied', 'numa_maps')],
  ])('is silent where %s', (_, list, byNode) => {
    expect(check(list, byNode)).toEqual([]);
  });

  it('is silent where the machine has one node', () => {
    expect(check('4-5', pages([0, 80]), new Map())).toEqual([]);
  });
});
