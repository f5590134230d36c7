/** A flame graph of a recording: one page without a network, which its own policy forbids. */
import { createHash } from 'node:crypto';
import type { Language, Sentence } from '../base/sentence.ts';
import { CAUSE_NAMES } from '../model/faults/cause.ts';
import { type FaultProfile, profileTable } from '../model/faults/profile.ts';
import type { ExportOptions } from './exporter.ts';
import { FLAME_SCRIPT } from './flame/script.ts';
import { FLAME_STYLE } from './flame/style.ts';

export const FLAME_SAYS: Readonly<Record<string, Sentence>> = {
  title: { en: 'Page faults by the code that took them', ko: '폴트를 일으킨 코드' },
  sum: {
    en: '{stall} stalled in {elapsed}, {faults} faults',
    ko: '{elapsed} 동안 {stall} 멈춤, 폴트 {faults}회',
  },
  stall: { en: 'stall', ko: '멈춘 시간' },
  faults: { en: 'faults', ko: '폴트 수' },
  all: { en: 'all', ko: '전체' },
  search: { en: 'search (/)', ko: '검색 (/)' },
  found: { en: 'found', ko: '찾음' },
  keys: {
    en: 'Enter or click: zoom. Esc: all. Arrows: move. s: stall or faults. /: search.',
    ko: 'Enter 또는 클릭: 확대. Esc: 전체. 화살표: 이동. s: 멈춘 시간/폴트 수. /: 검색.',
  },
  nothing: { en: 'No page faults were recorded.', ko: '기록된 페이지 폴트가 없습니다.' },
};

export function exportFlame(profile: FaultProfile, { language }: ExportOptions): string {
  return flamePage(flameData(profile, language), language);
}

/** A page with the data that its script draws. */
export function flamePage(
  pageData: { readonly say: Readonly<Record<string, string>> },
  language: Language,
): string {
  const data = JSON.stringify(pageData).replaceAll('<', '\\u003c');
  const hash = createHash('sha256').update(FLAME_SCRIPT).digest('base64');
  const styleHash = createHash('sha256').update(FLAME_STYLE).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'sha256-${styleHash}'`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>keel: ${pageData.say.title}</title>
<style>${FLAME_STYLE}</style>
</head>
<body>
<script type="application/json" id="data">${data}</script>
<script>${FLAME_SCRIPT}</script>
</body>
</html>
`;
}

export function spoken(
  sentences: Readonly<Record<string, Sentence>>,
  language: Language,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sentences).map(([key, sentence]) => [key, sentence[language]]));
}

/** What the page is drawn from: the lists of the profile, with causes in words. */
function flameData(profile: FaultProfile, language: Language) {
  const table = profileTable(profile);
  return {
    ...table,
    elapsedNs: profile.elapsedNs,
    say: spoken(FLAME_SAYS, language),
    causes: table.causes.map((cause) => CAUSE_NAMES[cause][language]),
  };
}
