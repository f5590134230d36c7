// Runs a list of steps inside a lab machine and prints what each one gave, one JSON object a line.
// usage: node run-steps.mjs STEPS, where STEPS is the JSON of an array of Step (see ../machine.ts).
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const STEP_TIMEOUT_MS = 240_000;

/** Programs that were started, by the number of their step. */
const started = new Map();

/** What the steps gave, in their order. */
const outcomes = [];

/**
 * In a word, `{pid:3}` is the process that step 3 started, `{tid:3:worker}` its thread of that name, and
 * `{field:4:change}` what the document of step 4 has there.
 */
function filled(word) {
  return word.replace(/\{(pid|tid|field):(\d+)(?::(\w+))?\}/g, (whole, kind, step, name) => {
    if (kind === 'field') return valueIn(outcomes[step].stdout, name) ?? whole;
    const { threads, pid } = started.get(Number(step));
    return String(kind === 'pid' ? pid : threads[name]);
  });
}

/** A step that failed has no document; the steps after it still run. */
function valueIn(text, name) {
  try {
    return JSON.parse(text)[name];
  } catch {
    return undefined;
  }
}

const kinds = {
  run({ command }) {
    const [program, ...args] = command.map(filled);
    const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: STEP_TIMEOUT_MS,
      maxBuffer: 64 << 20,
    });
    return { status, signal, stdout: stdout ?? '', stderr: stderr || String(error ?? '') };
  },

  read({ path }) {
    try {
      return { status: 0, stdout: readFileSync(filled(path), 'utf8'), stderr: '' };
    } catch (error) {
      return { status: 1, stdout: '', stderr: String(error) };
    }
  },

  /** Waits for the program's first line, which says that it is ready and names its threads. */
  async start({ command }, number) {
    const [program, ...args] = command.map(filled);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value = '' } = await lines.next();
    started.set(number, { child, pid: child.pid, threads: JSON.parse(value || '{}') });
    return { status: child.exitCode ?? 0, stdout: value, stderr: '' };
  },

  async stop({ step }) {
    const { child } = started.get(step);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    return { status: child.exitCode, signal: child.signalCode, stdout: '', stderr: '' };
  },
};

for (const [number, step] of JSON.parse(process.argv[2]).entries()) {
  const outcome = await kinds[step.kind](step, number);
  outcomes.push(outcome);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
for (const { child } of started.values()) child.kill('SIGKILL');
