import { expect, it } from 'vitest';
import { terminalSvg } from './svg.ts';

it('sets each run at its column, in its colour', () => {
  const svg = terminalSvg('\u001b[1mtick\u001b[22m  4131 \u001b[31mlate\u001b[39m\n', 'keel');
  expect(svg).toContain(
    '<text x="16.0" y="44" textLength="33.6" lengthAdjust="spacingAndGlyphs" font-weight="700">tick</text>',
  );
  expect(svg).toContain(
    '<text x="66.4" y="44" textLength="42.0" lengthAdjust="spacingAndGlyphs">4131 </text>',
  );
  expect(svg).toContain('fill="#ff8fa0">late</text>');
});

it('gives Korean letters two columns', () => {
  expect(terminalSvg('틱  x', 'keel')).toContain(
    '<text x="49.6" y="44" textLength="8.4" lengthAdjust="spacingAndGlyphs">x</text>',
  );
});

it('escapes what XML would read', () => {
  expect(terminalSvg('<&>', 'a<b')).toContain('>&lt;&amp;&gt;</text>');
});
