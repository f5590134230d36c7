/** `keel pin`: where and how the threads of a process run; planned, shown, applied, read back, and undoable. */
import { applyChange } from '../../../app/apply-change.ts';
import { type PlacementPlan, planPlacement } from '../../../app/plan-placement.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { defineCommand } from '../../command.ts';
import { ALL, DRY_RUN, duration, flag, text, YES } from '../../options.ts';
import { PLACEMENT } from '../../placement-options.ts';
import { appliedOutput, declinedOutput, planLines, planOutput } from './render.ts';

export default defineCommand({
  name: 'pin',
  summary: {
    en: 'place the threads of a process: CPUs, policy, memory; shows a plan first, and can be undone',
    ko: '프로세스의 스레드를 배치합니다: CPU, 정책, 메모리. 계획을 먼저 보여 주며 되돌릴 수 있습니다',
  },
  details: {
    en: 'All threads are changed, those that are born meanwhile too; --threads takes some of them. Every change is written to a journal before it is made, read back afterwards, and put back exactly by keel undo.',
    ko: '작업 중에 생기는 스레드까지 모두 바꿉니다. 일부만 바꾸려면 --threads를 씁니다. 모든 변경은 실행 전에 저널에 기록하고, 실행 후 다시 읽어 확인하며, keel undo로 정확히 되돌립니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'a process: PID, name, unit:NAME, tid:N; see docs',
        ko: '프로세스: PID, 이름, unit:이름, tid:N',
      },
      completes: 'target',
    },
    {
      name: '[cpus]',
      describe: {
        en: 'the CPUs, such as 2-3 or core:6; may be left out with another change',
        ko: 'CPU (예: 2-3, core:6). 다른 변경이 있으면 생략 가능',
      },
      completes: 'cpus',
    },
  ],
  options: {
    threads: text('--threads <list>', {
      en: 'only these threads: names or ids, with commas',
      ko: '이 스레드만: 이름이나 ID, 쉼표로 구분',
    }),
    for: duration(
      '--for <duration>',
      { en: 'undo by itself after this time', ko: '이 시간 뒤에 저절로 되돌림' },
      1e9,
    ),
    ...PLACEMENT,
    migrateMemory: flag('--migrate-memory', {
      en: 'with --mem: also move the pages that lie on other nodes',
      ko: '--mem과 함께: 다른 노드에 있는 페이지도 옮김',
    }),
    all: ALL,
    dryRun: DRY_RUN,
    yes: YES,
  },
  examples: [
    {
      line: 'keel pin arena core:6 --threads tick --for 10m',
      does: { en: 'one thread, for ten minutes', ko: '스레드 하나를 10분 동안' },
    },
    {
      line: 'keel pin 4127 0-3 --dry-run',
      does: { en: 'see what would change', ko: '무엇이 바뀌는지 보기' },
    },
    {
      line: 'keel pin backup --policy idle',
      does: { en: 'only on CPUs that nobody else wants', ko: '남는 CPU에서만 실행' },
    },
  ],
  async run({ args, options, context }) {
    const workshop = openWorkshop(context.openLive(), context);
    const [target = '', cpus] = args;
    const plan = planPlacement(workshop, {
      target,
      cpus,
      threads: options.threads,
      all: options.all === true,
      policy: options.policy,
      nice: options.nice,
      sliceNs: options.slice,
      memory: options.mem,
      migrate: options.migrateMemory === true,
    });
    const endsAfterNs = options.for ?? null;
    if (options.dryRun || !plan.changesSomething) return planOutput(plan, endsAfterNs);
    const lines = planLines(plan, endsAfterNs, false, context.look);
    const question = { en: 'Apply?', ko: '적용할까요?' };
    if (!(await context.confirm(lines, question))) return declinedOutput(plan, endsAfterNs);
    const applied = await applyChange(workshop, {
      targets: plan.targets,
      wishes: plan.wishes,
      migrations: plan.migrations,
      steps: plan.steps,
      command: commandLine(target, cpus, plan),
      endsAfterNs,
    });
    return appliedOutput(plan, applied, endsAfterNs);
  },
});

/** For the journal. */
function commandLine(target: string, cpus: string | undefined, plan: PlacementPlan): string {
  const wishes = plan.wishes
    .filter((wish) => wish.setting.name !== 'affinity')
    .map((wish) => `${wish.setting.label.en} ${wish.label}`);
  return ['pin', target, ...(cpus === undefined ? [] : [cpus]), ...wishes].join(' ');
}
