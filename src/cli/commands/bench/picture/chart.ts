/** Charts of experiments as SVG: lines over an axis, bars, a heat map. Readable without colour: every series is named. */
import type { Sentence } from '../../../../base/sentence.ts';
import type { Chart } from '../../../../experiments/report.ts';
import { escapeXml, FONT_PX, round, type Shape, stacked, textLines } from '../../../output/drawing/shapes.ts';
import type { Look } from '../../../output/look.ts';
import { wrap } from '../../../output/wrap.ts';
import { bars } from './bars.ts';
import { heat } from './heat.ts';
import { lines } from './lines.ts';
import { stacks } from './stacks.ts';

export interface Caption {
  readonly title: string;
  readonly verdict: Sentence;
}

const MARGIN_PX = 20;
const VERDICT_COLUMNS = 110;

export function chartSvg(chart: Chart, { title, verdict }: Caption, look: Look): string {
  const said = look.say(verdict);
  const picture = stacked(
    [textLines([title], 'title'), textLines(wrap(said, VERDICT_COLUMNS)), drawn(chart, look)],
    10,
  );
  const [width, height] = [picture.width, picture.height].map((px) => round(px + 2 * MARGIN_PX));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, 'DejaVu Sans', 'Noto Sans KR', sans-serif" font-size="${FONT_PX}">`,
    `<title>${escapeXml(`${title}: ${said}`)}</title>`,
    STYLE,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    picture.draw(MARGIN_PX, MARGIN_PX),
    '</svg>\n',
  ].join('\n');
}

const STYLE =
  '<style>text{fill:#14202b}.title{font-weight:600}.dim{fill:#43515d}.end{text-anchor:end}.mid{text-anchor:middle}.light{fill:#ffffff;text-anchor:middle}</style>';

function drawn(chart: Chart, look: Look): Shape {
  switch (chart.kind) {
    case 'lines':
      return lines(chart, look);
    case 'bars':
      return bars(chart, look);
    case 'stacks':
      return stacks(chart, look);
    case 'heat':
      return heat(chart, look);
  }
}
