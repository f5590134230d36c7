/** `keel faults diff`: what changed between two recordings of page faults. */
import { exportDifference } from '../../../app/export-recording.ts';
import { readFaultFile } from '../../../app/fault-file.ts';
import { compareRecordings } from '../../../model/faults/difference.ts';
import { defineCommand } from '../../command.ts';
import { FORCE, text } from '../../options.ts';
import { SHOW } from '../faults-record/show.ts';
import { diffOutput } from './render.ts';

export default defineCommand({
  name: 'faults diff',
  summary: {
    en: 'what changed between two recordings of page faults: by cause, place and function',
    ko: '두 페이지 폴트 기록의 차이: 원인별, 위치별, 함수별',
  },
  details: {
    en: 'Recordings of different length are compared per second. Where their loads differ, that is said first: then a change of stall may be no change of the program.',
    ko: '길이가 다른 기록은 초당 값으로 비교합니다. 부하가 다르면 먼저 알려 줍니다. 그때는 멈춘 시간이 달라도 프로그램이 달라진 것이 아닐 수 있습니다.',
  },
  arguments: [
    { name: '<before>', describe: { en: 'a recording', ko: '기록 파일' }, completes: 'file' },
    { name: '<after>', describe: { en: 'another recording', ko: '다른 기록 파일' }, completes: 'file' },
  ],
  options: {
    flame: text(
      '--flame <file>',
      {
        en: 'a flame graph of the difference: one HTML file that opens offline',
        ko: '차이의 플레임 그래프: 오프라인에서 열리는 HTML 파일',
      },
      'file',
    ),
    force: FORCE,
    show: SHOW,
  },
  examples: [
    {
      line: 'keel faults diff before.faults after.faults',
      does: { en: 'what a change did', ko: '변경의 효과' },
    },
    {
      line: 'keel faults diff before.faults after.faults --flame change.html',
      does: { en: 'where in the code, as a picture', ko: '코드의 어디인지 그림으로' },
    },
  ],
  async run({ args: [first = '', second = ''], options, context }) {
    const [before, after] = [readFaultFile(first).recording, readFaultFile(second).recording];
    if (options.flame !== undefined) {
      const { language } = context.look;
      await exportDifference(before, after, options.flame, { language, force: options.force === true });
    }
    return diffOutput({ before, after, difference: compareRecordings(before, after) }, options.show);
  },
});
