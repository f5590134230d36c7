/** Opens the machine to look at: the running one, a folder with the copy of one, or a capture file. */
import { readFileSync, statSync } from 'node:fs';
import { endianness, machine, platform, release } from 'node:os';
import { FormatError, KeelError } from '../base/errors.ts';
import { orNull, present } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { systemReason } from '../base/system-error.ts';
import { type Capture, parseCapture } from '../host/capture.ts';
import { type Facts, NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { FolderSource, LiveSource } from '../host/live.ts';
import { MemorySource } from '../host/memory.ts';
import { cpuFolders } from '../kernel/cpu/lists.ts';
import { bootId } from '../kernel/proc/boot-id.ts';
import { auxiliaryVector } from '../kernel/task/auxv.ts';
import { processList } from '../kernel/task/lists.ts';
import { readFolderFacts } from './folder-facts.ts';

/** A machine at one moment or several; a running machine has no list of moments. */
export interface OpenedHost {
  readonly host: Host;
  /** For a capture, one host per moment with its time; empty for the running machine and for folders. */
  readonly moments: readonly { readonly host: Host; readonly monotonicNs: bigint }[];
}

/** @throws KeelError E_UNSUPPORTED on systems other than Linux, or without /proc */
export function openLiveHost(): Host {
  if (platform() !== 'linux') {
    throw new KeelError('E_UNSUPPORTED', {
      what: {
        en: `keel looks at Linux machines; this is ${platform()}`,
        ko: `keel은 Linux 전용입니다. 이 시스템은 ${platform()}입니다`,
      },
      next: [
        {
          en: 'A captured Linux machine can be read anywhere: keel topo --sysroot FILE',
          ko: '캡처한 Linux 컴퓨터는 어디서나 볼 수 있습니다: keel topo --sysroot FILE',
        },
      ],
    });
  }
  const source = new LiveSource();
  const bare = new Host('live', { ...NO_FACTS, littleEndian: endianness() === 'LE' }, source);
  const vector = orNull(bare.read(auxiliaryVector, { pid: 'self' }));
  if (vector === null) {
    throw new KeelError('E_UNSUPPORTED', {
      what: {
        en: '/proc is not mounted or not readable here',
        ko: '/proc가 마운트되지 않았거나 읽을 수 없습니다',
      },
      next: [{ en: 'Mount it: mount -t proc proc /proc', ko: '마운트하세요: mount -t proc proc /proc' }],
    });
  }
  const facts: Facts = {
    ...bare.facts,
    ...vector,
    release: release(),
    arch: machine(),
    bootId: orNull(bare.read(bootId)),
  };
  return new Host('live', facts, source);
}

/**
 * @param sysroot a folder or a capture file; undefined is the running machine
 * @throws KeelError E_IO where it cannot be read, E_FORMAT where it holds no machine
 */
export function openHost(sysroot?: string): OpenedHost {
  if (sysroot === undefined) return { host: openLiveHost(), moments: [] };
  if (isFolder(sysroot)) {
    const source = new FolderSource(sysroot);
    if (!holdsMachine(source)) throw notAMachine(sysroot);
    return { host: new Host('captured', readFolderFacts(source), source), moments: [] };
  }
  const capture = readCapture(sysroot);
  const moments = capture.moments.map((moment) => ({
    host: new Host('captured', capture.facts, new MemorySource(moment.entries)),
    monotonicNs: moment.monotonicNs,
  }));
  const [first] = moments;
  if (first === undefined) throw new Error('a capture has at least one moment');
  return { host: first.host, moments };
}

/** A folder above, below or beside the copy would otherwise be a machine of which nothing is known. */
function holdsMachine(source: FolderSource): boolean {
  const bare = new Host('captured', NO_FACTS, source);
  return present(bare.read(cpuFolders)) || present(bare.read(processList));
}

function notAMachine(path: string): KeelError {
  return new KeelError('E_FORMAT', {
    what: {
      en: `${path} holds no machine: neither proc nor sys/devices/system/cpu is in it`,
      ko: `${path}에 컴퓨터의 사본이 없습니다: proc도 sys/devices/system/cpu도 없습니다`,
    },
    next: [WHAT_SYSROOT_TAKES],
  });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readCapture(path: string): Capture {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return parseCapture(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new KeelError('E_FORMAT', {
      what: {
        en: `${path} is not a capture: ${error.message}`,
        ko: `${path}은(는) 캡처 파일이 아닙니다: ${error.message}`,
      },
      next: [{ en: 'Make one: keel capture -o FILE', ko: '캡처 만들기: keel capture -o FILE' }],
      cause: error,
    });
  }
}

const WHAT_SYSROOT_TAKES: Sentence = {
  en: '--sysroot takes a folder with a copy of /proc and /sys, or a file made by keel capture',
  ko: '--sysroot에는 /proc와 /sys의 사본 폴더나 keel capture로 만든 파일을 지정합니다',
};

function unreadable(path: string, error: unknown): KeelError {
  const reason = systemReason(error);
  return new KeelError('E_IO', {
    what: { en: `cannot read ${path}: ${reason.en}`, ko: `${path}을(를) 읽을 수 없습니다: ${reason.ko}` },
    next: [WHAT_SYSROOT_TAKES],
    cause: error,
  });
}
