/** `keel lock`: keeps the memory of a running process in memory; planned, shown, applied, read back, and undoable. */
import { type FoundTarget, findTargets } from '../../../app/find-targets.ts';
import { keepFiles } from '../../../app/keep-files.ts';
import { lockMemory } from '../../../app/lock-memory.ts';
import { planLock } from '../../../app/plan-lock.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { KeelError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/missing.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { type MappingName, parseMappingName } from '../../../model/lock-price.ts';
import { defineCommand } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { choice, DRY_RUN, duration, FORCE, flag, text, YES } from '../../options.ts';
import { protect } from './cgroup.ts';
import { keepFilesOf } from './files.ts';
import { declinedOutput, lockedOutput, planLines, planOutput } from './render.ts';

const MAPPING = {
  ...text('--mapping <name>', {
    en: 'only mappings whose path ends so, heap, stack, or a range such as 7f10000-7f20000; may be repeated',
    ko: '경로가 이렇게 끝나는 매핑, heap, stack, 7f10000-7f20000 같은 범위만. 여러 번 쓸 수 있음',
  }),
  repeatable: true as const,
};

export default defineCommand({
  name: 'lock',
  summary: {
    en: 'keeps the memory of a running process in memory: no page of it is put out or dropped; reversible',
    ko: '실행 중인 프로세스의 메모리가 빠져나가지 않게 잠급니다. 되돌릴 수 있습니다',
  },
  details: {
    en: 'The process locks its memory itself: a call is made inside of one of its threads, which is held for some milliseconds at a time. Its own limit (RLIMIT_MEMLOCK) decides, whoever you are. What was locked before stays so, now and after keel undo. fork and exec do not inherit a lock.',
    ko: '프로세스가 스스로 메모리를 잠급니다. 스레드 하나를 한 번에 몇 밀리초씩 멈추고 그 안에서 호출합니다. 누가 실행하든 대상의 한도(RLIMIT_MEMLOCK)가 적용됩니다. 이미 잠겨 있던 것은 지금도, keel undo 뒤에도 그대로입니다. 잠금은 fork와 exec로 이어지지 않습니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: { en: 'a PID, a name, or another target', ko: 'PID, 이름 등 대상' },
      completes: 'target',
    },
  ],
  options: {
    current: flag('--current', { en: 'what is mapped now (the default)', ko: '지금 매핑된 것 (기본)' }),
    future: flag('--future', {
      en: 'what is mapped now and everything that comes later',
      ko: '지금 매핑된 것과 앞으로 매핑될 모든 것',
    }),
    onFault: flag('--on-fault', {
      en: 'bring nothing in: each page stays from when it is touched',
      ko: '미리 가져오지 않고, 쓰는 페이지부터 남게 함',
    }),
    mapping: MAPPING,
    cgroup: choice(
      '--cgroup <min|low>',
      {
        en: 'instead, protect what its cgroup uses from reclaim: memory.min or memory.low (cgroup v2)',
        ko: '대신 cgroup이 쓰는 만큼을 회수에서 보호: memory.min 또는 memory.low (cgroup v2)',
      },
      ['min', 'low'],
    ),
    files: flag('--files', {
      en: 'instead, keep its mapped files in memory by a process of ours that locks them; the target is not touched',
      ko: '대신 매핑된 파일을 keel의 별도 프로세스가 잠가 메모리에 유지. 대상은 건드리지 않음',
    }),
    keep: flag('--keep', {
      en: 'keep the files that were handed over, as told on standard input: what the process of --files runs',
      ko: '넘겨받은 파일을 표준 입력의 지시대로 유지 (--files의 프로세스가 실행하는 것)',
    }),
    raiseLimit: flag('--raise-limit', {
      en: 'raise its RLIMIT_MEMLOCK where it is too low; put back by keel undo',
      ko: '대상의 RLIMIT_MEMLOCK이 낮으면 올림. keel undo로 되돌림',
    }),
    for: duration(
      '--for <duration>',
      { en: 'undo by itself after this time', ko: '이 시간 뒤에 저절로 되돌림' },
      1e9,
    ),
    dryRun: DRY_RUN,
    yes: YES,
    force: {
      ...FORCE,
      describe: {
        en: 'also the memory of V8 (Node, Chrome, Electron), or more than its cgroup may use; either may end the process',
        ko: 'V8(Node, Chrome, Electron)의 메모리나 cgroup 한도를 넘는 양도 잠금. 프로세스가 끝날 수 있음',
      },
    },
  },
  examples: [
    { line: 'keel lock arena --dry-run', does: { en: 'what it would cost', ko: '비용 미리 보기' } },
    {
      line: 'keel lock arena --mapping heap',
      does: { en: 'only the heap', ko: '힙만' },
    },
    {
      line: 'keel lock arena --files',
      does: { en: 'its files, without a call inside of it', ko: '안에서 호출하지 않고 파일만' },
    },
    {
      line: 'keel lock arena --future --on-fault',
      does: { en: 'every page it touches from now on', ko: '앞으로 쓰는 모든 페이지' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    if (options.keep === true) {
      await keepFiles(host, process.stdin);
      return { kind: 'document', json: { schema: 'keel.lock.keeper/1', gaps: [] }, lines: () => [] };
    }
    const workshop = openWorkshop(host, context);
    const [name = ''] = args;
    const target = findTargets(host, name, { all: false, command: 'lock' })[0] as FoundTarget;
    const endsAfterNs = options.for ?? null;
    if (options.cgroup !== undefined) {
      refuseBeside(options);
      const how = { isDry: options.dryRun === true, endsAfterNs };
      return protect(workshop, context, target, options.cgroup, how);
    }
    if (options.files === true) {
      const only = fileNamesOf(options);
      return keepFilesOf(workshop, context, target, {
        name,
        only,
        isDry: options.dryRun === true,
        endsAfterNs,
      });
    }
    const plan = planLock(workshop, {
      target,
      future: options.future === true,
      onFault: options.onFault === true,
      only: mappingsOf(options),
      raiseLimit: options.raiseLimit === true,
      force: options.force === true,
    });
    if (isMissing(plan)) throw unreadableMemory(target, plan, 'lock');
    if (options.dryRun || plan.steps.length === 0) return planOutput(plan, endsAfterNs);
    const lines = planLines(plan, endsAfterNs, false, context.look);
    if (!(await context.confirm(lines, { en: 'Apply?', ko: '적용할까요?' }))) {
      return declinedOutput(plan, endsAfterNs);
    }
    const locked = await lockMemory(workshop, plan, commandLine(name, options), endsAfterNs);
    return lockedOutput(plan, locked, endsAfterNs);
  },
});

/** A cgroup is protected by amount, whoever is inside. */
function refuseBeside(options: Options): void {
  const others = [
    options.current,
    options.future,
    options.onFault,
    options.mapping,
    options.raiseLimit,
    options.force,
    options.files,
  ];
  if (others.every((one) => one === undefined)) return;
  throw usage({
    en: '--cgroup protects a cgroup by amount, and goes without --current, --future, --on-fault, --mapping, --raise-limit, --force, --files',
    ko: '--cgroup은 cgroup을 양으로 보호하므로 --current, --future, --on-fault, --mapping, --raise-limit, --force, --files 없이 쓰세요',
  });
}

/** Files are kept as they are mapped now, by a process that is bound by the limit of keel. */
function fileNamesOf({
  current,
  future,
  onFault,
  raiseLimit,
  force,
  mapping,
}: Options): readonly string[] | null {
  if ([current, future, onFault, raiseLimit, force].some((one) => one !== undefined)) {
    throw usage({
      en: '--files leaves the process alone, and goes without --current, --future, --on-fault, --raise-limit, --force',
      ko: '--files는 프로세스를 건드리지 않으므로 --current, --future, --on-fault, --raise-limit, --force 없이 쓰세요',
    });
  }
  return mapping ?? null;
}

interface Options {
  readonly current?: boolean | undefined;
  readonly future?: boolean | undefined;
  readonly onFault?: boolean | undefined;
  readonly mapping?: readonly string[] | undefined;
  readonly raiseLimit?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly files?: boolean | undefined;
}

function mappingsOf({ current, future, mapping }: Options): readonly MappingName[] | null {
  if (current && future)
    throw usage({ en: 'either --current or --future', ko: '--current와 --future 중 하나만 쓰세요' });
  if (mapping === undefined) return null;
  if (future) {
    throw usage({
      en: 'what comes later has no name yet: --future goes without --mapping',
      ko: '나중에 매핑될 것에는 아직 이름이 없습니다. --future는 --mapping 없이 쓰세요',
    });
  }
  return mapping.map((text) => {
    const name = parseMappingName(text);
    if (name !== null) return name;
    throw new KeelError('E_USAGE', {
      what: {
        en: '--mapping takes a name, or a range of addresses that ends behind its start',
        ko: '--mapping의 값은 이름이거나, 끝이 시작보다 큰 주소 범위여야 합니다',
      },
      pointer: { text, start: 0, end: text.length },
    });
  });
}

function usage(what: { readonly en: string; readonly ko: string }): KeelError {
  return new KeelError('E_USAGE', { what });
}

/** For the journal, and to be typed again. */
function commandLine(target: string, { future, onFault, mapping, raiseLimit, force }: Options): string {
  return [
    'lock',
    shellWord(target),
    ...(future ? ['--future'] : []),
    ...(onFault ? ['--on-fault'] : []),
    ...(mapping ?? []).flatMap((name) => ['--mapping', shellWord(name)]),
    ...(raiseLimit ? ['--raise-limit'] : []),
    ...(force ? ['--force'] : []),
  ].join(' ');
}
