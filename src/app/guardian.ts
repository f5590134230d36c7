/**
 * The guardian of a change that ends by itself: `keel undo c-17 --when-due` in a session of its own. It is started
 * before the first thread is touched, so that the change ends even where the tool is killed. That of a trial,
 * `keel undo c-17 --when-orphaned`, waits for the death of the one who started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ProcessId } from '../actions/controls.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { processStat } from '../kernel/task/stat.ts';
import { KernelError } from '../native/libc.ts';
import { Pidfd } from '../native/pidfd.ts';
import type { Workshop } from './workshop.ts';

/** @throws KeelError E_IO where no process can be started */
export function startGuardian(workshop: Workshop, change: string): ProcessId {
  return identityOf(workshop, spawnKeel(['undo', change, '--when-due'], 'ignore'));
}

/**
 * Holds the other end of a pipe: whatever ends us, the kernel closes our end, and the guardian undoes the change.
 * @throws KeelError E_IO where no process can be started
 */
export function startOrphanGuardian(workshop: Workshop, change: string): ProcessId {
  const child = spawnKeel(['undo', change, '--when-orphaned'], 'pipe');
  // It may have been ended before us; then nobody reads, and that is no error of ours.
  child.stdin?.on('error', () => {});
  // Of the types of Node.js, a stream does not say that it is a socket.
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return identityOf(workshop, child);
}

function spawnKeel(words: readonly string[], stdin: 'ignore' | 'pipe'): ChildProcess {
  const [node, program] = [process.execPath, process.argv[1] ?? ''];
  const child = spawn(node, [...process.execArgv, program, ...words], {
    detached: true,
    stdio: [stdin, 'ignore', 'ignore'],
    cwd: '/',
  });
  child.on('error', () => {});
  child.unref();
  return child;
}

function identityOf(workshop: Workshop, child: ChildProcess): ProcessId {
  const tgid = child.pid;
  const stat = tgid === undefined ? null : orNull(workshop.host.read(processStat, { pid: tgid }));
  if (tgid === undefined || stat === null) {
    throw new KeelError('E_IO', {
      what: {
        en: 'the process that would end the change in time cannot be started; nothing was changed',
        ko: '제때 되돌릴 프로세스를 시작할 수 없습니다. 아무것도 바꾸지 않았습니다',
      },
    });
  }
  return { tgid, startTicks: stat.startTicks };
}

/** Ends it, unless it has ended or is us. */
export function endGuardian(workshop: Workshop, guardian: ProcessId): void {
  if (guardian.tgid === workshop.self.tgid) return;
  let held: Pidfd | undefined;
  try {
    held = new Pidfd(guardian.tgid);
    // Asked after it is held: now the number cannot become another process's.
    if (workshop.controls.isAlive(guardian)) held.signal(constants.signals.SIGTERM);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    // It has ended meanwhile, or belongs to root; it will find the change undone.
  } finally {
    held?.close();
  }
}
