/** `keel warm`: brings the memory of a running process in before it faults; or puts it away, for experiments. */
import { type FoundTarget, findTargets } from '../../../app/find-targets.ts';
import { noteWarming } from '../../../app/note-warming.ts';
import { planPopulating, populateMemory } from '../../../app/populate-memory.ts';
import { planWarming, type WarmPlan, warmMemory } from '../../../app/warm-memory.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { KeelError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/missing.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { type MemoryWish, missingBytes } from '../../../model/warming.ts';
import { defineCommand } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { DRY_RUN, FORCE, flag, text, wholeNumber, YES } from '../../options.ts';
import { migrate } from './migrate.ts';
import { withNote } from './noted.ts';
import { planLines, planOutput, populatedOutput, warmedOutput } from './render.ts';

/** Of what is available: more would push other memory out, perhaps what was just brought in. */
const MOST_OF_AVAILABLE = 0.9;

export default defineCommand({
  name: 'warm',
  summary: {
    en: 'brings in the memory of a running process: what is in swap, and its mapped files',
    ko: '실행 중인 프로세스의 메모리를 미리 가져옴: 스왑에 나간 것과 매핑된 파일',
  },
  details: {
    en: 'The kernel is asked to read (process_madvise, MADV_WILLNEED); the process is not stopped and notices nothing but fewer major faults. What comes in may be evicted again: to keep it, lock it. --cold and --pageout do the opposite, to see what the memory is worth.',
    ko: '커널에 읽기를 요청합니다(process_madvise, MADV_WILLNEED). 프로세스는 멈추지 않으며 메이저 폴트만 줄어듭니다. 가져온 메모리는 다시 회수될 수 있습니다. --cold와 --pageout은 반대로 동작하며, 그 메모리의 가치를 재는 실험용입니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'PID, name, /regex/, cgroup:PATH, unit:NAME',
        ko: 'PID, 이름, /정규식/, cgroup:경로, unit:이름',
      },
      completes: 'target',
    },
  ],
  options: {
    file: text(
      '--file <path>',
      {
        en: 'only this mapped file, by the end of its path',
        ko: '이 매핑 파일만. 경로의 끝부분으로 지정',
      },
      'file',
    ),
    cold: flag('--cold', { en: 'let the kernel take it first instead', ko: '반대로, 먼저 회수되도록 함' }),
    pageout: flag('--pageout', {
      en: 'put it out now instead, for experiments',
      ko: '반대로, 지금 내보냄 (실험용)',
    }),
    populate: flag('--populate', {
      en: 'then map the pages in, by a call inside of it: no fault is left, not even a minor one',
      ko: '이어서 프로세스 안에서 호출하여 페이지를 매핑까지 함. 마이너 폴트도 남지 않음',
    }),
    migrate: wholeNumber(
      '--migrate <node>',
      {
        en: 'move its pages to this NUMA node instead; undone by keel undo, by node',
        ko: '가져오는 대신 페이지를 이 NUMA 노드로 옮김. keel undo로 노드 단위로 되돌림',
      },
      0,
      1023,
    ),
    yes: YES,
    dryRun: DRY_RUN,
    force: { ...FORCE, describe: { en: 'also where memory is short', ko: '메모리가 모자라도 실행' } },
  },
  examples: [
    { line: 'keel warm arena', does: { en: 'all that it has out', ko: '나가 있는 모든 것' } },
    { line: 'keel warm arena --file maps/arena_03.pak', does: { en: 'one file', ko: '파일 하나' } },
    {
      line: 'keel warm arena --migrate 1 --dry-run',
      does: { en: 'what of it is on other nodes', ko: '다른 노드에 있는 것 보기' },
    },
    {
      line: 'keel warm arena --populate --dry-run',
      does: { en: 'for how long a thread would be held', ko: '스레드가 얼마나 멈출지 보기' },
    },
    { line: 'keel warm arena --dry-run', does: { en: 'see what is out', ko: '나가 있는 것 보기' } },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const wish = wishOf(options);
    const [name = ''] = args;
    const target = findTargets(host, name, { all: false, command: 'warm' })[0] as FoundTarget;
    if (options.migrate !== undefined) {
      refuseBeside(options);
      return migrate(host, context, target, options.migrate, options.dryRun === true);
    }
    const plan = planWarming(host, { target, wish, only: options.file ?? null });
    if (isMissing(plan)) throw unreadableMemory(target, plan, 'warm');
    if (options.file !== undefined && plan.mappings.length === 0) throw notMapped(target, options.file);
    const populate = options.populate === true ? planPopulating(host, plan) : null;
    if (options.dryRun || plan.mappings.length === 0) return planOutput(plan, populate);
    if (options.force !== true) refuseTooMuch(plan);
    const question = { en: 'Apply?', ko: '적용할까요?' };
    if (!(await context.confirm(planLines(plan, populate, context.look), question)))
      return planOutput(plan, populate);
    const { clock, signal } = context;
    const warmed = await warmMemory(host, clock, plan, signal);
    const output =
      populate === null
        ? warmedOutput(plan, warmed)
        : populatedOutput(plan, warmed, populate, await populateMemory(host, clock, plan, populate, signal));
    const workshop = openWorkshop(host, context);
    return withNote(output, await noteWarming(workshop, plan, warmed, commandLine(name, options)));
  },
});

