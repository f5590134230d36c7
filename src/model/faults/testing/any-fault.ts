/** Explained faults of any kind, for properties. Their stacks are numbers up to MOST_STACK. */
import fc from 'fast-check';
import { FAULT_CAUSES } from '../cause.ts';
import type { ExplainedFault } from '../explained-fault.ts';
import { homeOf, MOST_NODES, UNKNOWN_HOME } from '../page-nodes.ts';
import type { PlaceTable } from '../places.ts';

export const MOST_STACK = 3;

/** Not yet of a recording: whose place it is decides the recording's table. */
export type AnyFault = (places: PlaceTable) => ExplainedFault;

export const anyFault: fc.Arbitrary<AnyFault> = fc
  .record({
    kind: fc.constantFrom('minor' as const, 'major' as const),
    tgid: fc.integer({ min: 1, max: 3 }),
    tid: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4_194_303 })),
    cpu: fc.nat(1023),
    timeNs: fc.nat(2 ** 50),
    latencyNs: fc.oneof(fc.nat(100), fc.nat(2 ** 31), fc.nat(2 ** 45)),
    address: fc.oneof(fc.nat(2 ** 15), fc.nat(2 ** 47)),
    pageBytes: fc.constantFrom(null, 4096, 65_536, 2 ** 21, 2 ** 30, 2 ** 34),
    home: fc.constantFrom(UNKNOWN_HOME, homeOf(0, false), homeOf(0, true), homeOf(MOST_NODES - 1, true)),
    path: fc.constantFrom(null, '/srv/a', '/srv/b\n\u001b[2J', '/'),
    cause: fc.constantFrom(...FAULT_CAUSES),
    stack: fc.nat(MOST_STACK),
  })
  .map(({ path, ...fault }) => (places) => ({
    ...fault,
    place: path === null ? places.placeOf('anonymous', '') : places.placeOf('file', path),
    fileOffset: path === null ? null : fault.address % 4096,
  }));
