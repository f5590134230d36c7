/** `keel faults stat`: exact counts of page faults. */
import { countFaults } from '../../../app/count-faults.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, duration, flag, text } from '../../options.ts';
import { statOutput } from './render.ts';

const DEFAULT_NS = 10e9;

export default defineCommand({
  name: 'faults stat',
  summary: {
    en: 'exact counts of page faults: of a process, the machine, each CPU, or cgroups',
    ko: '페이지 폴트의 정확한 횟수: 프로세스, 컴퓨터 전체, CPU별, cgroup별',
  },
  details: {
    en: 'Counts as perf stat does, by the kernel, exactly; and tells how many more the memory management counted: pages faulted in inside calls such as mlock and MAP_POPULATE.',
    ko: 'perf stat처럼 커널이 정확히 셉니다. 또한 mlock이나 MAP_POPULATE 같은 호출 안에서 가져온 페이지가 얼마나 더 있는지 알려 줍니다.',
  },
  arguments: [
    { name: '[target]', describe: { en: 'the process to count', ko: '셀 프로세스' }, completes: 'target' },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to count (10s)', ko: '세는 시간 (10s)' }, 10e6),
    machine: flag('-a, --machine', { en: 'the whole machine', ko: '컴퓨터 전체' }),
    perCpu: flag('--per-cpu', { en: 'a row for each CPU', ko: 'CPU마다 한 행' }),
    cgroup: {
      ...text('--cgroup <path>', {
        en: 'count this cgroup and all below it; may be given again',
        ko: '이 cgroup과 그 아래를 셈. 여러 번 쓸 수 있음',
      }),
      repeatable: true,
    },
    all: ALL,
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
  },
  examples: [
    {
      line: 'keel faults stat arena',
      does: { en: 'ten seconds of one process', ko: '프로세스 하나를 10초간' },
    },
    {
      line: 'keel faults stat -a --per-cpu --for 5s',
      does: { en: 'the machine, CPU by CPU', ko: '컴퓨터 전체를 CPU별로' },
    },
    {
      line: 'keel faults stat --cgroup system.slice --cgroup user.slice',
      does: { en: 'two cgroups side by side', ko: 'cgroup 두 개를 나란히' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const cgroups = options.cgroup ?? [];
    const [target] = args;
    const chosen = [target !== undefined, options.machine === true, cgroups.length > 0].filter(
      Boolean,
    ).length;
    if (chosen !== 1) {
      throw new KeelError('E_USAGE', {
        what: {
          en: 'name one process, or -a for the whole machine, or --cgroup',
          ko: '프로세스 하나, 또는 컴퓨터 전체(-a), 또는 --cgroup을 지정하세요',
        },
        next: [{ en: 'Such as: keel faults stat arena', ko: '예: keel faults stat arena' }],
      });
    }
    const found =
      target === undefined
        ? null
        : findTargets(host, target, { all: options.all === true, command: 'faults stat' });
    const durationNs = options.for ?? DEFAULT_NS;
    const progress = context.progress({ en: 'counting faults', ko: '폴트 세는 중' }, durationNs);
    const count = await countFaults(host, context.clock, {
      tgids: found?.map((one) => one.tgid) ?? null,
      cgroups,
      perCpu: options.perCpu === true,
      durationNs,
      signal: context.signal,
    }).finally(progress.stop);
    return statOutput(count, cgroups.length > 0 ? 'cgroup' : 'cpu');
  },
});
