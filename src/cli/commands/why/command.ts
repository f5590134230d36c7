/** `keel why`: looks for some seconds, and says what holds threads up. */
import { findTargets } from '../../../app/find-targets.ts';
import { keepWatch } from '../../../app/late-store.ts';
import { runChecklist } from '../../../app/run-checklist.ts';
import { watchWindow } from '../../../app/watch-window.ts';
import { isMissing } from '../../../base/missing.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, DRY_RUN, duration, flag, SYSROOT, wholeNumber, YES } from '../../options.ts';
import { checklistOutput } from './checklist.ts';
import { whyOutput } from './render.ts';

const DEFAULT_NS = 10e9;
const DEFAULT_SHOW = 4;

export default defineCommand({
  name: 'why',
  summary: {
    en: 'why threads are late: looks at the machine for some seconds and ranks what it finds',
    ko: '스레드가 늦은 이유: 몇 초 동안 컴퓨터를 관찰하고 원인을 순서대로 보여 줍니다',
  },
  details: {
    en: 'Reads the counters of the kernel twice and looks at the difference: who waited for a CPU and who ran instead, CPU quotas, moves between CPUs, page faults, swap, memory and I/O pressure, the hypervisor, interrupts, short-lived tasks. What was ruled out is said as well.',
    ko: '커널의 카운터를 두 번 읽고 그 차이를 봅니다. CPU를 기다린 스레드와 그동안 실행된 태스크, CPU 할당량, 마이그레이션, 페이지 폴트, 스왑, 메모리와 I/O 압박, 하이퍼바이저, 인터럽트, 짧게 끝나는 태스크를 확인하고, 원인이 아닌 것도 함께 알려 줍니다.',
  },
  arguments: [
    {
      name: '[target]',
      describe: {
        en: 'the process to ask about; the whole machine without it',
        ko: '알아볼 프로세스. 없으면 컴퓨터 전체',
      },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to look (10s)', ko: '관찰 시간 (10s)' }, 100e6),
    show: wholeNumber(
      '--show <n>',
      { en: `most findings in text (${DEFAULT_SHOW})`, ko: `표시할 발견 수 (${DEFAULT_SHOW})` },
      1,
      1000,
    ),
    all: ALL,
    exitCode: flag('--exit-code', {
      en: 'exit with 3 where there are findings',
      ko: '발견이 있으면 종료 코드 3',
    }),
    source: choice(
      '--source <way>',
      { en: 'where from; the best that works without it', ko: '얻는 방법. 없으면 가능한 것 중 가장 좋은 것' },
      ['bpf', 'proc'],
    ),
    tree: flag('--tree', {
      en: 'the questions about memory with their answers, of a target',
      ko: '대상의 메모리에 관한 질문과 답',
    }),
    checklist: flag('--checklist', {
      en: 'instead: what memory needs on this machine, point by point',
      ko: '대신: 이 컴퓨터의 메모리에 필요한 것을 항목별로 점검',
    }),
    prove: flag('--prove', {
      en: 'try the first remedy that can be taken back, and keep it only where it is proven',
      ko: '되돌릴 수 있는 첫 처방을 시험하고 입증될 때만 유지',
    }),
    remedy: choice(
      '--remedy <name>',
      { en: 'with --prove: this one rather than the first', ko: '--prove와 함께: 첫 처방 대신 이것' },
      ['warm', 'lock', 'swappiness', 'huge-pages', 'memory-limit'],
    ),
    dryRun: DRY_RUN,
    yes: YES,
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel why', does: { en: 'the whole machine, ten seconds', ko: '컴퓨터 전체를 10초간' } },
    {
      line: 'keel why arena --for 30s',
      does: {
        en: 'one process; longer windows see rarer things',
        ko: '프로세스 하나. 길게 볼수록 드문 일도 보입니다',
      },
    },
    {
      line: 'keel why arena --checklist',
      does: { en: 'what its memory needs, point by point', ko: '메모리에 필요한 것을 항목별로' },
    },
    {
      line: 'keel why --exit-code --json',
      does: { en: 'for a check that runs by itself', ko: '자동 점검용' },
    },
  ],
  async run({ args, options, context }) {
    const durationNs = options.for ?? DEFAULT_NS;
    const opened = context.open();
    const [text] = args;
    const targets =
      text === undefined
        ? null
        : findTargets(opened.host, text, { all: options.all === true, command: 'why' });
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const late = options.source !== 'proc' && options.checklist !== true;
    const plan = { durationNs, signal: context.signal, targets, late, only: options.source };
    const watched = await watchWindow(opened, context.clock, plan).finally(progress.stop);
    const { late: moments } = watched.window;
    if (moments !== null && !isMissing(moments)) keepWatch(context.env, moments);
    if (options.checklist === true) return checklistOutput(runChecklist(opened.host, watched.window));
    if (options.prove === true) {
      const { prove } = await import('./proving.ts');
      return prove(context, watched, { targets, name: options.remedy, isDry: options.dryRun === true });
    }
    return whyOutput(watched, {
      show: options.show ?? DEFAULT_SHOW,
      tree: options.tree === true,
      sysroot: options.sysroot,
    });
  },
});