/** For the journal, and to be typed again. */
function commandLine(
  target: string,
  options: { cold?: unknown; pageout?: unknown; populate?: unknown; file?: string | undefined },
): string {
  const flags = (['cold', 'pageout', 'populate'] as const).filter((one) => options[one] === true);
  const file = options.file === undefined ? [] : ['--file', shellWord(options.file)];
  return ['warm', shellWord(target), ...flags.map((one) => `--${one}`), ...file].join(' ');
}

function wishOf({
  cold,
  pageout,
  populate,
}: {
  cold?: boolean | undefined;
  pageout?: boolean | undefined;
  populate?: boolean | undefined;
}): MemoryWish {
  if (populate && (cold || pageout)) {
    throw new KeelError('E_USAGE', {
      what: {
        en: '--populate brings memory in and goes without --cold and --pageout',
        ko: '--populate는 메모리를 가져오므로 --cold, --pageout 없이 쓰세요',
      },
    });
  }
  if (cold && pageout) {
    throw new KeelError('E_USAGE', {
      what: { en: 'either --cold or --pageout', ko: '--cold와 --pageout 중 하나만 쓰세요' },
    });
  }
  return cold ? 'cold' : pageout ? 'pageout' : 'warm';
}

/** A process moves as a whole: migrate_pages(2) knows no mappings. */
function refuseBeside(options: {
  cold?: unknown;
  pageout?: unknown;
  file?: unknown;
  populate?: unknown;
}): void {
  const [other] = (['cold', 'pageout', 'file', 'populate'] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (other === undefined) return;
  throw new KeelError('E_USAGE', {
    what: {
      en: `--migrate moves all of a process and goes without --${other}`,
      ko: `--migrate는 프로세스 전체를 옮기므로 --${other} 없이 쓰세요`,
    },
  });
}

function notMapped({ comm, tgid }: FoundTarget, file: string): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `${comm} ${tgid} has no file mapped whose path ends in ${file}`,
      ko: `${comm} ${tgid}에는 경로가 ${file}(으)로 끝나는 매핑 파일이 없습니다`,
    },
    pointer: { text: file, start: 0, end: file.length },
    next: [{ en: `What it has: keel map ${tgid}`, ko: `매핑된 파일: keel map ${tgid}` }],
  });
}

function refuseTooMuch({ wish, before, availableBytes, target }: WarmPlan): void {
  const needBytes = missingBytes(before);
  if (wish !== 'warm' || availableBytes === null || needBytes <= availableBytes * MOST_OF_AVAILABLE) return;
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  throw new KeelError('E_CONFLICT', {
    what: {
      en: `up to ${mib(needBytes)} MiB would come in, and ${mib(availableBytes)} MiB are available: other memory would have to go`,
      ko: `최대 ${mib(needBytes)} MiB를 가져와야 하는데 쓸 수 있는 메모리는 ${mib(availableBytes)} MiB입니다. 다른 메모리가 밀려납니다`,
    },
    next: [
      {
        en: `One file: keel warm ${target.tgid} --file PATH      All the same: --force`,
        ko: `파일 하나만: keel warm ${target.tgid} --file 경로      그래도 실행: --force`,
      },
    ],
  });
}
