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
      commands: lines.map(({ now }) => now),
      undo: lines.flatMap(({ undo }) => undo),
      notes: [
        {
          en: 'not for threads born meanwhile, and not after a restart',
          ko: '그사이에 생긴 스레드에는 적용되지 않고, 다시 시작하면 사라집니다',
        },
      ],
    };
  },
};

interface Line {
  readonly now: string;
  readonly undo: readonly string[];
}

function affinity(wanted: Wanted): Line[] {
  const { tgid, cpus, threads, now } = wanted;
  const before = now.affinity?.toKernelList() ?? null;
  const own = new Map(now.affinities.map((one) => [one.tid, one.cpus.toKernelList()]));
  const ofThread = (tid: number) => before ?? own.get(tid) ?? null;
  return [
    ...(cpus === null
      ? []
      : [{ now: `taskset -acp ${cpus.toKernelList()} ${tgid}`, undo: undoAll(wanted, before) }]),
    // After "all": what names a thread wins.
    ...threads.map(({ tid, cpus: list }) => {
      const mask = ofThread(tid);
      const undo = mask === null ? [LOOK_BEFORE(tid)] : [`taskset -cp ${mask} ${tid}`];
      // The undo of "all" names each thread already.
      return { now: `taskset -cp ${list.toKernelList()} ${tid}`, undo: cpus === null ? undo : [] };
    }),
  ];
}

/** More than these would be a script, and threads come and go: keel pin does that. */
const MOST_THREADS = 16;

function undoAll({ tgid, now }: Wanted, common: string | null): readonly string[] {
  if (common !== null) return [`taskset -acp ${common} ${tgid}`];
  if (now.affinities.length === 0 || now.affinities.length > MOST_THREADS) return [LOOK_BEFORE(tgid)];
  return now.affinities.map(({ tid, cpus }) => `taskset -cp ${cpus.toKernelList()} ${tid}`);
}

const LOOK_BEFORE = (id: number) => `# not known here; note it before: taskset -acp ${id}`;

function scheduling({ tgid, scheduling: wish, now }: Wanted): Line[] {
  return [
    ...(wish?.policy == null
      ? []
      : [
          {
            now: `chrt -a --${wish.policy} -p 0 ${tgid}`,
            undo: [
              now.policy === null
                ? `# note it before: chrt -a -p ${tgid}`
                : `chrt -a --${now.policy} -p 0 ${tgid}`,
            ],
          },
        ]),
    ...(wish?.nice == null
      ? []
      : [
          {
            now: `renice -n ${wish.nice} -p ${tgid}`,
            undo: [
              now.nice === null
                ? `# note it before: ps -L -o tid,ni ${tgid}`
                : `renice -n ${now.nice} -p ${tgid}`,
            ],
          },
        ]),
  ];
}

function session({ tgid, sessionNice, now }: Wanted): Line[] {
  if (sessionNice === null) return [];
  const set = (nice: number) => `echo ${nice} > /proc/${tgid}/autogroup`;
  const undo =
    now.sessionNice === null ? `# note it before: cat /proc/${tgid}/autogroup` : set(now.sessionNice);
  return [{ now: set(sessionNice), undo: [undo] }];
}
