/** `keel record stop`: ends a recorder, after it has written everything. */
import { listRecorders, type Recorder, stopRecorder } from '../../../app/recorders.ts';
import { EXIT, KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { flag } from '../../options.ts';

export default defineCommand({
  name: 'record stop',
  summary: { en: 'end a recording; what it recorded is kept', ko: '기록을 끝냅니다. 기록한 것은 남습니다' },
  arguments: [
    {
      name: '[recording]',
      describe: {
        en: 'its id, such as r-3; the only one without',
        ko: '기록 ID (예: r-3). 하나뿐이면 생략 가능',
      },
    },
  ],
  options: {
    all: flag('--all', { en: 'every recorder', ko: '모든 기록기' }),
  },
  examples: [
    { line: 'keel record stop', does: { en: 'the only one that runs', ko: '실행 중인 하나' } },
    { line: 'keel record stop r-3', does: { en: 'this one', ko: '이 기록' } },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const running = listRecorders(host, context.env);
    const chosen = chosenOf(running, args[0], options.all === true);
    const stopped: { readonly recorder: Recorder; readonly hasEnded: boolean }[] = [];
    for (const recorder of chosen)
      stopped.push({ recorder, hasEnded: await stopRecorder(host, context.env, context.clock, recorder) });
    return {
      kind: 'document',
      json: {
        schema: 'keel.record/1',
        stopped: stopped.map(({ recorder, hasEnded }) => ({
          recording: `r-${recorder.recording}`,
          hasEnded,
        })),
        gaps: [],
      },
      lines: (look) =>
        stopped.length === 0
          ? [look.say({ en: 'Nothing is being recorded.', ko: '기록 중인 것이 없습니다.' })]
          : stopped.map(({ recorder: { recording, tgid }, hasEnded }) =>
              hasEnded
                ? look.say({
                    en: `r-${recording} ended. Look: keel replay r-${recording}`,
                    ko: `r-${recording}을(를) 끝냈습니다. 보기: keel replay r-${recording}`,
                  })
                : look.say({
                    en: `r-${recording} was told to end, and process ${tgid} still writes`,
                    ko: `r-${recording}에 종료를 알렸지만 프로세스 ${tgid}이(가) 아직 쓰고 있습니다`,
                  }),
            ),
      exitCode: stopped.every((one) => one.hasEnded) ? EXIT.fine : EXIT.failed,
    };
  },
});

/** @throws KeelError E_USAGE where it is not clear which one, or there is none of that name */
function chosenOf(running: readonly Recorder[], id: string | undefined, all: boolean): readonly Recorder[] {
  if (all || (id === undefined && running.length <= 1)) return running;
  const found = running.filter((one) => `r-${one.recording}` === id);
  if (found.length > 0) return found;
  const names = running.map((one) => `r-${one.recording}`).join(', ');
  throw new KeelError('E_USAGE', {
    what:
      id === undefined
        ? {
            en: `${running.length} recorders run: ${names}`,
            ko: `기록기가 ${running.length}개 실행 중입니다: ${names}`,
          }
        : { en: `${id} is not being recorded`, ko: `${id}은(는) 기록 중이 아닙니다` },
    next: [{ en: 'Which there are: keel record list', ko: '목록: keel record list' }],
  });
}
