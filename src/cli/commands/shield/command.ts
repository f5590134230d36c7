/** `keel shield`: everyone else off some CPUs; planned, shown, applied, read back, and undoable. */
import { applyChange } from '../../../app/apply-change.ts';
import { readDelivered } from '../../../app/interrupted-cpus.ts';
import { planShield, type ShieldPlan } from '../../../app/plan-shield.ts';
import { needsRoot } from '../../../app/shield-errors.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, DRY_RUN, duration, text, YES } from '../../options.ts';
import { appliedOutput, declinedOutput, planLines, planOutput } from './render.ts';

export default defineCommand({
  name: 'shield',
  summary: {
    en: 'keep everyone else off some CPUs: processes, interrupts, the kernel’s own work; reversible',
    ko: '지정한 CPU에서 다른 모든 것을 내보냅니다: 프로세스, 인터럽트, 커널 작업. 되돌릴 수 있습니다',
  },
  details: {
    en: 'Takes the best of a cgroup v2 partition, cpusets, or the affinity of each thread. What cannot be moved is shown. Every change is written to a journal before it is made, read back afterwards, and put back exactly by keel undo.',
    ko: 'cgroup v2 파티션, cpuset, 스레드별 친화도 가운데 가능한 가장 좋은 방법을 씁니다. 옮길 수 없는 것은 표시합니다. 모든 변경은 실행 전에 저널에 기록하고, 실행 후 다시 읽어 확인하며, keel undo로 정확히 되돌립니다.',
  },
  arguments: [
    {
      name: '<cpus>',
      describe: { en: 'the CPUs to keep free, such as 2-3 or core:6', ko: '비워 둘 CPU (예: 2-3, core:6)' },
      completes: 'cpus',
    },
  ],
  options: {
    except: text(
      '--except <target>',
      { en: 'a process that gets the CPUs', ko: '이 CPU를 쓰게 할 프로세스' },
      'target',
    ),
    by: choice(
      '--by <way>',
      {
        en: 'partition, systemd, cpuset or affinity instead of the best possible',
        ko: '가장 좋은 방법 대신 쓸 방법',
      },
      ['partition', 'systemd', 'cpuset', 'affinity'],
    ),
    for: duration(
      '--for <duration>',
      { en: 'undo by itself after this time', ko: '이 시간 뒤에 저절로 되돌림' },
      1e9,
    ),
    all: ALL,
    dryRun: DRY_RUN,
    yes: YES,
  },
  examples: [
    {
      line: 'keel shield core:6 --dry-run',
      does: { en: 'see who would have to go', ko: '무엇을 내보낼지 보기' },
    },
    {
      line: 'keel shield 6-7 --except arena --for 10m',
      does: { en: 'two CPUs for one program, for ten minutes', ko: 'CPU 둘을 한 프로그램에 10분 동안' },
    },
  ],
  async run({ args, options, context }) {
    const workshop = openWorkshop(context.openLive(), context);
    const [cpus = ''] = args;
    const { except, by } = options;
    const plan = await planShield(workshop, { cpus, except, all: options.all === true, by });
    const endsAfterNs = options.for ?? null;
    if (options.dryRun || !plan.changesSomething) return planOutput(plan, endsAfterNs);
    const command = commandLine(cpus, except, by);
    if (process.geteuid?.() !== 0) throw needsRoot(command);
    const lines = planLines(plan, endsAfterNs, false, context.look);
    if (!(await context.confirm(lines, { en: 'Apply?', ko: '적용할까요?' }))) {
      return declinedOutput(plan, endsAfterNs);
    }
    const applied = await applyChange(workshop, { ...requestOf(plan), command, endsAfterNs });
    const delivered = readDelivered(workshop.host, plan.cpus);
    return appliedOutput(plan, applied, delivered, endsAfterNs);
  },
});

function requestOf({ targets, wishes, everyone, steps }: ShieldPlan) {
  return { targets, wishes, everyone, steps, migrations: [] };
}

/** For the journal, and to be typed again. */
function commandLine(cpus: string, except: string | undefined, by: string | undefined): string {
  return [
    'shield',
    cpus,
    ...(except === undefined ? [] : ['--except', except]),
    ...(by === undefined ? [] : ['--by', by]),
  ].join(' ');
}
