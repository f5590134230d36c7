/** numactl: how to start the program the next time. */
import { isMissing } from '../../base/missing.ts';
import { shellWord } from '../../base/shell-word.ts';
import { type ArtefactWriter, cannot, onlyThreads } from '../artefact.ts';

export const numactl: ArtefactWriter = {
  form: 'numactl',
  write(wanted) {
    const { cpus, memory, executable } = wanted;
    const threads = onlyThreads(wanted, 'numactl');
    if (threads !== null) return threads;
    if (cpus === null && memory === null)
      return cannot('numactl sets CPUs and memory only', 'numactl은 CPU와 메모리만 정합니다');
    const program = isMissing(executable) ? 'PROGRAM' : shellWord(executable);
    const words = [
      ...(cpus === null ? [] : [`--physcpubind=${cpus.toKernelList()}`]),
      ...(memory === null ? [] : [`${OPTIONS[memory.mode]}=${memory.nodes.toKernelList()}`]),
    ];
    return {
      files: [],
      commands: [`numactl ${words.join(' ')} -- ${program}`],
      undo: [program],
      notes: [
        {
          en: 'for the next start, with its arguments behind; a running process keeps its memory where it is',
          ko: '다음 시작부터 적용됩니다. 인자는 뒤에 붙이세요. 실행 중인 프로세스의 메모리는 옮겨지지 않습니다',
        },
      ],
    };
  },
};

/** Preferred rather than bind where the proposal says so: bind may fail an allocation while other nodes are free. */
const OPTIONS = { bind: '--membind', preferred: '--preferred', interleave: '--interleave' } as const;
