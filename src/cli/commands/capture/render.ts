/** What `keel capture` says of the file it wrote. */
import type { CapturedMachine } from '../../../app/capture-machine.ts';
import { isMissing } from '../../../base/missing.ts';
import { plural } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatCount } from '../../output/format.ts';
import { safeName } from '../../output/look.ts';

export function captureOutput(file: string, { capture, text }: CapturedMachine): DocumentOutput {
  const entries = capture.moments.flatMap((moment) => [...moment.entries.values()]);
  const missing = entries.filter(isMissing);
  const denied = missing.filter((entry) => entry.missing === 'denied').length;
  const texts = entries.length - missing.length;
  const sizeBytes = Buffer.byteLength(text);
  const moments = capture.moments.length;
  return {
    kind: 'document',
    json: {
      schema: 'keel.capture/1',
      file,
      sizeBytes,
      moments,
      texts,
      absent: missing.length - denied,
      denied,
    },
    lines: (look) => [
      `${safeName(file)}, ${formatBytes(sizeBytes)}: ${look.say({
        en: `${plural(texts, 'text')} of ${plural(moments, 'moment')}`,
        ko: `순간 ${moments}개의 텍스트 ${formatCount(texts)}개`,
      })}`,
      ...(denied === 0
        ? []
        : [
            look.say({
              en: `${plural(denied, 'text')} could not be read by this user; root reads more`,
              ko: `텍스트 ${formatCount(denied)}개는 권한이 없어 읽지 못했습니다. root는 더 읽을 수 있습니다`,
            }),
          ]),
      look.say({
        en: 'Without command lines, host names, serial numbers and addresses. Read it before',
        ko: '명령줄, 호스트 이름, 일련번호, 주소는 들어 있지 않습니다. 넘겨주기 전에',
      }),
      look.say({
        en: `you hand it over. Next: keel topo --sysroot ${safeName(file)}`,
        ko: `읽어 보세요. 다음: keel topo --sysroot ${safeName(file)}`,
      }),
    ],
  };
}
