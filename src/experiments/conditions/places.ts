/** Which CPU is measured with whose memory. */
import { KeelError } from '../../base/errors.ts';
import { type Gap, orNull } from '../../base/missing.ts';
import type { Bench } from '../experiment.ts';
import type { Place } from '../workers/pinned-worker.ts';

interface MeasuredPlace extends Place {
  /** The node of the CPU. */
  readonly own: number | null;
}

/**
 * Each CPU with memory as the kernel gives it, which is its own node's, then with that of each other node. Only the
 * others need the memory policy, which some containers forbid.
 */
export function placesOf({ topology, cpus }: Bench): readonly MeasuredPlace[] {
  const withMemory = topology.nodes.filter(({ memory }) => (orNull(memory)?.totalBytes ?? 0) > 0);
  return cpus.ids().flatMap((cpu) => {
    const own = topology.cpus.find((one) => one.cpu === cpu)?.node ?? null;
    const others = withMemory.filter(({ node }) => node !== own && withMemory.length > 1);
    return [{ cpu, node: null, own }, ...others.map(({ node }) => ({ cpu, node, own }))];
  });
}

/** What a container forbids is a gap; what was asked for and cannot be is an error. */
export function remoteGap(cpu: number, node: number | null, error: unknown): Gap {
  if (node === null || !(error instanceof KeelError) || error.code !== 'E_CONFLICT') throw error;
  const hint = `memory of node ${node} cannot be had: ${error.parts.what.en}`;
  return { field: `rows of cpu ${cpu}, node ${node}`, path: 'set_mempolicy', reason: 'denied', hint };
}
