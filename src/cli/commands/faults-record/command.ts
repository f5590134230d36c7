/** `keel faults record`: every page fault of a target, weighed by how long it held its thread. */
import type { FaultSubject } from '../../../app/collect-faults.ts';
import { exportRecording, requireFree } from '../../../app/export-recording.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { LaunchedProgram } from '../../../app/launch-program.ts';
import { recordFaults } from '../../../app/record-faults.ts';
import { KeelError } from '../../../base/errors.ts';
import { type Context, defineCommand } from '../../command.ts';
import { ALL, choice, duration, FORCE, flag, text } from '../../options.ts';
import { EXPORT_OPTIONS, exportTargets } from './exports.ts';
import { faultsOutput } from './render.ts';
import { SHOW } from './show.ts';

const DEFAULT_NS = 10e9;

export default defineCommand({
  name: 'faults record',
  summary: {
    en: 'every page fault with its latency and cause: how long threads were stalled, by what, and where',
    ko: '모든 페이지 폴트의 지연과 원인: 스레드가 얼마나, 무엇 때문에, 어디서 멈췄는지',
  },
  details: {
    en: 'A fault is weighed by the time it held its thread, not by its minor or major label. Needs no root for your own processes; then only faults taken in user mode are seen. A program behind -- is launched and recorded from its first instruction until it ends.',
    ko: '폴트는 마이너/메이저 구분이 아니라 스레드를 멈춘 시간으로 평가합니다. 자신의 프로세스에는 root가 필요 없으며, 그때는 사용자 모드의 폴트만 보입니다. -- 뒤의 프로그램은 실행하여 첫 명령부터 끝날 때까지 기록합니다.',
  },
  arguments: [
    {
      name: '[target]',
      describe: { en: 'the process to record', ko: '기록할 프로세스' },
      completes: 'target',
    },
    {
      name: '[command...]',
      describe: { en: 'or a program and its arguments, behind --', ko: '또는 -- 뒤에 프로그램과 인수' },
      completes: 'command',
    },
  ],
  passThrough: true,
  options: {
    for: duration(
      '--for <duration>',
      {
        en: 'how long to record (10s; a program behind --: until it ends)',
        ko: '기록 시간 (10s. -- 뒤의 프로그램은 끝날 때까지)',
      },
      100e6,
    ),
    machine: flag('-a, --machine', { en: 'the whole machine', ko: '컴퓨터 전체' }),
    stacks: flag('--stacks', {
      en: 'the callers of each fault too; costs the target some 0.6 µs a fault more',
      ko: '폴트마다 호출 경로도 기록 (폴트당 약 0.6 µs 추가 부담)',
    }),
    out: text(
      '-o, --out <file>',
      {
        en: 'keep every fault in a file, for keel faults report',
        ko: '모든 폴트를 파일에 저장 (keel faults report용)',
      },
      'file',
    ),
    source: choice(
      '--source <way>',
      { en: 'how; the best that works without it', ko: '얻는 방법. 없으면 가능한 가장 좋은 방법' },
      ['bpf', 'ring'],
    ),
    ...EXPORT_OPTIONS,
    force: FORCE,
    show: SHOW,
    all: ALL,
  },
  examples: [
    {
      line: 'keel faults record arena',
      does: { en: 'ten seconds of one process', ko: '프로세스 하나를 10초간' },
    },
    {
      line: 'keel faults record --stacks -o slow.faults -- ./server --port 80',
      does: {
        en: 'a program from its start, with callers, kept',
        ko: '프로그램을 시작부터, 호출 경로와 함께 저장',
      },
    },
    {
      line: 'keel faults record arena --stacks --flame arena.html',
      does: { en: 'a flame graph to open in a browser', ko: '브라우저에서 열 플레임 그래프' },
    },
    {
      line: 'keel faults record -a --for 30s --json',
      does: { en: 'the whole machine, for programs', ko: '컴퓨터 전체를 프로그램용 출력으로' },
    },
  ],
  async run({ args, beforeDashes, options, context, json }) {
    const host = context.openLive();
    const force = options.force === true;
    const exports = exportTargets(options);
    requireFree(exports, force);
    const subject = subjectOf(
      {
        targets: args.slice(0, beforeDashes),
        words: args.slice(beforeDashes),
        machine: options.machine === true,
      },
      (target) => findTargets(host, target, { all: options.all === true, command: 'faults record' }),
      (words) => new LaunchedProgram({ words, stdout: json ? 'stderr' : 'stdout', path: context.env.PATH }),
    );
    const durationNs = options.for ?? (subject.kind === 'program' ? Number.POSITIVE_INFINITY : DEFAULT_NS);
    const progress = progressOf(context, subject, durationNs);
    const out = options.out === undefined ? {} : { out: { path: options.out, force } };
    const recording = await recordFaults(host, context.clock, {
      subject,
      durationNs,
      signal: context.signal,
      callchains: options.stacks === true,
      only: options.source,
      ...out,
    }).finally(progress.stop);
    const startedUnixMs = context.clock.unixMs() - recording.elapsedNs / 1e6;
    await exportRecording(recording, exports, { language: context.look.language, startedUnixMs, force });
    return faultsOutput(recording, options.show);
  },
});

/** The program may draw on the terminal itself. */
function progressOf(context: Context, subject: FaultSubject, durationNs: number) {
  if (subject.kind === 'program') return { stop: () => {} };
  return context.progress({ en: 'recording faults', ko: '폴트 기록 중' }, durationNs);
}

interface Asked {
  readonly targets: readonly string[];
  readonly words: readonly string[];
  readonly machine: boolean;
}

/** @throws KeelError E_USAGE unless exactly one of the three is asked for */
function subjectOf(
  { targets, words, machine }: Asked,
  find: (target: string) => readonly { readonly tgid: number }[],
  launch: (words: readonly string[]) => LaunchedProgram,
): FaultSubject {
  const [target] = targets;
  if (targets.length + (machine ? 1 : 0) + (words.length > 0 ? 1 : 0) !== 1) {
    throw new KeelError('E_USAGE', {
      what: {
        en: 'name one process, or -a for the whole machine, or a program behind --',
        ko: '프로세스 하나를 지정하거나, 컴퓨터 전체는 -a를, 프로그램 실행은 --를 쓰세요',
      },
      next: [
        {
          en: 'Such as: keel faults record arena     or: keel faults record -- ./server',
          ko: '예: keel faults record arena     또는: keel faults record -- ./server',
        },
      ],
    });
  }
  if (target !== undefined) return { kind: 'processes', tgids: find(target).map((one) => one.tgid) };
  return machine ? { kind: 'machine' } : { kind: 'program', program: launch(words) };
}
