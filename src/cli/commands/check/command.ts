/** `keel check`: a process and its threads as they stand, and what is set in a way that costs latency. */
import { checkTargets } from '../../../app/check-process.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, flag, SYSROOT, wholeNumber } from '../../options.ts';
import { checkJson } from './json.ts';
import { checkLines } from './render.ts';

const SHOWN_THREADS = 8;

export default defineCommand({
  name: 'check',
  summary: {
    en: 'where a process may run and how its threads ran so far; warns of settings that cost latency',
    ko: '프로세스가 실행될 수 있는 곳과 스레드별 기록을 보여 주고, 지연을 부르는 설정을 경고합니다',
  },
  details: {
    en: 'Per thread: affinity, last CPU, policy, run time, run delay, exact migrations, switches, faults. Per process: cpuset, CPU quota and how often it stopped the threads, memory by NUMA node, locked memory and its limit. It only reads, and needs no privilege for your own processes.',
    ko: '스레드별: 친화도, 마지막 CPU, 정책, 실행 시간, 실행 지연, 정확한 마이그레이션 수, 컨텍스트 스위치, 폴트. 프로세스별: cpuset, CPU 할당량와 그로 인한 멈춤, NUMA 노드별 메모리, 잠긴 메모리와 한도. 읽기만 하며, 자신의 프로세스에는 권한이 필요 없습니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'PID, tid:N, name, /regex/, cgroup:PATH, unit:NAME or self',
        ko: 'PID, tid:N, 이름, /정규식/, cgroup:경로, unit:이름, self',
      },
      completes: 'target',
    },
  ],
  options: {
    all: {
      ...ALL,
      describe: { en: 'every match, and every thread', ko: '일치하는 모두, 그리고 모든 스레드' },
    },
    show: wholeNumber(
      '--show <threads>',
      { en: `threads to list, by run delay (${SHOWN_THREADS})`, ko: `표시할 스레드 수 (${SHOWN_THREADS})` },
      1,
      100_000,
    ),
    memory: flag('--memory', {
      en: 'look at the node of every page also where one node is all there is; slow for huge processes',
      ko: '노드가 하나뿐이어도 모든 페이지의 노드를 확인. 큰 프로세스에서는 느립니다',
    }),
    exitCode: flag('--exit-code', {
      en: 'exit with 3 where there are warnings',
      ko: '경고가 있으면 종료 코드 3',
    }),
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel check 4127', does: { en: 'one process', ko: '프로세스 하나' } },
    {
      line: 'keel check arena --all',
      does: { en: 'every process of that name, every thread', ko: '그 이름의 모든 프로세스와 모든 스레드' },
    },
    { line: 'keel check tid:4131', does: { en: 'one thread', ko: '스레드 하나' } },
    {
      line: 'keel check unit:arena.service --json',
      does: { en: 'for other programs', ko: '다른 프로그램을 위한 출력' },
    },
  ],
  async run({ args, options, context }) {
    const [text = ''] = args;
    const { host, moments } = context.open();
    const targets = findTargets(host, text, { all: options.all === true, command: 'check' });
    const result = checkTargets(host, targets, { memoryByNode: options.memory === true });
    if (result.checked.length === 0) throw ended(text);
    const origin = { sysroot: options.sysroot, hasWindow: host.kind === 'live' || moments.length > 1 };
    const most = options.all === true ? Number.POSITIVE_INFINITY : (options.show ?? SHOWN_THREADS);
    const warnings = result.checked.flatMap((one) => one.warnings);
    return {
      kind: 'document',
      findings: warnings.filter((warning) => warning.severity !== 'info').length,
      json: checkJson(result),
      lines: (look) => checkLines(result, most, origin, look),
    };
  },
});

function ended(text: string): KeelError {
  return new KeelError('E_GONE', {
    what: { en: `${text} ended while it was read`, ko: `${text}이(가) 읽는 동안 끝났습니다` },
  });
}
