/** A measurement that somebody asked for: it takes its time, may be refused, and its result stays until the next. */
import { type Signal, signal } from '@preact/signals';
import type { Sentence } from '../base/sentence.ts';
import { ask, Refused } from './server.ts';

export type Measured<T> =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'running';
      readonly beganMs: number;
      readonly seconds: number;
      readonly stop: () => void;
    }
  | { readonly kind: 'done'; readonly document: T }
  | { readonly kind: 'failed'; readonly what: Sentence };

export interface Measurement<T> {
  readonly state: Signal<Measured<T>>;
  /** @param parameters of the question, besides how long */
  readonly start: (seconds: number, parameters: Readonly<Record<string, string>>) => Promise<void>;
}

export function measurement<T>(name: string): Measurement<T> {
  const state = signal<Measured<T>>({ kind: 'never' });
  return {
    state,
    async start(seconds, parameters) {
      const stop = new AbortController();
      state.value = { kind: 'running', beganMs: Date.now(), seconds, stop: () => stop.abort() };
      try {
        const all = { ...parameters, seconds: String(seconds) };
        const document = await ask<T>(`read/${name}`, all, stop.signal);
        state.value = { kind: 'done', document };
      } catch (error) {
        state.value = stop.signal.aborted ? { kind: 'never' } : { kind: 'failed', what: sentenceOf(error) };
      }
    },
  };
}

export function sentenceOf(error: unknown): Sentence {
  if (error instanceof Refused) return error.sentence;
  return {
    en: 'the server does not answer; is keel serve still running?',
    ko: '서버가 응답하지 않습니다. keel serve가 실행 중인가요?',
  };
}
