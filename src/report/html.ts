/**
 * A report as one file of HTML that asks the network for nothing: no script, pictures inside, the data inside. Whatever
 * a process calls itself is text here, never markup.
 */
import type { Language } from '../base/sentence.ts';
import type { Block, Page, Section } from './page.ts';
import { STYLE } from './style.ts';

/** Nothing may be loaded and nothing may run, whatever is in the text. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function pageHtml(page: Page, language: Language): string {
  const say = (sentence: Readonly<Record<Language, string>>) => escapeHtml(sentence[language]);
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${say(page.title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body><main>',
    `<header><h1>${say(page.verdict)}</h1>`,
    ...(page.second === null ? [] : [`<p class="second">${say(page.second)}</p>`]),
    `<p class="about">${say(page.about)}</p></header>`,
    `<ul class="figures">${page.figures
      .map(({ value, name }) => `<li><strong>${escapeHtml(value)}</strong> <span>${say(name)}</span></li>`)
      .join('')}</ul>`,
    ...page.sections.map((section) => sectionHtml(section, language)),
    '</main>',
    `<script type="application/json" id="data">${embeddedJson(page.data)}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionHtml({ title, blocks }: Section, language: Language): string {
  const inner = blocks.map((block) => blockHtml(block, language)).join('\n');
  return `<section><h2>${escapeHtml(title[language])}</h2>\n${inner}\n</section>`;
}

function blockHtml(block: Block, language: Language): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text[language])}</p>`;
    case 'lines':
      return `<h3>${escapeHtml(block.title[language])}</h3>\n<pre>${escapeHtml(block.lines.join('\n'))}</pre>`;
    case 'picture':
      return `<div class="picture"><img alt="${escapeHtml(block.describes[language])}" src="${pictureAddress(block.svg)}"></div>`;
    case 'table':
      return tableHtml(block, language);
  }
}

function tableHtml({ columns, rows, total }: Extract<Block, { kind: 'table' }>, language: Language): string {
  // On a narrow window a row is two lines, and each value has its title beside it.
  const titleOf = (i: number) => ` data-title="${escapeHtml(columns[i]?.title[language] ?? '')}"`;
  const row = (cells: readonly Readonly<Record<Language, string>>[], tag: 'td' | 'th') =>
    `<tr>${cells
      .map(
        (cell, i) =>
          `<${tag} class="${columns[i]?.align ?? 'left'}"${i === 0 || tag === 'th' ? '' : titleOf(i)}>${escapeHtml(cell[language])}</${tag}>`,
      )
      .join('')}</tr>`;
  const head = row(
    columns.map(({ title }) => title),
    'th',
  );
  const foot = total === null ? '' : `<tfoot>${row(total, 'td')}</tfoot>`;
  const body = rows.map((cells) => row(cells, 'td')).join('\n');
  return `<table><thead>${head}</thead><tbody>${body}</tbody>${foot}</table>`;
}

/** As an image of its own, so that neither its style nor its names meet those of the page. */
function pictureAddress(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** JSON that no parser of HTML finds an end tag or a comment in. */
function embeddedJson(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one);
}
