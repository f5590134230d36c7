/** Rectangles that hold rectangles: measured first, drawn once the place of each is known. */

/** Something with a size that can be drawn at a place. All lengths are SVG user units (pixels). */
export interface Shape {
  readonly width: number;
  readonly height: number;
  readonly draw: (x: number, y: number) => string;
}

export const FONT_PX = 12;
/** Mean advance of a sans-serif digit or letter, generous, since the viewer's font is not known. */
const CHAR_PX = FONT_PX * 0.6;

export function textPx(text: string, scale = 1): number {
  // Letters beyond Latin (Korean) are as wide as they are high.
  return [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? FONT_PX : CHAR_PX), 0) * scale;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export function textAt(x: number, y: number, text: string, cssClass = ''): string {
  const named = cssClass === '' ? '' : ` class="${cssClass}"`;
  return `<text x="${round(x)}" y="${round(y)}"${named}>${escapeXml(text)}</text>`;
}

export function rectAt(x: number, y: number, width: number, height: number, attributes: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" ${attributes}/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Wider than high, as screens are. */
const ASPECT_RATIO = 3;

/** Shapes in rows of about equal length, in about the proportion of a screen, no wider than `limitPx` where possible. */
export function inRows(shapes: readonly Shape[], gapPx: number, limitPx: number): Shape {
  const area = shapes.reduce((sum, shape) => sum + (shape.width + gapPx) * (shape.height + gapPx), 0);
  const rows = filledRows(shapes, gapPx, Math.min(limitPx, Math.sqrt(area * ASPECT_RATIO)));
  const perRow = Math.ceil(shapes.length / Math.max(1, rows.length));
  const even = rows.map((_, i) => shapes.slice(i * perRow, (i + 1) * perRow));
  const fits = even.every((row) => sideBySide(row, gapPx).width <= limitPx);
  return stackedRows(fits ? even : rows, gapPx);
}

/** Shapes in rows, each filled before the next is begun. */
export function filling(shapes: readonly Shape[], gapPx: number, limitPx: number): Shape {
  return stackedRows(filledRows(shapes, gapPx, limitPx), gapPx);
}

function filledRows(shapes: readonly Shape[], gapPx: number, limitPx: number): Shape[][] {
  const rows: Shape[][] = [];
  let used = 0;
  for (const shape of shapes) {
    const row = rows.at(-1);
    if (row === undefined || used + gapPx + shape.width > limitPx) {
      rows.push([shape]);
      used = shape.width;
    } else {
      row.push(shape);
      used += gapPx + shape.width;
    }
  }
  return rows;
}

function stackedRows(rows: readonly (readonly Shape[])[], gapPx: number): Shape {
  return stacked(
    rows.map((row) => sideBySide(row, gapPx)),
    gapPx,
  );
}

export function sideBySide(shapes: readonly Shape[], gapPx: number): Shape {
  const width = shapes.reduce((sum, shape) => sum + shape.width, gapPx * Math.max(0, shapes.length - 1));
  return {
    width,
    height: Math.max(0, ...shapes.map((shape) => shape.height)),
    draw(x, y) {
      let at = x;
      return shapes
        .map((shape) => {
          const drawn = shape.draw(at, y);
          at += shape.width + gapPx;
          return drawn;
        })
        .join('');
    },
  };
}

export function stacked(shapes: readonly Shape[], gapPx: number): Shape {
  const some = shapes.filter((shape) => shape.height > 0);
  const height = some.reduce((sum, shape) => sum + shape.height, gapPx * Math.max(0, some.length - 1));
  return {
    width: Math.max(0, ...some.map((shape) => shape.width)),
    height,
    draw(x, y) {
      let at = y;
      return some
        .map((shape) => {
          const drawn = shape.draw(x, at);
          at += shape.height + gapPx;
          return drawn;
        })
        .join('');
    },
  };
}

/** Lines of text. */
export function textLines(lines: readonly string[], cssClass = ''): Shape {
  const linePx = FONT_PX * 1.35;
  const bold = cssClass === 'title' ? 1.1 : 1;
  return {
    width: Math.max(0, ...lines.map((line) => textPx(line, bold))),
    height: lines.length * linePx,
    draw: (x, y) => lines.map((line, i) => textAt(x, y + FONT_PX + i * linePx, line, cssClass)).join(''),
  };
}

/** A frame around a shape. */
export function framed(inner: Shape, paddingPx: number, attributes: string): Shape {
  const width = inner.width + 2 * paddingPx;
  const height = inner.height + 2 * paddingPx;
  return {
    width,
    height,
    draw: (x, y) => rectAt(x, y, width, height, attributes) + inner.draw(x + paddingPx, y + paddingPx),
  };
}
