/** What the pictures of a report share: a document that is light or dark as the reader's system is, and text in it. */

export interface SvgSize {
  readonly width: number;
  readonly height: number;
}

/** Fills by name, so that a picture has no colours of its own. Shades go from few to many. */
const STYLE = `
text { fill: #14202b; }
.back { fill: #ffffff; } .field { fill: #f3f6f8; }
.shade0 { fill: #d6e6f2; } .shade1 { fill: #9cc3de; } .shade2 { fill: #5f9cc5; } .shade3 { fill: #2f72a3; } .shade4 { fill: #12466e; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.back { fill: #10171d; } .field { fill: #1a242d; }
.shade0 { fill: #1f3d52; } .shade1 { fill: #2a6489; } .shade2 { fill: #478eab; } .shade3 { fill: #84bfd0; } .shade4 { fill: #e4f3f3; }
}`;

export const SHADES = ['shade0', 'shade1', 'shade2', 'shade3', 'shade4'] as const;

/** @param parts elements, each well-formed */
export function svgDocument({ width, height }: SvgSize, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, 'DejaVu Sans', 'Noto Sans KR', sans-serif" font-size="11">`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

/** @param y of the base line */
export function svgText(x: number, y: number, text: string, anchor: 'start' | 'end'): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${safe}</text>`;
}
