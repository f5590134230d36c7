/** Many processes that do nothing: what a machine mostly has. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** They are gone when the action ends. */
export async function withSleepers<T>(count: number, action: () => Promise<T>): Promise<T> {
  const sleepers = Array.from({ length: count }, () => spawn('sleep', ['3600'], { stdio: 'ignore' }));
  try {
    await Promise.all(sleepers.map((sleeper) => once(sleeper, 'spawn')));
    return await action();
  } finally {
    for (const sleeper of sleepers) sleeper.kill();
  }
}
