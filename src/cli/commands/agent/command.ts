/** `keel agent`: watches on and on, and tells whom it concerns. */
import manifest from '../../../../package.json' with { type: 'json' };
import { DEFAULT_CONFIG } from '../../../agent/default-config.ts';
import { defineCommand } from '../../command.ts';
import { agentRecords } from './render.ts';

export default defineCommand({
  name: 'agent',
  summary: {
    en: 'a daemon: rules that hold, alerts to people and programs, metrics for Prometheus',
    ko: '데몬: 규칙을 계속 확인하고, 사람과 프로그램에 알리고, Prometheus 지표를 제공',
  },
  details: {
    en: `Reads a YAML file (${DEFAULT_CONFIG} unless another is named), watches the processes that match its targets once a second, and tells its sinks what lasts. SIGHUP reads the file again; one that is wrong is refused and the old one stays. Open incidents and messages that wait survive its end. Nothing on the machine is changed.`,
    ko: `YAML 파일(기본값 ${DEFAULT_CONFIG})을 읽고, 대상과 일치하는 프로세스를 1초마다 살피며, 계속되는 문제를 알립니다. SIGHUP을 받으면 파일을 다시 읽고, 잘못된 파일이면 이전 설정을 유지합니다. 열린 사건과 대기 중인 메시지는 종료 후에도 남습니다. 컴퓨터의 설정은 바꾸지 않습니다.`,
  },
  arguments: [
    {
      name: '[file]',
      describe: { en: 'the configuration', ko: '설정 파일' },
      completes: 'file',
    },
  ],
  options: {},
  examples: [
    { line: 'keel agent agent.yaml', does: { en: 'watch until Ctrl-C', ko: 'Ctrl-C까지 감시' } },
    {
      line: 'keel agent agent.yaml --json',
      does: { en: 'one JSON object a line', ko: '한 줄에 JSON 객체 하나' },
    },
  ],
  async run({ args, context }) {
    const { runAgent } = await import('../../../agent/run-agent.ts');
    const { clock, env, signal, onHangup } = context;
    const outputs = runAgent({
      host: context.openLive(),
      clock,
      path: args[0] ?? DEFAULT_CONFIG,
      env,
      version: manifest.version,
      signal,
      onHangup,
    });
    return { kind: 'stream', records: agentRecords(outputs) };
  },
});
