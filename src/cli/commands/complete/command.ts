/** `keel complete SHELL -- ...`: the answer to a Tab, for the scripts of completion/scripts.ts. */
import { verbatim } from '../../../base/sentence.ts';
import { typedWords } from '../../../base/typed-words.ts';
import type { Host } from '../../../host/host.ts';
import { type Context, defineCommand } from '../../command.ts';
import { type Candidate, type Candidates, candidatesFor } from '../../completion/candidates.ts';
import { namesOf } from '../../completion/names.ts';
import { escapeWord, keptLength } from '../../completion/shell-words.ts';
import { safeName } from '../../output/look.ts';
import { COMMANDS } from '../index.ts';

export default defineCommand({
  name: 'complete',
  summary: { en: 'answers the shell at Tab', ko: '셸 자동 완성에 답합니다' },
  arguments: [
    { name: '<shell>', describe: { en: 'who asks', ko: '묻는 셸' } },
    {
      name: '[words...]',
      describe: {
        en: 'bash: the line and COMP_WORDBREAKS; others: its words',
        ko: 'bash는 줄과 COMP_WORDBREAKS, 나머지는 단어들',
      },
    },
  ],
  options: {},
  passThrough: true,
  examples: [],
  async run({ args: [shell, ...words], context }) {
    const { host } = context.open();
    const names = namesOf(host, () => activeChanges(host, context));
    const answer = shell === 'bash' ? answerBash : (line: readonly string[]) => [line, same] as const;
    const [line, write] = answer(words);
    return { kind: 'raw', text: answerText(await candidatesFor(line, COMMANDS, names), write, context) };
  },
});

const same = (word: string) => word;

/** Loaded for this alone, because the journal's format is not cheap to load. */
async function activeChanges(host: Host, context: Context): Promise<readonly Candidate[]> {
  const [{ openWorkshop }, { listChanges }] = await Promise.all([
    import('../../../app/workshop.ts'),
    import('../../../app/undo-changes.ts'),
  ]);
  const { changes } = await listChanges(openWorkshop(host, context));
  return changes
    .filter((one) => one.isActive)
    .map(({ change }) => ({ word: change.id, describe: verbatim(safeName(change.command)) }));
}

/** Bash gets words as they must stand on the line, without the part it keeps. */
function answerBash([text = '', breaks = '']: readonly string[]) {
  const { words, openQuote } = typedWords(text);
  const kept = openQuote === null ? keptLength(words.at(-1) ?? '', breaks) : 0;
  const write = (word: string) => (openQuote === null ? escapeWord(word.slice(kept)) : word);
  return [words.slice(1), write] as const;
}

function answerText(found: Candidates, write: (word: string) => string, { look }: Context): string {
  if (typeof found === 'string') return `${found}\n`;
  const lines = found.map(({ word, describe }) => write(word) + (describe ? `\t${look.say(describe)}` : ''));
  return ['words', ...lines, ''].join('\n');
}
