/** A report as Markdown: the same words and tables; pictures are left to the HTML. */
import type { Language } from '../base/sentence.ts';
import type { Block, Page } from './page.ts';

export function pageMarkdown(page: Page, language: Language): string {
  const say = (sentence: Readonly<Record<Language, string>>) => escapeMarkdown(sentence[language]);
  return [
    `# ${say(page.verdict)}`,
    ...(page.second === null ? [] : [say(page.second)]),
    say(page.about),
    page.figures.map(({ value, name }) => `- **${escapeMarkdown(value)}** ${say(name)}`).join('\n'),
    ...page.sections.flatMap(({ title, blocks }) => {
      const inner = blocks.flatMap((block) => blockMarkdown(block, language));
      return inner.length === 0 ? [] : [`## ${say(title)}`, ...inner];
    }),
  ]
    .join('\n\n')
    .concat('\n');
}

function blockMarkdown(block: Block, language: Language): string[] {
  switch (block.kind) {
    case 'text':
      return [escapeMarkdown(block.text[language])];
    case 'lines':
      return [`### ${escapeMarkdown(block.title[language])}`, fenced(block.lines.join('\n'))];
    case 'picture':
      return [];
    case 'table':
      return [tableMarkdown(block, language)];
  }
}

function tableMarkdown(
  { columns, rows, total }: Extract<Block, { kind: 'table' }>,
  language: Language,
): string {
  const row = (cells: readonly Readonly<Record<Language, string>>[]) =>
    `| ${cells.map((cell) => escapeMarkdown(cell[language])).join(' | ')} |`;
  const rule = `| ${columns.map(({ align }) => (align === 'right' ? '--:' : '---')).join(' | ')} |`;
  return [
    row(columns.map(({ title }) => title)),
    rule,
    ...[...rows, ...(total === null ? [] : [total])].map(row),
  ].join('\n');
}

/** A fence longer than any inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** What Markdown, and HTML in it, would take for more than text. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#&]/g, (one) => `\\${one}`).replace(/\s+/g, ' ');
}
