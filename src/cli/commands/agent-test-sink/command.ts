/** `keel agent test-sink`: one test message. */
import { DEFAULT_CONFIG } from '../../../agent/default-config.ts';
import { defineCommand } from '../../command.ts';
import { text } from '../../options.ts';
import { formatShort } from '../../output/format.ts';

export default defineCommand({
  name: 'agent test-sink',
  summary: {
    en: 'send one test message to a sink of the configuration',
    ko: '설정의 알림 경로 하나로 시험 메시지를 전송',
  },
  details: {
    en: 'The message says that nothing needs to be done. It is sent once: what fails is told, with the answer of the receiver, and is not tried again.',
    ko: '메시지에는 조치할 것이 없다고 적혀 있습니다. 한 번만 보내며, 실패하면 받는 쪽의 답과 함께 알리고 다시 시도하지 않습니다.',
  },
  arguments: [{ name: '<sink>', describe: { en: 'its name in the configuration', ko: '설정에 있는 이름' } }],
  options: {
    config: text('--config <file>', { en: 'the configuration', ko: '설정 파일' }, 'file'),
  },
  examples: [
    {
      line: 'keel agent test-sink slack --config agent.yaml',
      does: { en: 'see whether it arrives', ko: '도착하는지 확인' },
    },
  ],
  async run({ args, options, context }) {
    const { needConfig } = await import('../../../agent/load-config.ts');
    const { TEST_TEXT, testSink } = await import('../../../agent/test-sink.ts');
    const { realOutside } = await import('../../../agent/delivery/outside.ts');
    const config = needConfig(options.config ?? DEFAULT_CONFIG, context.openLive(), context.env);
    const printed: string[] = [];
    const outside = realOutside((line) => printed.push(line));
    const test = await testSink(config, args[0] ?? '', context.clock, outside);
    return {
      kind: 'document',
      json: { schema: 'keel.agent.test-sink/1', ...test },
      lines: (look) => {
        const took = formatShort(test.tookNs, look.unicode);
        return [
          ...printed,
          look.say({
            en: `${test.sink}: delivered in ${took}, "${TEST_TEXT}"`,
            ko: `${test.sink}: ${took} 만에 전달했습니다. "${TEST_TEXT}"`,
          }),
        ];
      },
    };
  },
});
