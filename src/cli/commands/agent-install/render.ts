/** The plan of `keel agent install`, and what came of it. */
import { type InstallPlan, UNIT_NAME } from '../../../agent/install.ts';
import type { DocumentOutput } from '../../command.ts';
import type { Look } from '../../output/look.ts';

const MARKS = { add: '+', change: '~', keep: '=' } as const;
const START = `systemctl daemon-reload && systemctl enable --now ${UNIT_NAME}`;

export function installLines({ files, unit }: InstallPlan, look: Look): string[] {
  return [
    look.say({ en: 'Plan', ko: '계획' }),
    ...files.map(({ kind, path, what }) => {
      const about = {
        unit: { en: 'the unit', ko: '유닛' },
        configuration: {
          en: kind === 'keep' ? 'the configuration, as it is' : 'an example of a configuration',
          ko: kind === 'keep' ? '설정 파일, 그대로 둠' : '설정 파일 예제',
        },
      }[what];
      return `  ${MARKS[kind]} ${path}   ${look.say(about)}`;
    }),
    '',
    ...unit
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd()),
    '',
    look.say({ en: 'undo: keel agent uninstall', ko: '되돌리기: keel agent uninstall' }),
  ];
}

export function planOutput(plan: InstallPlan, installed: boolean): DocumentOutput {
  return {
    kind: 'document',
    json: {
      schema: 'keel.agent.install/1',
      installed,
      files: plan.files.map(({ path, kind, what }) => ({ path, kind, what })),
      unit: plan.unit,
      start: START,
      undo: 'keel agent uninstall',
    },
    lines: (look) => [
      ...installLines(plan, look),
      look.say({ en: 'Nothing was written.', ko: '아무것도 쓰지 않았습니다.' }),
    ],
  };
}

export function installedOutput(plan: InstallPlan): DocumentOutput {
  return {
    ...planOutput(plan, true),
    lines: (look) => [
      ...plan.files.filter(({ kind }) => kind !== 'keep').map(({ kind, path }) => `${MARKS[kind]} ${path}`),
      look.say({ en: `Next: ${START}`, ko: `다음: ${START}` }),
      look.say({ en: 'undo: keel agent uninstall', ko: '되돌리기: keel agent uninstall' }),
    ],
  };
}
