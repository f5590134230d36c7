/** `keel agent install`: the agent as a service of systemd. */
import { DEFAULT_CONFIG } from '../../../agent/default-config.ts';
import { defineCommand } from '../../command.ts';
import { DRY_RUN, text, YES } from '../../options.ts';
import { installedOutput, installLines, planOutput } from './render.ts';

export default defineCommand({
  name: 'agent install',
  summary: {
    en: 'write a hardened systemd unit for the agent, after showing it',
    ko: '보안 설정을 갖춘 systemd 유닛을 보여 준 뒤 설치',
  },
  details: {
    en: 'Writes the unit, and an example of a configuration where there is none. It starts nothing: the command that does is told at the end. Taken back by keel agent uninstall, which leaves the configuration.',
    ko: '유닛을 쓰고, 설정 파일이 없으면 예제도 씁니다. 시작하지는 않으며 시작하는 명령을 마지막에 알려 줍니다. keel agent uninstall로 되돌리고, 설정 파일은 남겨 둡니다.',
  },
  arguments: [],
  options: {
    config: text('--config <file>', { en: 'the configuration', ko: '설정 파일' }, 'file'),
    unitFolder: text(
      '--unit-folder <folder>',
      { en: 'where the unit goes (/etc/systemd/system)', ko: '유닛을 둘 폴더 (/etc/systemd/system)' },
      'folder',
    ),
    dryRun: DRY_RUN,
    yes: YES,
  },
  examples: [
    { line: 'keel agent install --dry-run', does: { en: 'see the unit', ko: '유닛 보기' } },
    { line: 'keel agent install --yes', does: { en: 'write it', ko: '설치' } },
  ],
  async run({ options, context }) {
    const { planInstall, UNIT_FOLDER, writePlan } = await import('../../../agent/install.ts');
    const plan = planInstall({
      command: [process.execPath, process.argv[1] ?? 'keel'],
      config: options.config ?? DEFAULT_CONFIG,
      unitFolder: options.unitFolder ?? UNIT_FOLDER,
    });
    if (options.dryRun || plan.files.every(({ kind }) => kind === 'keep')) return planOutput(plan, false);
    if (!(await context.confirm(installLines(plan, context.look), { en: 'Write it?', ko: '설치할까요?' })))
      return planOutput(plan, false);
    writePlan(plan);
    return installedOutput(plan);
  },
});
