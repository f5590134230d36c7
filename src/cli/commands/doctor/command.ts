/** `keel doctor`: what this machine lets us do, what is missing, what that costs and how to allow it. */
import { judgeAbilities } from '../../../app/judge-abilities.ts';
import { defineCommand } from '../../command.ts';
import { flag, SYSROOT } from '../../options.ts';
import { doctorOutput } from './render.ts';

export default defineCommand({
  name: 'doctor',
  summary: {
    en: 'what this machine lets keel do, what is missing and how to allow it',
    ko: '이 컴퓨터에서 keel이 할 수 있는 일, 빠진 것, 허용하는 방법',
  },
  details: {
    en: 'Abilities are tried, not guessed: perf events and a BPF program are opened and closed again. Nothing is changed.',
    ko: '추측하지 않고 직접 시험합니다. perf 이벤트와 BPF 프로그램을 열었다가 닫습니다. 아무것도 바꾸지 않습니다.',
  },
  arguments: [],
  options: {
    all: flag('--all', {
      en: 'reasons, costs and ways out of every ability that is not ready',
      ko: '준비되지 않은 모든 기능의 이유, 영향, 해결 방법',
    }),
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel doctor', does: { en: 'as the user who will run keel', ko: 'keel을 실행할 사용자로' } },
    { line: 'sudo keel doctor', does: { en: 'what root would add', ko: 'root라면 더 할 수 있는 것' } },
  ],
  async run({ options, context }) {
    return doctorOutput(await judgeAbilities(context.open().host), options.all === true);
  },
});
