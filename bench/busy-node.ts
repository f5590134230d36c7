/** What is watched: a Node.js program that has threads of its own, and something to do fifty times a second. */
import { spawn } from 'node:child_process';

const PROGRAM = 'setInterval(() => Buffer.alloc(1e5, 1), 20)';

/** It ends when `use` does. */
export async function withBusyNode<T>(use: (pid: number) => Promise<T>): Promise<T> {
  const target = spawn(process.execPath, ['-e', PROGRAM], { stdio: 'ignore' });
  try {
    return await use(target.pid ?? process.pid);
  } finally {
    target.kill();
  }
}
