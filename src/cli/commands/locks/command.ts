/** `keel locks`: who keeps memory locked, how much of it is really there, and which limit the next lock meets. */
import { findTargets } from '../../../app/find-targets.ts';
import { type LocksRequest, readLocks } from '../../../app/read-locks.ts';
import { KeelError } from '../../../base/errors.ts';
import { MIB } from '../../../base/units.ts';
import type { Host } from '../../../host/host.ts';
import { lockWarnings } from '../../../model/locked-memory.ts';
import { type Context, defineCommand, type StreamRecord } from '../../command.ts';
import { ALL, duration, flag, SYSROOT, size, wholeNumber } from '../../options.ts';
import { locksJson } from './json.ts';
import { locksLines, shortLines } from './render.ts';

const SHOWN_PROCESSES = 10;
const MOST_BYTES = 2 ** 50;

export default defineCommand({
  name: 'locks',
  summary: {
    en: 'who keeps memory locked, how much of it is really there, and the limits that apply',
    ko: '누가 메모리를 잠갔는지, 그중 실제로 상주하는 양과 적용되는 한도',
  },
  details: {
    en: 'VmLck is address space: pages never touched count in it, and mappings without access too. Beside it stands what is locked and resident. With a target it says which limit applies, how to raise it, and what survives fork and exec.',
    ko: 'VmLck는 주소 공간의 크기이므로 한 번도 쓰지 않은 페이지와 접근할 수 없는 매핑도 들어갑니다. 그 옆에 실제로 잠겨 상주하는 양을 보여 줍니다. 대상을 지정하면 어떤 한도가 적용되는지, 어떻게 올리는지, fork와 exec 뒤에 무엇이 남는지도 알려 줍니다.',
  },
  arguments: [
    {
      name: '[target]',
      describe: { en: 'only this process, with advice', ko: '이 프로세스만, 조언과 함께' },
      completes: 'target',
    },
  ],
  options: {
    every: duration('--every <duration>', { en: 'again and again', ko: '이 간격으로 반복' }, 100e6),
    for: duration(
      '--for <duration>',
      { en: 'how long, with --every', ko: '--every와 함께, 계속할 시간' },
      100e6,
    ),
    min: size(
      '--min <size>',
      { en: 'processes that lock at least so much (1MiB)', ko: '이만큼 이상 잠근 프로세스만 (1MiB)' },
      0,
      MOST_BYTES,
    ),
    show: wholeNumber(
      '--show <processes>',
      { en: `processes to list (${SHOWN_PROCESSES})`, ko: `표시할 프로세스 수 (${SHOWN_PROCESSES})` },
      1,
      100_000,
    ),
    all: ALL,
    exitCode: flag('--exit-code', {
      en: 'exit with 3 where there are warnings',
      ko: '경고가 있으면 종료 코드 3',
    }),
    sysroot: SYSROOT,
  },
  examples: [
    {
      line: 'keel locks',
      does: { en: 'everyone who locks 1 MiB or more', ko: '1 MiB 이상 잠근 모든 프로세스' },
    },
    {
      line: 'keel locks redis-server',
      does: { en: 'one process, and its limit', ko: '프로세스 하나와 그 한도' },
    },
    { line: 'keel locks --every 5s --for 5m', does: { en: 'as a monitor', ko: '지켜보기' } },
  ],
  async run({ args, options, context }) {
    const { host } = context.open();
    const [text] = args;
    const found =
      text === undefined ? null : findTargets(host, text, { all: options.all === true, command: 'locks' });
    const request: LocksRequest = {
      tgids: found?.map((target) => target.tgid) ?? null,
      leastBytes: options.min ?? MIB,
    };
    const show = options.show ?? SHOWN_PROCESSES;
    if (options.every !== undefined) {
      if (host.kind !== 'live') throw standsStill();
      return {
        kind: 'stream',
        records: again(host, context, request, options.every, options.for ?? null, show),
      };
    }
    if (options.for !== undefined) throw forWithoutEvery();
    const locks = readLocks(host, request);
    if (text !== undefined && locks.processes.length === 0) throw ended(text);
    return {
      kind: 'document',
      findings: lockWarnings(locks).length,
      json: locksJson(locks, null),
      lines: (look) =>
        locksLines(locks, { show, advise: text !== undefined, sysroot: options.sysroot }, look),
    };
  },
});

async function* again(
  host: Host,
  { clock, signal }: Context,
  request: LocksRequest,
  everyNs: number,
  durationNs: number | null,
  show: number,
): AsyncGenerator<StreamRecord> {
  const began = clock.monotonicNs();
  for (let turn = 1; !signal.aborted; turn += 1) {
    const locks = readLocks(host, request);
    const unixMs = clock.unixMs();
    yield { json: locksJson(locks, unixMs), lines: (look) => shortLines(locks, unixMs, show, look) };
    const elapsedNs = Number(clock.monotonicNs() - began);
    if (durationNs !== null && turn * everyNs > durationNs) return;
    await clock.sleep(Math.max(0, turn * everyNs - elapsedNs), signal);
  }
}

function ended(text: string): KeelError {
  return new KeelError('E_GONE', {
    what: { en: `${text} ended while it was read`, ko: `${text}이(가) 읽는 동안 끝났습니다` },
  });
}

function standsStill(): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: 'a captured machine stands still: leave out --every',
      ko: '캡처는 변하지 않습니다. --every를 빼세요',
    },
  });
}

function forWithoutEvery(): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: '--for needs --every', ko: '--for에는 --every가 필요합니다' },
    next: [{ en: 'Such as: keel locks --every 5s --for 5m', ko: '예: keel locks --every 5s --for 5m' }],
  });
}
