/** `keel run`: starts a program where and how it should run. The tool is replaced by the program. */
import { describePlacement, placeAndBecome } from '../../../app/become.ts';
import { checkNodes } from '../../../app/check-nodes.ts';
import { resolveCpus } from '../../../app/resolve-cpus.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { defineCommand } from '../../command.ts';
import { flag, text } from '../../options.ts';
import { PLACEMENT } from '../../placement-options.ts';

export default defineCommand({
  name: 'run',
  summary: {
    en: 'start a program on chosen CPUs, nodes and policy; keel becomes the program',
    ko: '선택한 CPU, 노드, 정책으로 프로그램을 시작합니다. keel이 그 프로그램으로 바뀝니다',
  },
  details: {
    en: 'The program has the process id, the terminal and the exit status that keel would have had, and what Node.js changed about the process is put back first. Children inherit the placement.',
    ko: '프로그램은 keel의 프로세스 ID, 터미널, 종료 상태를 그대로 이어받으며, Node.js가 바꾼 것은 먼저 되돌립니다. 자식 프로세스도 배치를 물려받습니다.',
  },
  arguments: [
    {
      name: '<command...>',
      describe: { en: 'the program and its arguments, behind --', ko: '-- 뒤에 쓰는 프로그램과 인수' },
      completes: 'command',
    },
  ],
  passThrough: true,
  options: {
    cpus: text('--cpus <set>', { en: 'the CPUs it may run on', ko: '실행할 CPU' }, 'cpus'),
    ...PLACEMENT,
    quiet: flag('--quiet', { en: 'no line before the program starts', ko: '시작 전 안내를 출력하지 않음' }),
  },
  examples: [
    {
      line: 'keel run --cpus llc:0 --mem bind:0 -- ./server --port 80',
      does: { en: 'CPUs and memory of one place', ko: '한곳의 CPU와 메모리로' },
    },
    {
      line: 'keel run --policy batch --nice 10 -- make -j8',
      does: { en: 'behind everything else', ko: '다른 작업보다 뒤로' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const { cpus, policy, nice, slice, mem } = options;
    if (mem !== undefined) checkNodes(host, mem);
    const set = cpus === undefined ? null : resolveCpus(host, cpus);
    const hasScheduling = policy !== undefined || nice !== undefined || slice !== undefined;
    const request = {
      command: args,
      cpus: set,
      scheduling: hasScheduling
        ? { policy: policy ?? null, nice: nice ?? null, sliceNs: slice ?? null }
        : null,
      memory: mem ?? null,
    };
    return placeAndBecome(host, request, context.env, () => {
      if (!options.quiet) context.note(announcement(describePlacement(request), args[0] ?? ''));
    });
  },
});

function announcement(placement: Sentence, program: string): Sentence {
  return {
    en: `keel: ${placement.en}; becoming ${program} (PID ${process.pid})`,
    ko: `keel: ${placement.ko}; ${program} 실행 (PID ${process.pid})`,
  };
}
