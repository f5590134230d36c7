/** The answer of `keel agent check`: a count, and each mistake under its line. */
import type { ConfigMistake, ConfigResult } from '../../../agent/config/config.ts';
import { EXIT } from '../../../base/errors.ts';
import { plural } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { cells, type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';

export function checkOutput(path: string, result: ConfigResult): DocumentOutput {
  const { config, mistakes } = result;
  return {
    kind: 'document',
    exitCode: config === null ? EXIT.failed : EXIT.fine,
    json: {
      schema: 'keel.agent.check/1',
      path,
      fine: config !== null,
      targets: config?.targets.map(({ name }) => name) ?? null,
      rules: config?.rules.map(({ id }) => id) ?? null,
      sinks: config?.sinks.map(({ name }) => name) ?? null,
      mistakes: mistakes.map(({ line, text, start, end, note }) => ({
        line,
        text,
        start,
        end,
        note: note.en,
      })),
    },
    lines: (look) => (config === null ? wrongLines(result, look) : fineLines(config, path, look)),
  };
}

function fineLines(config: NonNullable<ConfigResult['config']>, path: string, look: Look): string[] {
  const { targets, rules, sinks } = config;
  const [t, r, s] = [targets.length, rules.length, sinks.length];
  return [
    look.say({
      en: `${path} is fine: ${plural(t, 'target')}, ${plural(r, 'rule')}, ${plural(s, 'sink')}`,
      ko: `${path}에 잘못된 곳이 없습니다: 대상 ${t}개, 규칙 ${r}개, 알림 경로 ${s}개`,
    }),
    ...(t === 0
      ? [
          look.say({
            en: 'No targets: the machine alone is watched.',
            ko: '대상이 없으므로 컴퓨터 전체만 감시합니다.',
          }),
        ]
      : []),
    ...(s === 0
      ? [
          look.say({
            en: 'No sinks: nobody is told.',
            ko: '알림 경로가 없으므로 아무에게도 알리지 않습니다.',
          }),
        ]
      : []),
  ];
}

function wrongLines(result: ConfigResult, look: Look): string[] {
  const { mistakes } = result;
  const wrong = new Set(mistakes.map(({ entry }) => entry)).size;
  const fine = Math.max(0, (result.config === null ? result.entries : 0) - wrong);
  return [
    look.say({
      en: `${plural(fine, 'entry', 'entries')} fine, ${wrong} wrong; nothing was loaded`,
      ko: `항목 ${fine}개는 맞고 ${wrong}개가 잘못되었습니다. 아무것도 적용하지 않았습니다`,
    }),
    ...mistakes.flatMap((mistake) => mistakeLines(mistake, look)),
  ];
}

/** The carets stand under what is meant; a note that does not fit beside them comes below. */
function mistakeLines({ line, text, start, end, note }: ConfigMistake, look: Look): string[] {
  const label = look.say({ en: `  line ${line}: `, ko: `  ${line}번째 줄: ` });
  const room = look.width - cells(label);
  const cut = Math.max(0, Math.min(start - 8, cells(text) - room));
  const shown = safeName(text.slice(cut)).slice(0, room);
  const indent = ' '.repeat(cells(label) + cells(safeName(text.slice(cut, start))));
  const carets = '^'.repeat(
    Math.max(1, Math.min(cells(safeName(text.slice(start, end))), look.width - indent.length)),
  );
  const said = look.say(note);
  const beside = `${indent}${carets} ${said}`;
  const below =
    cells(beside) <= look.width
      ? [beside]
      : [`${indent}${carets}`, ...wrap(said, look.width - 4).map((one) => `    ${one}`)];
  return [`${label}${shown}`, ...below];
}
