/** Recorders that run in the background: who they are, how one is started, found and ended. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { KernelError } from '../native/libc.ts';
import { Pidfd } from '../native/pidfd.ts';
import type { Clock } from './clock.ts';
import { stateFolder } from './state-folder.ts';

/** A process by its id and start: an id alone may be somebody else's by now. */
export interface Recorder {
  readonly tgid: number;
  readonly startTicks: string;
  readonly bootId: string | null;
  readonly recording: number;
  readonly title: string;
  readonly everyNs: number;
  readonly beganMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A zombie, and one that is being removed. */
const ENDED_STATES: ReadonlySet<string> = new Set(['Z', 'X']);
const POLL_NS = 50e6;
/** A recorder loads its BPF programs first, which takes seconds on a busy machine. */
const START_NS = 30e9;
/** It writes what waits; a disk may be slow. */
const STOP_NS = 20e9;

function folderOf(env: Environment): string {
  return join(stateFolder(env, process.geteuid?.() === 0), 'recorders');
}

/** Tells the others that this process records. @returns what takes it back */
export function announceRecorder(
  host: Host,
  env: Environment,
  parts: Omit<Recorder, 'tgid' | 'startTicks' | 'bootId'>,
): () => void {
  const folder = folderOf(env);
  const path = join(folder, `${process.pid}.json`);
  const startTicks = String(orNull(host.read(processStat, { pid: process.pid }))?.startTicks ?? '');
  const recorder: Recorder = { tgid: process.pid, startTicks, bootId: host.facts.bootId, ...parts };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(recorder), { mode: 0o600 });
  return () => unlinkSync(path);
}

/** Those that still run. What a killed one left behind is removed. */
export function listRecorders(host: Host, env: Environment): readonly Recorder[] {
  const folder = folderOf(env);
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    // No folder: nobody ever recorded.
    return [];
  }
  return names.flatMap((name) => {
    const recorder = readRecorder(join(folder, name));
    if (recorder !== null && isRunning(host, recorder)) return [recorder];
    removeLeft(folder, name);
    return [];
  });
}

function readRecorder(path: string): Recorder | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Recorder;
    return typeof value.tgid === 'number' && typeof value.startTicks === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** A killed one that nobody has waited for (many a container's first process never does) runs no more. */
function isRunning(host: Host, { tgid, startTicks, bootId }: Recorder): boolean {
  const stat = orNull(host.read(processStat, { pid: tgid }));
  if (stat === null || ENDED_STATES.has(stat.state)) return false;
  return bootId === host.facts.bootId && String(stat.startTicks) === startTicks;
}

function removeLeft(folder: string, name: string): void {
  for (const path of [join(folder, name), join(folder, name.replace('.json', '.log'))]) {
    try {
      unlinkSync(path);
    } catch {
      // Somebody else removed it, or it belongs to somebody else.
    }
  }
}

/**
 * Starts `keel record start ... --foreground` in a session of its own, and waits until it records.
 * @throws KeelError with what the recorder said, where it ended at once
 */
export async function startRecorder(
  host: Host,
  env: Environment,
  clock: Clock,
  words: readonly string[],
): Promise<Recorder> {
  const folder = folderOf(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `start-${process.pid}.log`);
  const log = openSync(path, 'w', 0o600);
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, program, ...words], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  closeSync(log);
  child.unref();
  let hasEnded = false;
  child.on('exit', () => {
    hasEnded = true;
  });
  child.on('error', () => {
    hasEnded = true;
  });
  try {
    for (let waitedNs = 0; waitedNs < START_NS && !hasEnded; waitedNs += POLL_NS) {
      const found = listRecorders(host, env).find((one) => one.tgid === child.pid);
      if (found !== undefined) return found;
      await clock.sleep(POLL_NS);
    }
    throw notStarted(readFileSync(path, 'utf8').trim());
  } finally {
    unlinkSync(path);
  }
}

function notStarted(said: string): KeelError {
  const [first = '', ...rest] = said.replace(/^error E_[A-Z]+: /, '').split('\n');
  return new KeelError('E_IO', {
    what: {
      en: `the recorder did not start${first === '' ? '' : `: ${first}`}`,
      ko: `기록기가 시작되지 않았습니다${first === '' ? '' : `: ${first}`}`,
    },
    next: rest.map((line) => ({ en: line, ko: line })),
  });
}

/** @returns whether it has ended in time. @throws KeelError E_PRIVILEGE where it is somebody else's */
export async function stopRecorder(
  host: Host,
  env: Environment,
  clock: Clock,
  recorder: Recorder,
): Promise<boolean> {
  let held: Pidfd | undefined;
  try {
    held = new Pidfd(recorder.tgid);
    // Asked after it is held: now the number cannot become another process's.
    if (isRunning(host, recorder)) held.signal(constants.signals.SIGTERM);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (isRunning(host, recorder)) throw notOurs(recorder);
  } finally {
    held?.close();
  }
  for (let waitedNs = 0; waitedNs < STOP_NS; waitedNs += POLL_NS) {
    if (listRecorders(host, env).every((one) => one.tgid !== recorder.tgid)) return true;
    await clock.sleep(POLL_NS);
  }
  return false;
}

function notOurs({ recording, tgid }: Recorder): KeelError {
  return new KeelError('E_PRIVILEGE', {
    what: {
      en: `the recorder of r-${recording}, process ${tgid}, cannot be ended by this user`,
      ko: `r-${recording}의 기록기(프로세스 ${tgid})를 이 사용자가 끝낼 수 없습니다`,
    },
  });
}
