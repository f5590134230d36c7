/** Times between CPUs as a square: numbers where they fit, shades where only those do. */
import type { Matrix } from '../../../experiments/report.ts';
import { cells, type Look, padStart } from '../../output/look.ts';

const SHADES = [' ', '·', '░', '▒', '▓', '█'];
const ASCII_SHADES = [' ', '.', ':', '+', '#', '@'];

/** @param all also where lines get longer than the terminal */
export function matrixLines(matrix: Matrix, look: Look, all: boolean): string[] {
  const { labels } = matrix;
  if (labels.length < 3 && !all) return [];
  const values = matrix.ns.flat().filter((ns) => ns !== null);
  const width =
    Math.max(...labels.map((cpu) => `${cpu}`.length), `${Math.round(Math.max(...values))}`.length) + 1;
  const left = `CPU ${labels.at(-1)}`.length;
  if (all || left + width * labels.length <= look.width) return numberLines(matrix, left, width);
  if (left + 1 + labels.length <= look.width) return shadeLines(matrix, left, look);
  return [
    look.say({
      en: `${labels.length} CPUs are too many for ${look.width} columns: --svg FILE, or --matrix`,
      ko: `CPU ${labels.length}개는 ${look.width}칸에 들어가지 않습니다: --svg FILE 또는 --matrix`,
    }),
  ];
}

function numberLines({ labels, ns }: Matrix, left: number, width: number): string[] {
  const head = padStart('ns', left) + labels.map((cpu) => padStart(`${cpu}`, width)).join('');
  return [
    head,
    ...ns.map((row, i) => {
      const numbers = row.map((value) => padStart(value === null ? '.' : `${Math.round(value)}`, width));
      return padStart(`CPU ${labels[i]}`, left) + numbers.join('');
    }),
  ];
}

function shadeLines({ labels, ns }: Matrix, left: number, look: Look): string[] {
  const shades = look.unicode ? SHADES : ASCII_SHADES;
  const values = ns.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const shade = (value: number | null) => {
    if (value === null) return shades[0];
    const level = most > least ? Math.log(value / least) / Math.log(most / least) : 0;
    return shades[1 + Math.min(4, Math.floor(level * 5))];
  };
  const legend = [least, most].map((value) => `${Math.round(value)} ns`).join(' - ');
  return [
    ...ns.map((row, i) => `${padStart(`CPU ${labels[i]}`, left)} ${row.map(shade).join('')}`),
    `${padStart('', Math.min(left, cells(legend)))} ${shades.slice(1).join('')} ${legend}`,
  ];
}
