/** `keel completion SHELL`: prints the script that teaches a shell to complete. */
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { SCRIPTS, SHELLS } from '../../completion/scripts.ts';

export default defineCommand({
  name: 'completion',
  summary: {
    en: 'completion for bash, zsh or fish: commands, options, targets, CPU sets',
    ko: 'bash, zsh, fish 자동 완성: 명령, 옵션, 대상, CPU 집합',
  },
  arguments: [
    {
      name: '<shell>',
      describe: { en: 'bash, zsh or fish', ko: 'bash, zsh, fish 중 하나' },
      completes: SHELLS,
    },
  ],
  options: {},
  examples: [
    {
      line: 'source <(keel completion bash)',
      does: {
        en: 'for this shell; in ~/.bashrc or ~/.zshrc (zsh) for every one',
        ko: '지금 셸에 적용. ~/.bashrc나 ~/.zshrc(zsh)에 넣으면 항상',
      },
    },
    {
      line: 'keel completion fish > ~/.config/fish/completions/keel.fish',
      does: { en: 'fish, for every shell', ko: 'fish, 항상' },
    },
  ],
  async run({ args }) {
    const shell = SHELLS.find((one) => one === args[0]);
    if (shell !== undefined) return { kind: 'raw', text: SCRIPTS[shell] };
    const [text = ''] = args;
    throw new KeelError('E_USAGE', {
      what: { en: `there is no completion for "${text}"`, ko: `"${text}"용 자동 완성은 없습니다` },
      pointer: { text, start: 0, end: text.length },
      next: [{ en: `One of: ${SHELLS.join(', ')}`, ko: `가능한 셸: ${SHELLS.join(', ')}` }],
    });
  },
});
