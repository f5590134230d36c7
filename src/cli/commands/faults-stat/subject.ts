/** What `keel faults stat` was asked to count, and by what; refuses what cannot be told apart. */
import type { CountRow, CountSubject } from '../../../app/count-scopes.ts';
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { LaunchedProgram } from '../../../app/launch-program.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Sentence } from '../../../base/sentence.ts';

export interface Asked {
  readonly targets: readonly string[];
  /** A program and its arguments. */
  readonly words: readonly string[];
  readonly machine: boolean;
  readonly cgroups: readonly string[];
}

/** @throws KeelError E_USAGE unless exactly one thing is asked for */
export function subjectOf(
  { targets, words, machine, cgroups }: Asked,
  find: (target: string) => readonly FoundTarget[],
  launch: (words: readonly string[]) => LaunchedProgram,
): CountSubject {
  const [target] = targets;
  const chosen = targets.length + [machine, cgroups.length > 0, words.length > 0].filter(Boolean).length;
  if (chosen !== 1) {
    throw usage(
      {
        en: 'name one process, or -a for the whole machine, or --cgroup, or a program behind --',
        ko: '프로세스 하나를 지정하거나, 컴퓨터 전체는 -a, cgroup은 --cgroup, 프로그램 실행은 --를 쓰세요',
      },
      {
        en: 'Such as: keel faults stat arena     or: keel faults stat -- ./server',
        ko: '예: keel faults stat arena     또는: keel faults stat -- ./server',
      },
    );
  }
  if (target !== undefined) return { kind: 'processes', targets: find(target) };
  if (cgroups.length > 0) return { kind: 'cgroups', paths: cgroups };
  return machine ? { kind: 'machine' } : { kind: 'program', program: launch(words) };
}

/** @throws KeelError E_USAGE for rows that this subject does not have */
export function rowsOf(asked: Asked, by: CountRow | null, perCpu: boolean): CountRow | null {
  if (perCpu && by !== null && by !== 'cpu') {
    throw usage(
      {
        en: `--per-cpu and --by ${by} contradict each other`,
        ko: `--per-cpu와 --by ${by}는 함께 쓸 수 없습니다`,
      },
      { en: 'Take one of them', ko: '둘 중 하나만 쓰세요' },
    );
  }
  const rows = perCpu ? 'cpu' : by;
  if (rows === 'thread' && asked.targets.length === 0) throw noThreads(asked);
  if (rows === 'cgroup' && asked.words.length > 0) {
    throw usage(
      {
        en: 'a program that is launched is in one cgroup: ours',
        ko: '실행하는 프로그램은 keel과 같은 cgroup에 있습니다',
      },
      { en: 'By CPU: --by cpu', ko: 'CPU별: --by cpu' },
    );
  }
  if (rows === 'cpu' && asked.cgroups.length > 1) {
    throw usage(
      { en: 'only one cgroup can be shown CPU by CPU', ko: 'CPU별로는 cgroup 하나만 볼 수 있습니다' },
      { en: 'One after the other, or without --by cpu', ko: '하나씩 세거나 --by cpu를 빼세요' },
    );
  }
  return rows;
}

function noThreads({ words, cgroups }: Asked): KeelError {
  if (words.length > 0) {
    return usage(
      {
        en: 'the threads of a program are not known before it runs',
        ko: '프로그램의 스레드는 실행 전에는 알 수 없습니다',
      },
      {
        en: 'By thread with the stall: keel faults record -- ...',
        ko: '스레드별 멈춤까지: keel faults record -- ...',
      },
    );
  }
  const what: Sentence =
    cgroups.length > 0 ? { en: 'a cgroup', ko: 'cgroup' } : { en: 'the whole machine', ko: '컴퓨터 전체' };
  return usage(
    {
      en: `--by thread needs a target: the threads of ${what.en} come and go`,
      ko: `--by thread에는 대상이 필요합니다. ${what.ko}의 스레드는 계속 바뀝니다`,
    },
    { en: 'By process: keel faults top', ko: '프로세스별: keel faults top' },
  );
}

function usage(what: Sentence, next: Sentence): KeelError {
  return new KeelError('E_USAGE', { what, next: [next] });
}
