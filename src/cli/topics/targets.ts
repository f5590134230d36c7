/** `keel help targets`: how a process is named. */
import type { Topic } from './topic.ts';

export const targets: Topic = {
  name: 'targets',
  title: { en: 'Targets', ko: '대상' },
  text: {
    en: 'A command that looks at or changes processes takes them as a target. More than one match is listed, and refused where one is needed, unless --all is given.',
    ko: '프로세스를 보거나 바꾸는 명령은 대상을 이렇게 받습니다. 여러 개가 일치하면 목록을 보여 주고, 하나가 필요한 곳에서는 --all 없이는 거절합니다.',
  },
  rows: [
    { term: '4127', means: { en: 'a process (TGID)', ko: '프로세스 (TGID)' } },
    { term: 'tid:4131', means: { en: 'one thread (TID)', ko: '스레드 하나 (TID)' } },
    {
      term: 'arena',
      means: { en: 'exactly this task or executable name', ko: '태스크나 실행 파일의 이름과 정확히 일치' },
    },
    {
      term: '/srv/arena/arena',
      means: { en: 'exactly this program', ko: '정확히 이 프로그램을 실행하는 프로세스' },
    },
    {
      term: '/arena.*map/',
      means: { en: 'a regular expression over the command line', ko: '명령줄에 대한 정규식' },
    },
    {
      term: 'cgroup:/game.slice',
      means: {
        en: 'every process of a cgroup, those below it included',
        ko: 'cgroup과 그 아래의 모든 프로세스',
      },
    },
    {
      term: 'unit:arena.service',
      means: { en: 'every process of a systemd unit', ko: 'systemd 유닛의 모든 프로세스' },
    },
    { term: 'self', means: { en: 'keel itself', ko: 'keel 자신' } },
  ],
  notes: {
    en: 'A target is held by pidfd and start time, never by its number alone: a PID that is reused is never touched.',
    ko: '대상은 번호만이 아니라 pidfd와 시작 시각으로 구분하므로, 재사용된 PID를 건드리지 않습니다.',
  },
};
