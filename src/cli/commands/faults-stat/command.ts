/** `keel faults stat`: exact counts of page faults. */
import { countFaults } from '../../../app/count-faults.ts';
import { COUNT_ROWS } from '../../../app/count-scopes.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { LaunchedProgram } from '../../../app/launch-program.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, duration, flag, text } from '../../options.ts';
import { statOutput } from './render.ts';
import { rowsOf, subjectOf } from './subject.ts';

const DEFAULT_NS = 10e9;

export default defineCommand({
  name: 'faults stat',
  summary: {
    en: 'exact counts of page faults: of a process, a program, the machine, or cgroups',
    ko: '페이지 폴트의 정확한 횟수: 프로세스, 프로그램, 컴퓨터 전체, cgroup',
  },
  details: {
    en: 'Counts as perf stat does, by the kernel, exactly; and tells how many more the memory management counted: pages faulted in inside calls such as mlock and MAP_POPULATE.',
    ko: 'perf stat처럼 커널이 정확히 셉니다. 또한 mlock이나 MAP_POPULATE 같은 호출 안에서 가져온 페이지가 얼마나 더 있는지 알려 줍니다.',
  },
  arguments: [
    { name: '[target]', describe: { en: 'the process to count', ko: '셀 프로세스' }, completes: 'target' },
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
        en: 'how long to count (10s; a program behind --: until it ends)',
        ko: '세는 시간 (10s. -- 뒤의 프로그램은 끝날 때까지)',
      },
      10e6,
    ),
    machine: flag('-a, --machine', { en: 'the whole machine', ko: '컴퓨터 전체' }),
    cgroup: {
      ...text('--cgroup <path>', {
        en: 'count this cgroup and all below it; may be given again',
        ko: '이 cgroup과 그 아래를 셈. 여러 번 쓸 수 있음',
      }),
      repeatable: true,
    },
    by: choice(
      '--by <what>',
      { en: 'a row for each CPU, cgroup or thread', ko: 'CPU, cgroup, 스레드마다 한 행' },
      COUNT_ROWS,
    ),
    perCpu: flag('--per-cpu', { en: 'the same as --by cpu', ko: '--by cpu와 같음' }),
    all: ALL,
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
  },
  examples: [
    {
      line: 'keel faults stat arena',
      does: { en: 'ten seconds of one process', ko: '프로세스 하나를 10초간' },
    },
    {
      line: 'keel faults stat -a --by cpu --for 5s',
      does: { en: 'the machine, CPU by CPU', ko: '컴퓨터 전체를 CPU별로' },
    },
    {
      line: 'keel faults stat -- ./server --port 80',
      does: {
        en: 'a program from its first instruction until it ends',
        ko: '프로그램을 첫 명령부터 끝날 때까지',
      },
    },
    {
      line: 'keel faults stat --cgroup system.slice --cgroup user.slice',
      does: { en: 'two cgroups side by side', ko: 'cgroup 두 개를 나란히' },
    },
  ],
  async run({ args, beforeDashes, options, context, json }) {
    const host = context.openLive();
    const asked = {
      targets: args.slice(0, beforeDashes),
      words: args.slice(beforeDashes),
      machine: options.machine === true,
      cgroups: options.cgroup ?? [],
    };
    const by = rowsOf(asked, options.by ?? null, options.perCpu === true);
    const subject = subjectOf(
      asked,
      (target) => findTargets(host, target, { all: options.all === true, command: 'faults stat' }),
      (words) => new LaunchedProgram({ words, stdout: json ? 'stderr' : 'stdout', path: context.env.PATH }),
    );
    const isProgram = subject.kind === 'program';
    const durationNs = options.for ?? (isProgram ? Number.POSITIVE_INFINITY : DEFAULT_NS);
    const progress = isProgram
      ? { stop: () => {} }
      : context.progress({ en: 'counting faults', ko: '폴트 세는 중' }, durationNs);
    const { signal } = context;
    const count = await countFaults(host, context.clock, { subject, by, durationNs, signal }).finally(
      progress.stop,
    );
    return statOutput(count, by ?? (subject.kind === 'cgroups' ? 'cgroup' : null));
  },
});
