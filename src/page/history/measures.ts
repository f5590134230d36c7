/** The numbers of the history as people read them. */
import type { Sentence } from '../../base/sentence.ts';
import { pctText, sizeText, timeText } from '../format.ts';

export interface Measure {
  /** As the history calls it; its unit ends it. */
  readonly metric: string;
  readonly name: Sentence;
  readonly text: (value: number) => string;
}

const perSec = (value: number) => `${Number(value.toPrecision(3)).toLocaleString('en-US')}/s`;
const timePerSec = (ns: number) => `${timeText(ns)}/s`;

// biome-ignore format: one line per measure
export const MEASURES: readonly Measure[] = [
  { metric: 'cpuPct', name: { en: 'CPU', ko: 'CPU' }, text: pctText },
  { metric: 'runDelayNsPerSec', name: { en: 'run delay', ko: '실행 지연' }, text: timePerSec },
  { metric: 'runDelayP99Ns', name: { en: 'wait for a CPU, p99', ko: 'CPU 대기 p99' }, text: timeText },
  { metric: 'faultStallNsPerSec', name: { en: 'held by page faults', ko: '페이지 폴트로 멈춘 시간' }, text: timePerSec },
  { metric: 'minorFaultsPerSec', name: { en: 'minor faults', ko: '마이너 폴트' }, text: perSec },
  { metric: 'majorFaultsPerSec', name: { en: 'major faults', ko: '메이저 폴트' }, text: perSec },
  { metric: 'migrationsPerSec', name: { en: 'migrations', ko: '마이그레이션' }, text: perSec },
  { metric: 'voluntarySwitchesPerSec', name: { en: 'voluntary switches', ko: '자발적 전환' }, text: perSec },
  { metric: 'involuntarySwitchesPerSec', name: { en: 'involuntary switches', ko: '비자발적 전환' }, text: perSec },
  { metric: 'rssBytes', name: { en: 'RSS', ko: 'RSS' }, text: sizeText },
  { metric: 'swapBytes', name: { en: 'swap', ko: '스왑' }, text: sizeText },
  { metric: 'threads', name: { en: 'threads', ko: '스레드' }, text: (value) => `${Number(value.toPrecision(3))}` },
];

/** How much more the first is than the second: `+12 %`, `2.5 times`. A dash where there was nothing to compare with. */
export function differenceText(now: number, before: number): string {
  if (before === 0) return now === 0 ? '0 %' : '—';
  const ratio = now / before;
  if (ratio >= 2.5) return `×${Number(ratio.toPrecision(2))}`;
  const pct = 100 * (ratio - 1);
  if (Math.abs(pct) < 0.05) return '0 %';
  return `${pct > 0 ? '+' : '−'}${Math.abs(pct).toFixed(Math.abs(pct) < 10 ? 1 : 0)} %`;
}
