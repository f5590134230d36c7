/** `keel optimize`: tries placements on the live process, and keeps one that is proven. */
import { planProven } from '../../../app/apply-proven.ts';
import { type FoundTarget, findTargets } from '../../../app/find-targets.ts';
import { keepProposal } from '../../../app/keep-proposal.ts';
import { type OptimizePlan, optimize, planTrial } from '../../../app/optimize.ts';
import { OPTIMIZE_GOALS, type OptimizeGoal, openMeter } from '../../../app/optimize-goal.ts';
import { parseCandidate } from '../../../app/parse-candidate.ts';
import { LOOK_NS, proposePlacements } from '../../../app/propose-placements.ts';
import { openWorkshop, type Workshop } from '../../../app/workshop.ts';
import { refuseUnwritable, writeFileForUser } from '../../../app/write-file.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { Proposal } from '../../../placement/proposal.ts';
import type { TrialReport } from '../../../trial/report.ts';
import { type Context, type DocumentOutput, defineCommand } from '../../command.ts';
import { choice, DRY_RUN, duration, FORCE, flag, text, wholeNumber, YES } from '../../options.ts';
import { provenOutput, provenPlanLines } from './applied.ts';
import { reportJson } from './json.ts';
import { liveLines } from './live.ts';
import { planLines } from './plan.ts';
import { declinedOutput, plannedOutput, reportOutput } from './render.ts';

const WATCH_NS = 60e9;
const MOST_BLOCKS = 5000;
/** Of those that strategies propose; what is named with --try is all tried. */
const MOST_PROPOSALS = 6;
const MOST_SEED = 0xffff_ffff;

export default defineCommand({
  name: 'optimize',
  summary: {
    en: 'try placements on the live process, and keep one only if it is proven to help',
    ko: '실행 중인 프로세스에서 배치를 시험하고 효과가 입증된 것만 유지합니다',
  },
  details: {
    en: 'Placements are set for fractions of a second each, in random order, and compared with leaving things alone. What is proven is kept, as a change that keel undo takes back; everything else is put back exactly, also where keel is interrupted or killed.',
    ko: '배치를 무작위 순서로 짧게 번갈아 적용하며 그대로 둘 때와 비교합니다. 입증된 것은 keel undo로 되돌릴 수 있는 변경으로 유지하고, 나머지는 중단되거나 강제 종료되어도 모두 정확히 되돌립니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'a process: PID, name, unit:NAME; tid:N to judge by that thread',
        ko: '프로세스: PID, 이름, unit:이름. 한 스레드로 판단하려면 tid:N',
      },
      completes: 'target',
    },
  ],
  options: {
    goal: choice(
      '--goal <goal>',
      {
        en: 'what to gain; by what the process does without it',
        ko: '목표. 없으면 프로세스가 하는 일에 따름',
      },
      OPTIMIZE_GOALS,
    ),
    try: {
      ...text('--try <change>', {
        en: 'a candidate of your own, such as "cpus=2-3 nice=-5"; may be repeated',
        ko: '직접 정한 후보 (예: "cpus=2-3 nice=-5"). 여러 번 가능',
      }),
      repeatable: true,
    },
    probe: text('--probe <signal>', {
      en: 'judge by a signal of your own: http:URL, cmd:PROGRAM and others; see keel help probes',
      ko: '직접 고른 신호로 판단: http:URL, cmd:프로그램 등. keel help probes 참고',
    }),
    better: choice(
      '--better <direction>',
      { en: 'which values of the probe are better (lower)', ko: 'probe의 값이 어느 쪽이 좋은지 (lower)' },
      ['lower', 'higher'],
    ),
    budget: duration(
      '--budget <duration>',
      { en: 'longest time to try (3m)', ko: '최대 시험 시간 (3m)' },
      5e9,
    ),
    blocks: wholeNumber(
      '--blocks <n>',
      {
        en: 'most blocks of each candidate; 10 are the least that can prove anything',
        ko: '후보마다 최대 블록 수. 10개 이상이어야 입증할 수 있음',
      },
      1,
      MOST_BLOCKS,
    ),
    seed: wholeNumber(
      '--seed <n>',
      { en: 'draw the same order again', ko: '같은 순서를 다시 뽑음' },
      0,
      MOST_SEED,
    ),
    apply: text('--apply <candidate>', {
      en: 'no trial: make what an earlier trial of this program has proven, by its name',
      ko: '시험하지 않고, 이 프로그램의 이전 시험에서 입증된 후보를 이름으로 적용',
    }),
    noWatch: flag('--no-watch', {
      en: 'end at once, without watching a kept change for a minute',
      ko: '유지한 변경을 1분간 지켜보지 않고 바로 끝냄',
    }),
    report: text(
      '--report <file>',
      {
        en: 'write it down to forward: FILE.md or FILE.json',
        ko: '전달할 보고서 파일: 파일.md 또는 파일.json',
      },
      'file',
    ),
    force: FORCE,
    dryRun: DRY_RUN,
    yes: YES,
  },
  examples: [
    {
      line: 'keel optimize arena',
      does: { en: 'shows what it would try, and asks', ko: '시험할 것을 보여 주고 묻기' },
    },
    {
      line: 'keel optimize arena --try cpus=2-3 --try nice=-5 --yes',
      does: { en: 'only these two', ko: '이 두 가지만' },
    },
    {
      line: 'keel optimize arena --apply idle:backup.service',
      does: { en: 'what a trial has proven, again', ko: '시험에서 입증된 것을 다시 적용' },
    },
    {
      line: 'keel optimize arena --probe http://localhost:8080/ --budget 5m --report trial.md',
      does: { en: 'judged by the time of a request', ko: '요청에 걸린 시간으로 판단' },
    },
  ],
  async run({ args, options, context }) {
    const workshop = openWorkshop(context.openLive(), context);
    const [targetText = ''] = args;
    if (options.report !== undefined) refuseUnwritable(options.report, options.force === true, OTHER_NAME);
    const [target] = findTargets(workshop.host, targetText, { all: false, command: 'optimize' });
    if (target === undefined) throw new Error('findTargets finds at least one');
    if (options.apply !== undefined)
      return applyProven(workshop, target, { ...options, name: options.apply, targetText }, context);
    const goal = options.goal ?? 'auto';
    const looking = context.progress({ en: 'looking', ko: '관찰 중' }, LOOK_NS);
    const candidates = await candidatesOf(workshop, target, options).catch((error) => {
      looking.stop();
      throw error;
    });
    const aim = { goal, probe: options.probe, better: options.better ?? 'lower' } as const;
    const opened = await openMeter(workshop, target, aim).finally(looking.stop);
    try {
      const plan = planTrial(workshop, {
        target,
        targetText,
        goal,
        watched: opened.watched,
        meter: opened.meter,
        candidates,
        mostCandidates: options.try === undefined ? MOST_PROPOSALS : Number.POSITIVE_INFINITY,
        budgetNs: options.budget,
        mostRounds: options.blocks,
        seed: options.seed,
        watchNs: options.noWatch ? 0 : WATCH_NS,
      });
      if (options.dryRun) return plannedOutput(plan);
      const question: Sentence = { en: 'Begin?', ko: '시작할까요?' };
      if (!(await context.confirm(planLines(plan, context.look), question))) return declinedOutput(plan);
      const report = await runShown(workshop, plan, context);
      if (options.report !== undefined)
        await writeReport(options.report, report, options.force === true, workshop);
      return reportOutput(report);
    } finally {
      opened.close();
    }
  },
});

