/** `keel agent check`: what is wrong with a configuration, before anything runs with it. */
import { DEFAULT_CONFIG } from '../../../agent/default-config.ts';
import { defineCommand } from '../../command.ts';
import { SYSROOT } from '../../options.ts';
import { checkOutput } from './render.ts';

export default defineCommand({
  name: 'agent check',
  summary: {
    en: 'check a configuration of the agent; every mistake with its line',
    ko: '에이전트 설정 검사. 잘못된 곳을 줄 번호와 함께 모두 표시',
  },
  details: {
    en: 'Names, limits, CPU sets on this machine, secrets that must be readable: all that the agent needs. Nothing is loaded or sent.',
    ko: '이름, 한도, 이 컴퓨터의 CPU 집합, 읽을 수 있어야 하는 비밀 값까지 에이전트에 필요한 것을 모두 확인합니다. 아무것도 적용하거나 보내지 않습니다.',
  },
  arguments: [{ name: '[file]', describe: { en: 'the configuration', ko: '설정 파일' }, completes: 'file' }],
  options: { sysroot: SYSROOT },
  examples: [
    {
      line: 'keel agent check agent.yaml',
      does: { en: 'what is wrong, and where', ko: '잘못된 곳과 이유' },
    },
  ],
  async run({ args, context }) {
    const { loadConfig } = await import('../../../agent/load-config.ts');
    const path = args[0] ?? DEFAULT_CONFIG;
    return checkOutput(path, loadConfig(path, context.open().host, context.env));
  },
});
