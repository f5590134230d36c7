/** `keel recommend`: what to do about a process, why, and how to keep it. Changes nothing. */
import { findTargets } from '../../../app/find-targets.ts';
import { ARTEFACT_FORMS, GOALS, recommendPlacement } from '../../../app/recommend-placement.ts';
import { ownStateFolder } from '../../../app/state-folder.ts';
import { defineCommand } from '../../command.ts';
import { choice, duration, flag, SYSROOT } from '../../options.ts';
import { recommendOutput } from './render.ts';

const DEFAULT_NS = 10e9;
const EVERY_NS = 100e6;

export default defineCommand({
  name: 'recommend',
  summary: {
    en: 'what to do about a process that is late, why, and ready lines for other tools; changes nothing',
    ko: '늦는 프로세스를 어떻게 할지, 그 이유와 다른 도구용 설정을 제시합니다. 아무것도 바꾸지 않습니다',
  },
  details: {
    en: 'Measures the target for some seconds and asks every strategy what it would do here, over the topology of this machine. Gives one answer with the measured causes it rests on, the most it could win back, what others would lose, and its undo; or says that nothing should be done. No answer rests on the name of the process.',
    ko: '대상을 몇 초 동안 측정하고, 이 컴퓨터의 토폴로지에서 전략마다 무엇을 할지 묻습니다. 측정된 원인, 되찾을 수 있는 최대치, 다른 작업이 잃는 것, 되돌리는 방법과 함께 하나의 답을 내거나, 아무것도 하지 말라고 답합니다. 프로세스 이름으로 판단하지 않습니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: { en: 'a process: PID, name, unit:NAME, ...', ko: '프로세스: PID, 이름, unit:NAME 등' },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to look (10s)', ko: '관찰 시간 (10s)' }, 1e9),
    as: choice(
      '--as <form>',
      { en: 'for which tool; the one that fits without it', ko: '어떤 도구용인지. 없으면 알맞은 것' },
      ARTEFACT_FORMS,
    ),
    goal: choice('--goal <goal>', { en: 'only strategies for it', ko: '이 목표에 맞는 전략만' }, GOALS),
    all: flag('--all', {
      en: 'also what was considered and does not apply, and why',
      ko: '해당하지 않는 전략과 이유도 표시',
    }),
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel recommend arena', does: { en: 'the answer, after ten seconds', ko: '10초 뒤의 답' } },
    {
      line: 'keel recommend arena --as docker',
      does: { en: 'the same as options of Docker', ko: 'Docker 옵션으로' },
    },
    {
      line: 'keel recommend arena --for 30s --all',
      does: { en: 'every strategy, with its reasons', ko: '모든 전략과 이유' },
    },
  ],
  async run({ args, options, context }) {
    const [text = ''] = args;
    const durationNs = options.for ?? DEFAULT_NS;
    const opened = context.open();
    const [target] = findTargets(opened.host, text, { all: false, command: 'recommend' });
    if (target === undefined) throw new Error('a target is found or an error is thrown');
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const plan = { target: { ...target, tid: null }, durationNs, everyNs: EVERY_NS, signal: context.signal };
    const more = {
      goal: options.goal ?? null,
      form: options.as ?? null,
      // A captured machine is another one: what was tried here says nothing about it.
      stateFolder: opened.host.kind === 'live' ? ownStateFolder(context.env) : null,
    };
    const recommended = await recommendPlacement(opened, context.clock, { ...plan, ...more }).finally(
      progress.stop,
    );
    return recommendOutput(recommended, {
      all: options.all === true,
      form: options.as ?? null,
      sysroot: options.sysroot,
    });
  },
});
