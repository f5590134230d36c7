import { describe, expect, it } from 'vitest';
import { type Sentence, verbatim } from '../base/sentence.ts';
import { pageHtml } from './html.ts';
import { pageMarkdown } from './markdown.ts';
import type { Block, Page } from './page.ts';

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="alert(2)">'&\`\`\` | # *b* [l](http://x)`;

function pageOf(text: Sentence): Page {
  const blocks: Block[] = [
    { kind: 'text', text },
    {
      kind: 'table',
      columns: [
        { title: text, align: 'left' },
        { title: verbatim('ms'), align: 'right' },
      ],
      rows: [[text, verbatim('3')]],
      total: [text, verbatim('3')],
    },
    { kind: 'lines', title: text, lines: [text.en] },
    { kind: 'picture', svg: `<svg><text>${text.en}</text></svg>`, describes: text },
  ];
  return {
    title: text,
    verdict: text,
    second: text,
    about: text,
    figures: [{ value: text.en, name: text }],
    sections: [{ title: text, blocks }],
    data: { schema: 'keel.report/1', comm: text.en, line: '\u2028' },
  };
}

describe('a page of HTML', () => {
  const html = pageHtml(pageOf(verbatim(HOSTILE)), 'en');

  it('keeps what processes call themselves from being markup', () => {
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img src=x|onerror="/);
    expect(html.match(/<img /g)).toHaveLength(1);
  });

  it('asks the network for nothing, and says that it may not', () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`);
    expect(html.match(/(?:src|href)="(?!data:)/g)).toBeNull();
    expect(html).not.toMatch(/@import|url\(/);
  });

  it('holds the data it was made from, whole', () => {
    const [, json = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json)).toEqual({ schema: 'keel.report/1', comm: HOSTILE, line: '\u2028' });
  });

  it('is in one language, and says which', () => {
    const korean = pageHtml(pageOf({ en: 'late', ko: '늦음' }), 'ko');
    expect(korean).toContain('<html lang="ko">');
    expect(korean).toContain('<h1>늦음</h1>');
    expect(korean).not.toContain('<h1>late');
  });
});

describe('a page of Markdown', () => {
  const lines = pageMarkdown(pageOf(verbatim(HOSTILE)), 'en').split('\n');

  it('keeps text from being markup, and tables in their columns', () => {
    const outside = lines.filter((line) => line.startsWith('|'));
    for (const line of outside.filter((one) => !one.includes('---')))
      expect(line.replaceAll('\\|', '').match(/\|/g)).toHaveLength(3);
    expect(lines[0]).toMatch(/^# \\</);
    expect(lines.filter((line) => /(^|[^\\])<img/.test(line))).toHaveLength(1);
  });

  it('fences lines so that none of them ends the fence', () => {
    const at = lines.indexOf('````');
    expect(lines.slice(at, at + 3)).toEqual(['````', HOSTILE, '````']);
  });

  it('leaves out a section that was a picture only', () => {
    const page = pageOf(verbatim('x'));
    const picture = {
      title: verbatim('Machine'),
      blocks: [{ kind: 'picture', svg: '', describes: verbatim('') }] as const,
    };
    expect(pageMarkdown({ ...page, sections: [picture] }, 'en')).not.toContain('Machine');
  });
});
