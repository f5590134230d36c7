/** `keel faults record`: every page fault of a target, weighed by how long it held its thread. */
import { findTargets } from '../../../app/find-targets.ts';
import { recordFaults } from '../../../app/record-faults.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, duration, flag, wholeNumber } from '../../options.ts';
import { faultsOutput } from './render.ts';

const DEFAULT_NS = 10e9;

export default defineCommand({
  name: 'faults record',
  summary: {
    en: 'every page fault with its latency and cause: how long threads were stalled, by what, and where',
    ko: '모든 페이지 폴트의 지연과 원인: 스레드가 얼마나, 무엇 때문에, 어디서 멈췄는지',
  },
  details: {
    en: 'A fault is weighed by the time it held its thread, not by its minor or major label. Needs no root for your own processes; then only faults taken in user mode are seen.',
    ko: '폴트는 minor/major 구분이 아니라 스레드를 멈춘 시간으로 평가합니다. 자신의 프로세스에는 root가 필요 없으며, 그때는 사용자 모드의 폴트만 보입니다.',
  },
  arguments: [
    {
      name: '[target]',
      describe: { en: 'the process to record', ko: '기록할 프로세스' },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to record (10s)', ko: '기록 시간 (10s)' }, 100e6),
    machine: flag('-a, --machine', { en: 'the whole machine', ko: '컴퓨터 전체' }),
    stacks: flag('--stacks', {
      en: 'the callers of each fault too; costs the target about 1 µs a fault',
      ko: '폴트마다 호출 경로도 기록 (폴트당 약 1 µs 부담)',
    }),
    show: wholeNumber(
      '--show <rows>',
      { en: 'rows of each table (8)', ko: '표마다 보일 줄 수 (8)' },
      1,
      10_000,
    ),
    all: ALL,
  },
  examples: [
    {
      line: 'keel faults record arena',
      does: { en: 'ten seconds of one process', ko: '프로세스 하나를 10초간' },
    },
    {
      line: 'keel faults record -a --for 30s --json',
      does: { en: 'the whole machine, for programs', ko: '컴퓨터 전체를 프로그램용 출력으로' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const tgids = targetsOf(args[0], options.machine === true, (text) =>
      findTargets(host, text, { all: options.all === true, command: 'faults record' }).map((one) => one.tgid),
    );
    const durationNs = options.for ?? DEFAULT_NS;
    const progress = context.progress({ en: 'recording faults', ko: '폴트 기록 중' }, durationNs);
    const recording = await recordFaults(host, context.clock, {
      tgids,
      durationNs,
      signal: context.signal,
      callchains: options.stacks === true,
    }).finally(progress.stop);
    return faultsOutput(recording, options.show ?? 8);
  },
});

/** @throws KeelError E_USAGE where neither or both are named */
function targetsOf(
  target: string | undefined,
  machine: boolean,
  find: (text: string) => readonly number[],
): readonly number[] | null {
  if (machine !== (target === undefined)) {
    throw new KeelError('E_USAGE', {
      what: {
        en: 'name one process, or -a for the whole machine',
        ko: '프로세스 하나를 지정하거나, 컴퓨터 전체는 -a를 쓰세요',
      },
      next: [{ en: 'Such as: keel faults record arena', ko: '예: keel faults record arena' }],
    });
  }
  return target === undefined ? null : find(target);
}
