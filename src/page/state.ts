/** What the page knows: one value each, and what follows from them. */
import { computed, signal } from '@preact/signals';
import type { Sentence } from '../base/sentence.ts';
import type { TargetFrame, WatchFrame } from '../model/watch/frame.ts';
import type { SessionDocument, TopologyDocument } from './documents.ts';

export const session = signal<SessionDocument | null>(null);
export const topology = signal<TopologyDocument | null>(null);

/** As it was typed or chosen. */
export const target = signal<string | null>(null);

/** The frames that are shown, the oldest first. */
export const frames = signal<readonly WatchFrame[]>([]);
const MOST_FRAMES = 600;

export type Connection =
  | { readonly kind: 'none' | 'opening' | 'live' | 'ended' | 'lost' }
  | { readonly kind: 'failed'; readonly what: Sentence };
export const connection = signal<Connection>({ kind: 'none' });
/** Frames this page was too slow for. */
export const dropped = signal(0);
export const isPaused = signal(false);

export const lastFrame = computed(() => frames.value.at(-1) ?? null);
export const lastTarget = computed<TargetFrame | null>(() => lastFrame.value?.targets[0] ?? null);

let source: EventSource | null = null;
/** While paused: shown all at once afterwards. */
let held: WatchFrame[] = [];

/** Watches another process; what was shown of the one before is forgotten. */
export function watch(chosen: string): void {
  source?.close();
  target.value = chosen;
  frames.value = [];
  held = [];
  dropped.value = 0;
  connection.value = { kind: 'opening' };
  source = new EventSource(`api/v1/frames?${new URLSearchParams({ target: chosen })}`);
  source.addEventListener('frames', (event) => {
    const given = JSON.parse(event.data) as {
      readonly frames: readonly WatchFrame[];
      readonly dropped: number;
    };
    connection.value = { kind: 'live' };
    dropped.value += given.dropped;
    take(given.frames);
  });
  source.addEventListener('ended', () => finish({ kind: 'ended' }));
  source.addEventListener('failed', (event) => {
    const { what, whatKo } = JSON.parse(event.data) as { readonly what: string; readonly whatKo: string };
    finish({ kind: 'failed', what: { en: what, ko: whatKo } });
  });
  // The browser tries again by itself; what was remembered then comes once more.
  source.onerror = () => {
    connection.value = { kind: 'lost' };
  };
}

export function pause(paused: boolean): void {
  isPaused.value = paused;
  if (!paused) take(held.splice(0));
}

function take(more: readonly WatchFrame[]): void {
  if (isPaused.value) {
    held = [...held, ...more].slice(-MOST_FRAMES);
    return;
  }
  const known = new Set(frames.value.map(({ monotonicNs }) => monotonicNs));
  const fresh = more.filter(({ monotonicNs }) => !known.has(monotonicNs));
  frames.value = [...frames.value, ...fresh].slice(-MOST_FRAMES);
}

function finish(how: Connection): void {
  source?.close();
  connection.value = how;
}

export const TABS = [
  'overview',
  'late',
  'faults',
  'trials',
  'place',
  'past',
  'journal',
  'alerts',
  'processes',
] as const;
export type Tab = (typeof TABS)[number];
export const tab = signal<Tab>('overview');
