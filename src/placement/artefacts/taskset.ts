/** taskset, chrt and renice: at once, for the running process; gone with it. */
import { type ArtefactWriter, cannot, type Wanted } from '../artefact.ts';

export const taskset: ArtefactWriter = {
  form: 'taskset',
  write(wanted) {
    const lines = [...affinity(wanted), ...scheduling(wanted), ...session(wanted)];
    if (lines.length === 0)
      return cannot(
        'taskset changes threads, and this is about a group of them',
        'taskset은 스레드를 바꾸는데, 이것은 그룹에 대한 변경입니다',
      );
    return {
      files: [],
      commands: lines.map(([now]) => now),
      undo: lines.map(([, undo]) => undo),
      notes: [
        {
          en: 'not for threads born meanwhile, and not after a restart',
          ko: '그사이에 생긴 스레드에는 적용되지 않고, 다시 시작하면 사라집니다',
        },
      ],
    };
  },
};

type Line = readonly [now: string, undo: string];

function affinity({ tgid, cpus, threads, affinityNow }: Wanted): Line[] {
  const before = affinityNow?.toKernelList() ?? null;
  const undo = (option: string, id: number) =>
    before === null
      ? `# the threads had several masks: keel check ${tgid} before`
      : `taskset ${option} ${before} ${id}`;
  return [
    ...(cpus === null ? [] : [[`taskset -acp ${cpus.toKernelList()} ${tgid}`, undo('-acp', tgid)] as const]),
    // After "all": what names a thread wins.
    ...threads.map(
      ({ tid, cpus: own }) => [`taskset -cp ${own.toKernelList()} ${tid}`, undo('-cp', tid)] as const,
    ),
  ];
}

function scheduling({ tgid, scheduling: wish }: Wanted): Line[] {
  return [
    ...(wish?.policy == null
      ? []
      : [[`chrt -a --${wish.policy} -p 0 ${tgid}`, `chrt -a --other -p 0 ${tgid}`] as const]),
    ...(wish?.nice == null ? [] : [[`renice -n ${wish.nice} -p ${tgid}`, `renice -n 0 -p ${tgid}`] as const]),
  ];
}

function session({ tgid, sessionNice }: Wanted): Line[] {
  if (sessionNice === null) return [];
  return [[`echo ${sessionNice} > /proc/${tgid}/autogroup`, `echo 0 > /proc/${tgid}/autogroup`]];
}
