/** The moments of a captured machine, for commands that look at what happens between two of them. */
import { KeelError } from '../base/errors.ts';
import type { OpenedHost } from './open-host.ts';

type Moment = OpenedHost['moments'][number];

/** @throws KeelError E_USAGE where the capture holds fewer than two */
export function firstAndLast({ moments }: OpenedHost): readonly [Moment, Moment] {
  const [first, last] = [moments.at(0), moments.at(-1)];
  if (first !== undefined && last !== undefined && moments.length >= 2) return [first, last];
  throw new KeelError('E_USAGE', {
    what: {
      en: 'this captured machine holds a single moment, and a window needs two',
      ko: '캡처에 한 순간만 있습니다. 관찰 구간에는 두 순간이 필요합니다',
    },
    next: [
      {
        en: 'Capture two: keel capture --for 10s -o FILE',
        ko: '두 순간 캡처: keel capture --for 10s -o FILE',
      },
    ],
  });
}
