/** From a CPU-set expression to CPUs of one machine: the same for every command, rule and the API. */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type CpuState, cpusInState } from '../kernel/cpu/lists.ts';
import { ownAllowed } from '../kernel/proc/allowed.ts';
import { parseCpuExpression } from '../model/cpu-expression.ts';
import { type CpuWorld, evaluateCpus } from '../model/cpu-terms.ts';
import type { Topology } from '../model/topology.ts';
import { readInterruptedCpus } from './interrupted-cpus.ts';
import { readTopology } from './read-topology.ts';

export interface ResolveOptions {
  /** What `allowed` means: the target's allowed CPUs; keel's own by default. */
  readonly allowed?: CpuSet;
  /** The topology, where the caller has read it already. */
  readonly topology?: Topology;
}

/**
 * The online CPUs that the expression names, at least one. Grammar: model/cpu-expression.ts.
 * @throws KeelError E_USAGE pointing at what is malformed, does not exist here, or leaves nothing
 */
export function resolveCpus(host: Host, text: string, options: ResolveOptions = {}): CpuSet {
  return evaluateCpus(parseCpuExpression(text), text, worldOf(host, options));
}

/** Plain lists need two small files; the topology is read when a term asks for it. */
function worldOf(host: Host, options: ResolveOptions): CpuWorld {
  const topology = once(() => options.topology ?? readTopology(host));
  const listed = (state: CpuState) =>
    options.topology === undefined ? orNull(host.read(cpusInState, { state })) : null;
  const online = once(() => listed('online') ?? topology().online);
  return {
    topology,
    online,
    cpus: once(() => listed('present')?.union(online()) ?? topology().online.union(topology().offline)),
    allowed: () => options.allowed ?? readAllowed(host),
    interrupted: () => readInterruptedCpus(host),
  };
}

function readAllowed(host: Host): Maybe<CpuSet> {
  const allowed = host.read(ownAllowed);
  return isMissing(allowed) ? allowed : (allowed.cpus ?? missing('absent', 'Cpus_allowed_list'));
}

function once<T>(f: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => {
    kept ??= { value: f() };
    return kept.value;
  };
}
