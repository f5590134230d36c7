/** The program of a Worker: pins itself, does a job of an experiment, and says how far it had its CPU meanwhile. */
import { parentPort } from 'node:worker_threads';
import { CpuSet } from '../../base/cpu-set.ts';
import { getAffinity, setAffinity } from '../../native/affinity.ts';
import { KernelError } from '../../native/libc.ts';
import { setOwnMemoryPolicy } from '../../native/memory-policy.ts';
import { threadUsage } from '../../native/thread-usage.ts';
import { EXPERIMENTS } from '../index.ts';
import type { Place, Reply, Request } from './pinned-worker.ts';

/** MPOL_BIND: from these nodes or not at all. */
const BIND = 2;

function settle({ cpu, node }: Place): void {
  const wanted = CpuSet.of(cpu);
  setAffinity(0, wanted);
  // The kernel silently takes away what a cpuset forbids; of one CPU nothing is left then, which it refuses.
  if (!getAffinity(0).equals(wanted)) throw new Error(`the thread is not on CPU ${cpu} alone`);
  if (node !== null) setOwnMemoryPolicy(BIND, CpuSet.of(node));
}

async function answer({ experiment, place, job }: Request): Promise<Reply> {
  const entry = EXPERIMENTS.find((one) => one.name === experiment);
  if (entry === undefined) throw new Error(`no experiment ${experiment}`);
  const { work } = await entry.load();
  settle(place);
  const before = threadUsage();
  const began = process.hrtime.bigint();
  const result = work(job as never);
  const wallNs = Number(process.hrtime.bigint() - began);
  const after = threadUsage();
  return {
    kind: 'done',
    answer: result,
    usage: {
      wallNs,
      cpuNs: after.cpuNs - before.cpuNs,
      involuntarySwitches: after.involuntarySwitches - before.involuntarySwitches,
    },
  };
}

parentPort?.on('message', (request: Request) => {
  answer(request)
    .catch((error: unknown): Reply => {
      const errnoName = error instanceof KernelError ? error.errnoName : outOfMemory(error);
      return { kind: 'refused', what: error instanceof Error ? error.message : String(error), errnoName };
    })
    .then((reply) => parentPort?.postMessage(reply));
});

/** V8 tells of memory it cannot have with a RangeError. */
function outOfMemory(error: unknown): string | null {
  return error instanceof RangeError && /memory|allocation/i.test(error.message) ? 'ENOMEM' : null;
}
