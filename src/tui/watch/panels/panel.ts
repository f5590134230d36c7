/** What a panel is: a part of the screen, drawn from the state into a rectangle. */

import { isMissing, type Maybe } from '../../../base/missing.ts';
import { groupDecimals } from '../../../base/sentence.ts';
import type { Look } from '../../../cli/output/look.ts';
import type { Size } from '../../drawing/lines.ts';
import type { Shown, WatchState } from '../state.ts';

/** The first line is the title. Every line is as wide as the panel. */
export type Panel = (state: WatchState, shown: Shown, size: Size, look: Look) => string[];

export function dash(look: Look): string {
  return look.unicode ? '—' : '-';
}

export function orDash<T>(value: Maybe<T> | null, look: Look, format: (value: T) => string): string {
  return value === null || isMissing(value) ? dash(look) : format(value as T);
}

/** Nanoseconds in a second of the interval, as milliseconds: `10.4`. */
export function msPerSec(ns: number, elapsedNs: number): number {
  return (ns / 1e6 / elapsedNs) * 1e9;
}

/** One decimal below 100, none above; thousands are grouped. */
export function short(value: number): string {
  return value < 99.95 ? value.toFixed(1) : groupDecimals(value, 0);
}

/** Labels on the left of a drawing: the top value, and that of the bottom. */
export function labelled(rows: readonly string[], top: string, bottom: string, width: number): string[] {
  return rows.map((row, i) => {
    const label = i === 0 ? top : i === rows.length - 1 ? bottom : '';
    return `${label.padStart(width - 1)} ${row}`;
  });
}

export const LABEL_WIDTH = 6;
