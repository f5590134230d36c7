/** `keel agent uninstall`: takes away the unit that `keel agent install` wrote. */

import { defineCommand } from '../../command.ts';
import { DRY_RUN, text, YES } from '../../options.ts';

export default defineCommand({
  name: 'agent uninstall',
  summary: {
    en: 'take away the systemd unit that keel agent install wrote',
    ko: 'keel agent install이 만든 systemd 유닛을 제거',
  },
  details: {
    en: 'The configuration, open incidents and messages that wait stay where they are. A unit that somebody else wrote is refused.',
    ko: '설정 파일, 열린 사건, 대기 중인 메시지는 그대로 둡니다. 다른 사람이 만든 유닛은 제거하지 않습니다.',
  },
  arguments: [],
  options: {
    unitFolder: text(
      '--unit-folder <folder>',
      { en: 'where the unit is (/etc/systemd/system)', ko: '유닛이 있는 폴더 (/etc/systemd/system)' },
      'folder',
    ),
    dryRun: DRY_RUN,
    yes: YES,
  },
  examples: [{ line: 'keel agent uninstall --yes', does: { en: 'take it away', ko: '제거' } }],
  async run({ options, context }) {
    const { planUninstall, removeUnit, UNIT_FOLDER, UNIT_NAME } = await import('../../../agent/install.ts');
    const path = planUninstall(options.unitFolder ?? UNIT_FOLDER);
    const plan = [`  - ${path}`];
    const removed =
      options.dryRun !== true && (await context.confirm(plan, { en: 'Take it away?', ko: '제거할까요?' }));
    if (removed) removeUnit(path);
    const next = `systemctl disable --now ${UNIT_NAME}; systemctl daemon-reload`;
    return {
      kind: 'document',
      json: { schema: 'keel.agent.uninstall/1', removed, path, next },
      lines: (look) => [
        ...plan,
        removed
          ? look.say({ en: `Next: ${next}`, ko: `다음: ${next}` })
          : look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' }),
      ],
    };
  },
});
