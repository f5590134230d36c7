#!/usr/bin/env node
/** The program: connects `main` to this process. Loads as little as it can before it knows what is asked. */
import manifest from '../../package.json' with { type: 'json' };

if (['--version', '-V', 'version'].includes(process.argv[2] ?? '')) {
  process.stdout.write(`keel ${manifest.version}\n`);
} else {
  run().catch(cannotBegin);
}

async function run(): Promise<void> {
  const { main } = await import('./main.ts');
  const stop = new AbortController();
  let reload: (() => void) | null = null;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (name === 'SIGHUP' && reload !== null) return reload();
      // A second one does not wait for anything.
      if (stop.signal.aborted) process.exit(130);
      stop.abort(name);
    });
  }
  // `| head` ends quietly; without a reader of its errors the exit code still tells.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    void sayUnwritable(error);
  });
  process.stderr.on('error', () => {});
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env: process.env,
    stdinIsTerminal: process.stdin.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    signal: stop.signal,
    onHangup: (listener) => {
      reload = listener;
    },
  });
}

/** Where not even the parts of this program can be opened: said without loading one for it. */
function cannotBegin(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write(
    'error E_CONFLICT: too many open files: the program cannot be loaded\nRaise the limit: ulimit -n 4096\n',
  );
  process.exitCode = 1;
}

/** A full disk behind `> file`: half of a document must not look like a success. */
async function sayUnwritable(error: Error): Promise<void> {
  const { systemReason } = await import('../base/system-error.ts');
  const reason = systemReason(error).en;
  process.stderr.write(`error E_IO: cannot write to standard output: ${reason}\n`, () => process.exit(1));
}
