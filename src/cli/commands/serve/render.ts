/** What `keel serve` says: where to look, once it can be looked at, and that it has ended. */
import type { AccessRules } from '../../../web/access.ts';
import { addressOf } from '../../../web/hosts.ts';
import type { Listening } from '../../../web/listen.ts';
import type { StreamRecord } from '../../command.ts';

export interface Served {
  readonly address: string;
  readonly listening: Listening;
  readonly rules: AccessRules;
  readonly signal: AbortSignal;
}

export async function* servedRecords(served: Served): AsyncGenerator<StreamRecord> {
  try {
    yield opened(served);
    await new Promise<void>((resolve) => {
      if (served.signal.aborted) resolve();
      else served.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await served.listening.close();
  }
}

function opened({ address, listening, rules }: Served): StreamRecord {
  const origin = addressOf(rules.scheme, address, listening.port);
  const url = `${origin}/?token=${rules.viewToken}`;
  return {
    json: {
      schema: 'keel.serve/1',
      url,
      changeToken: rules.changeToken,
      readOnly: rules.changeToken === null,
    },
    lines: (look) => [
      url,
      ...(rules.changeToken === null
        ? [
            look.say({
              en: 'shows only; changes need keel serve --allow-changes',
              ko: '보기 전용입니다. 변경하려면 keel serve --allow-changes',
            }),
          ]
        : [
            look.say({
              en: `token for changes: ${rules.changeToken}`,
              ko: `변경용 토큰: ${rules.changeToken}`,
            }),
          ]),
      look.say({
        en: 'Whoever has the address can look; Ctrl-C ends it.',
        ko: '이 주소를 아는 사람은 볼 수 있습니다. Ctrl-C로 끝냅니다.',
      }),
    ],
  };
}
