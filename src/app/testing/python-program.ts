/** Programs in Python that live tests look at from outside. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const hasPython = spawnSync('python3', ['-c', '']).status === 0;

/**
 * Starts a program that prints a line when it is ready, waits for a line on its input, prints a number and waits again;
 * ends it.
 * @param meanwhile while it waits
 * @returns the number
 */
export async function numberAfter(
  source: string,
  args: readonly string[],
  meanwhile: (pid: number) => Promise<void>,
): Promise<number> {
  const program = spawn('python3', ['-c', source, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: program.stdout });
    await once(lines, 'line');
    await meanwhile(program.pid as number);
    program.stdin.write('go\n');
    const [text] = (await once(lines, 'line')) as [string];
    return Number(text);
  } finally {
    program.kill('SIGKILL');
  }
}
