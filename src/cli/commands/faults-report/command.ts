/** `keel faults report`: what a recording in a file says, as `keel faults record` said it. */
import { exportRecording } from '../../../app/export-recording.ts';
import { readFaultFile } from '../../../app/fault-file.ts';
import { defineCommand } from '../../command.ts';
import { FORCE } from '../../options.ts';
import { EXPORT_OPTIONS, exportTargets } from '../faults-record/exports.ts';
import { faultsOutput } from '../faults-record/render.ts';
import { SHOW } from '../faults-record/show.ts';

export default defineCommand({
  name: 'faults report',
  summary: {
    en: 'what a recording of page faults says, from its file',
    ko: '페이지 폴트 기록 파일의 내용을 보여 줍니다',
  },
  details: {
    en: 'The file is made by keel faults record -o. It can be read on another machine. A file that was cut off gives what was complete.',
    ko: 'keel faults record -o로 만든 파일을 읽습니다. 다른 컴퓨터에서도 읽을 수 있습니다. 잘린 파일은 온전한 부분까지 보여 줍니다.',
  },
  arguments: [{ name: '<file>', describe: { en: 'the recording', ko: '기록 파일' }, completes: 'file' }],
  options: { ...EXPORT_OPTIONS, force: FORCE, show: SHOW },
  examples: [
    {
      line: 'keel faults report slow.faults --flame slow.html',
      does: { en: 'a flame graph of it', ko: '플레임 그래프로' },
    },
    {
      line: 'keel faults report slow.faults --show 20',
      does: { en: 'longer tables of a recording', ko: '기록을 더 긴 표로' },
    },
  ],
  async run({ args: [path = ''], options, context }) {
    const { recording, startedUnixMs } = readFaultFile(path);
    const force = options.force === true;
    const { language } = context.look;
    await exportRecording(recording, exportTargets(options), { language, startedUnixMs, force });
    return faultsOutput(recording, options.show);
  },
});
