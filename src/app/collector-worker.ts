/** The thread that collects, see collecting.ts. An entry of the bundle. */
import { parentPort, workerData } from 'node:worker_threads';
import { Collecting, type CollectorMessage, type CollectorPlan } from './collecting.ts';

function collect(stop: Int32Array, plan: CollectorPlan, send: (message: CollectorMessage) => void): void {
  let collecting: Collecting | null = null;
  try {
    collecting = new Collecting(plan);
    send({ kind: 'ready' });
    send({ kind: 'finished', parts: collecting.run(stop, send) });
  } catch (error) {
    collecting?.discard();
    const { code, message } = error as NodeJS.ErrnoException;
    send({ kind: 'failed', code: code ?? null, message });
  } finally {
    collecting?.close();
  }
}

const stop = new Int32Array(workerData as SharedArrayBuffer);
// It starts while events are still being opened; the plan comes when they are.
parentPort?.once('message', (plan: CollectorPlan) => {
  collect(stop, plan, (message) => {
    const buffers = message.kind === 'finished' ? message.parts.chunks.map((chunk) => chunk.buffer) : [];
    parentPort?.postMessage(message, buffers);
  });
});
