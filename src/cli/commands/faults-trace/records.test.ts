import { describe, expect, it } from 'vitest';
import type { Followed, FollowedFault } from '../../../app/follow-faults.ts';
import { homeOf, UNKNOWN_HOME } from '../../../model/faults/page-nodes.ts';
import type { StreamRecord } from '../../command.ts';
import { cells, createLook } from '../../output/look.ts';
import { traceRecords } from './records.ts';
import { CSV_HEADER } from './rows.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });
const korean = createLook({ language: 'ko', width: 80, unicode: true, colour: false });
const target = { tgid: 4127, comm: 'arena', startTicks: 1n, tid: null };

const ANONYMOUS = { id: 1, kind: 'anonymous', path: '' } as const;

function fault(over: Partial<FollowedFault>): FollowedFault {
  return {
    kind: 'minor',
    tgid: 4127,
    tid: 4131,
    cpu: 0,
    timeNs: 0,
    latencyNs: 3_120_000,
    sleptNs: 3_000_000,
    preemptedNs: 0,
    address: 0x7f12_3456_7000,
    ip: null,
    kernelIp: null,
    pageBytes: 4096,
    physicalMebibyte: null,
    callchain: null,
    errorCode: 4,
    signs: 0,
    place: { id: 1, kind: 'file', path: '/srv/maps/arena_03.pak' },
    fileOffset: 61_000_000,
    cause: 'read-ahead-wait',
    stack: 0,
    home: UNKNOWN_HOME,
    comm: 'tick',
    code: { function: 'ChunkCache::load', binary: '/srv/arena/arena', offset: 4096 },
    frames: [],
    monotonicNs: 5_000_000_000_123n,
    unixMs: Date.UTC(2026, 0, 1, 14, 1, 52, 7),
    ...over,
  };
}

const source = { obtainedBy: 'bpf', because: null, sampling: { excludeKernel: false } } as Extract<
  Followed,
  { kind: 'started' }
>['source'];
const measured = {
  elapsedNs: 10e9,
  counted: { entry: 61_300n, minor: 61_290n, major: 10n },
  lost: 1204,
  unpaired: 0,
  addressMismatches: 0,
  userOnly: false,
  callchains: false,
  obtainedBy: 'bpf' as const,
  withoutNodes: null,
  ownCpuNs: 40e6,
};

async function records(steps: readonly Followed[], overNs = 100_000): Promise<StreamRecord[]> {
  async function* all() {
    yield* steps;
  }
  const view = { targets: [target], filter: { overNs, majorOnly: false } };
  const found: StreamRecord[] = [];
  for await (const record of traceRecords(all(), view)) found.push(record);
  return found;
}

const batch = (faults: readonly FollowedFault[], lost = 0, sinceNs = 2e9): Followed => ({
  kind: 'batch',
  faults,
  records: 60_096,
  lost,
  sinceNs,
});

describe('keel faults trace', () => {
  it('says who, what and how first, and sums up last', async () => {
    const found = await records([
      { kind: 'started', source },
      batch([fault({}), fault({ latencyNs: 14e6, kind: 'major', cause: 'file-read' })]),
      { kind: 'finished', measured },
    ]);
    expect(found[0]?.lines?.(look)[0]).toBe(
      'arena 4127: faults of 100 µs and more; filtered in the kernel by BPF',
    );
    expect(found.at(-1)?.lines?.(look)[0]).toBe(
      '2 faults of 100 µs and more in 10 s: 17.1 ms stalled; worst 14 ms, file read',
    );
    expect(found.at(-1)?.json).toMatchObject({ record: 'summary', faults: 2, maxNs: 14e6, lost: 1204 });
  });

  it('fits a line of 80 columns, whatever the names, and steers no terminal', async () => {
    const hostile = fault({
      comm: '\u001b[31m틱 스레드 이름\n',
      tid: 4_194_303,
      cause: 'zero-page',
      place: { id: 1, kind: 'file', path: '/tmp/\u001b]0;x\u0007\n틱.bin' },
      fileOffset: 2 ** 40,
    });
    const [row] = await records([batch([hostile])]);
    for (const each of [look, korean]) {
      const [line = ''] = row?.lines?.(each) ?? [];
      expect(cells(line)).toBeLessThanOrEqual(80);
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
    expect(row?.json).toMatchObject({
      comm: hostile.comm,
      mode: 'user',
      address: '0x7f1234567000',
      monotonicNs: '5000000000123',
      mapping: { path: hostile.place.path, fileOffset: 2 ** 40 },
    });
  });

  it('names the code that faulted in each line, at 80 columns too', async () => {
    const code = { function: null, binary: '/usr/lib/libz.so.1', offset: 0x1234 };
    const [named, unnamed, none] = await records([
      batch([fault({}), fault({ code, place: ANONYMOUS, fileOffset: null }), fault({ code: null })]),
    ]);
    expect(named?.lines?.(look)).toEqual([
      expect.stringMatching(/read-ahead wait +4131 tick +aren….pak Chun…load$/),
    ]);
    expect(unnamed?.lines?.(look)[0]).toMatch(/memory libz.*1234$/);
    expect(none?.lines?.(look)[0]).toMatch(/tick +arena_03.pak$/);
    expect(named?.json).toMatchObject({ code: { function: 'ChunkCache::load', binary: '/srv/arena/arena' } });
    expect(none?.json).toMatchObject({ code: null });
    expect(named?.csv?.[0]?.slice(-4, -2)).toEqual(['ChunkCache::load', '/srv/arena/arena']);
    expect(named?.csv?.[0]).toHaveLength(CSV_HEADER.length);
    expect(named?.json).toMatchObject({ node: null, remote: null });
    const [far] = await records([batch([fault({ home: homeOf(1, true) })])]);
    expect(far?.json).toMatchObject({ node: 1, remote: true });
    expect(far?.csv?.[0]?.slice(-2)).toEqual([1, 'true']);
  });

  it('tells what was lost, at most once a second', async () => {
    const found = await records([batch([], 1204, 2e9), batch([], 1300, 2.1e9)]);
    expect(found).toHaveLength(1);
    expect(found[0]?.lines?.(look).join(' ')).toBe(
      '! 1,204 of 61,300 events lost in 2 s (2.0 %): lines are missing. Raise --over, or --ring 16MiB',
    );
  });

  it('ends with 5 where the target does', async () => {
    const [ended] = await records([{ kind: 'ended', target, sinceNs: 77e9, unixMs: 0 }]);
    expect(ended?.exitCode).toBe(5);
    expect(ended?.lines?.(korean)[0]).toContain('끝났습니다');
  });

  it('is quiet about quiet', async () => {
    const [none] = await records([{ kind: 'finished', measured }]);
    expect(none?.lines?.(look)[0]).toBe('NO FAULT OF 100 µs AND MORE in 10 s.');
  });
});