interface ApplyRequest {
  readonly name: string;
  readonly targetText: string;
  readonly dryRun?: boolean | undefined;
}

async function applyProven(
  workshop: Workshop,
  target: FoundTarget,
  { name, targetText, dryRun }: ApplyRequest,
  context: Context,
): Promise<DocumentOutput> {
  const plan = await planProven(workshop, target, name);
  if (dryRun === true) return provenOutput(plan, 'planned', null);
  const question: Sentence = { en: 'Apply?', ko: '적용할까요?' };
  if (!(await context.confirm(provenPlanLines(plan, context.look), question)))
    return provenOutput(plan, 'declined', null);
  const change = await keepProposal(workshop, { target, targetText }, plan.proposal);
  return provenOutput(plan, 'applied', change);
}

async function candidatesOf(
  { host, controls, clock, signal }: Workshop,
  target: FoundTarget,
  {
    try: tries,
    goal,
  }: { readonly try?: readonly string[] | undefined; readonly goal?: OptimizeGoal | undefined },
): Promise<readonly Proposal[]> {
  if (tries !== undefined) return tries.map((one) => parseCandidate(one, { host, controls, target }));
  const wanted = goal === undefined || goal === 'auto' ? null : goal;
  return proposePlacements(host, clock, { target, goal: wanted, signal });
}

async function runShown(workshop: Workshop, plan: OptimizePlan, context: Context): Promise<TrialReport> {
  const drawing = context.drawing();
  try {
    return await optimize(workshop, plan, (progress) => drawing.show(liveLines(progress, context.look)));
  } finally {
    drawing.stop();
  }
}

const OTHER_NAME: Sentence = {
  en: 'Another name, or --force to replace it',
  ko: '다른 이름을 쓰거나 --force로 덮어쓰세요',
};

async function writeReport(
  path: string,
  report: TrialReport,
  force: boolean,
  { now }: Workshop,
): Promise<void> {
  const { reportMarkdown } = await import('./markdown.ts');
  const content = path.endsWith('.json')
    ? `${JSON.stringify(reportJson(report), null, 2)}\n`
    : reportMarkdown(report, now());
  writeFileForUser(path, content, force, OTHER_NAME);
}
