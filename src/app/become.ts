/** `keel run`: places this process as asked, and then becomes the program. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Refused } from '../actions/refused.ts';
import { type MemoryPolicy, memoryPolicyText } from '../actions/settings/memory-policy.ts';
import { type SchedulingWish, wishScheduling } from '../actions/settings/scheduling.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { processLimits } from '../kernel/task/limits.ts';
import { processStat } from '../kernel/task/stat.ts';
import { becomeProgram, type ExecState } from '../native/exec.ts';
import { KernelError } from '../native/libc.ts';
import { setOwnMemoryPolicy } from '../native/memory-policy.ts';
import { refusalError } from './change-errors.ts';
import { asRefusal } from './kernel-refusals.ts';
import { NativeControls } from './native-controls.ts';
import { isKeptOff, shieldEntrance } from './shield-entrance.ts';

export interface RunRequest {
  readonly command: readonly string[];
  readonly cpus: CpuSet | null;
  readonly scheduling: SchedulingWish | null;
  readonly memory: MemoryPolicy | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns only by throwing.
 * @param announce called when everything is set, right before the program takes over
 * @throws KeelError E_USAGE for a program that is not there, E_PRIVILEGE, E_CONFLICT, E_KERNEL
 */
export function placeAndBecome(
  host: Host,
  request: RunRequest,
  env: Environment,
  announce: () => void,
): never {
  const [name = '', ...args] = request.command;
  const file = findProgram(name, env.PATH);
  try {
    placeSelf(host, request);
  } catch (error) {
    throw error instanceof Refused ? refusalError(error) : error;
  }
  announce();
  try {
    becomeProgram(file, args, execState(host, env));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw cannotRun(name, error.errnoName);
  }
}

/** What is asked for, in a few words: "CPUs 8-15, memory bind:0, policy batch". */
export function describePlacement({ cpus, scheduling, memory }: RunRequest): Sentence {
  const memoryText = memory === null ? '' : memoryPolicyText(memory);
  const policyText = scheduling === null ? '' : wishScheduling(scheduling).label;
  const parts: Sentence[] = [];
  if (cpus !== null) parts.push({ en: `CPUs ${cpus}`, ko: `CPU ${cpus}` });
  if (memoryText !== '') parts.push({ en: `memory ${memoryText}`, ko: `메모리 ${memoryText}` });
  if (policyText !== '') parts.push({ en: `policy ${policyText}`, ko: `정책 ${policyText}` });
  if (parts.length === 0) parts.push({ en: 'nothing set', ko: '설정 없음' });
  return { en: parts.map((part) => part.en).join(', '), ko: parts.map((part) => part.ko).join(', ') };
}

/** The main thread alone is placed; it is the one that execve(2) leaves. Other threads end there. */
function placeSelf(host: Host, { cpus, scheduling, memory }: RunRequest): void {
  const controls = new NativeControls(host);
  const startTicks = orNull(host.read(processStat, { pid: process.pid }))?.startTicks ?? 0n;
  const self = { tgid: process.pid, startTicks };
  const thread = { tid: process.pid, startTicks };
  if (memory !== null) {
    asRefusal(() => setOwnMemoryPolicy(memory.mode | memory.flags, CpuSet.parseList(memory.nodes)));
  }
  const wish = scheduling === null ? null : wishScheduling(scheduling);
  if (wish !== null) {
    controls.setScheduling(self, thread, wish.want(controls.getScheduling(self, thread)));
  }
  if (cpus === null) return;
  const entrance = isKeptOff(controls.machine, self, cpus) ? shieldEntrance(controls.machine, cpus) : null;
  if (entrance !== null) controls.machine.moveProcess(self, entrance);
  controls.setAffinity(self, thread, cpus.toKernelList());
  const found = controls.getAffinity(self, thread);
  if (found === cpus.toKernelList()) return;
  throw new KeelError('E_CONFLICT', {
    what: {
      en: `of CPUs ${cpus}, only ${found} are allowed here by the cpuset; nothing was started`,
      ko: `CPU ${cpus} 중 cpuset이 허용하는 것은 ${found}뿐이라서 시작하지 않았습니다`,
    },
    next: [{ en: 'Take those that are: --cpus allowed', ko: '허용된 CPU 사용: --cpus allowed' }],
  });
}

/**
 * Node.js raised the soft limit of open files to the hard one; the caller's own is not written anywhere else than with
 * the caller.
 */
function execState(host: Host, env: Environment): ExecState {
  const own = orNull(host.read(processLimits, { pid: process.pid }))?.get(OPEN_FILES);
  const caller = orNull(host.read(processLimits, { pid: process.ppid }))?.get(OPEN_FILES);
  const isKnown = typeof own?.hard === 'bigint' && typeof caller?.soft === 'bigint';
  return {
    openFiles: isKnown
      ? {
          soft: caller.soft < own.hard ? (caller.soft as bigint) : (own.hard as bigint),
          hard: own.hard as bigint,
        }
      : null,
    inherit: socketsOfSystemd(env),
  };
}

const OPEN_FILES = 'Max open files';
const FIRST_SOCKET = 3;

/** sd_listen_fds(3): LISTEN_PID stays right, because the program keeps our id. */
function socketsOfSystemd(env: Environment): readonly number[] {
  const count = Number(env.LISTEN_FDS ?? 0);
  if (env.LISTEN_PID !== String(process.pid) || !Number.isInteger(count) || count < 1) return [];
  return Array.from({ length: Math.min(count, 1024) }, (_, i) => FIRST_SOCKET + i);
}

/** As execvp(3) looks for it, so that a wrong name is told before anything is changed. @throws KeelError E_USAGE */
export function findProgram(name: string, path = '/usr/local/bin:/usr/bin:/bin'): string {
  const candidates = name.includes('/') ? [name] : path.split(delimiter).map((folder) => join(folder, name));
  let reason = 'ENOENT';
  for (const file of candidates) {
    try {
      accessSync(file, constants.X_OK);
      if (!statSync(file).isDirectory()) return file;
      reason = 'EISDIR';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code !== 'ENOENT' && code !== 'ENOTDIR') reason = code;
    }
  }
  throw cannotRun(name, reason);
}

function cannotRun(name: string, reason: string): KeelError {
  const isUnknown = reason === 'ENOENT';
  return new KeelError('E_USAGE', {
    what: isUnknown
      ? { en: `command not found: ${name}`, ko: `명령을 찾을 수 없습니다: ${name}` }
      : { en: `${name} cannot be run: ${reason}`, ko: `${name}을(를) 실행할 수 없습니다: ${reason}` },
    pointer: { text: name, start: 0, end: name.length },
  });
}
