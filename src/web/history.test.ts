import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { HistoryRange } from '../app/browse-history.ts';
import { KeelError } from '../base/errors.ts';
import { answerHistory, type HistoryDesk } from './history.ts';

function desk(over: Partial<HistoryDesk> = {}) {
  const asked: (readonly HistoryRange[])[] = [];
  const app = new Hono();
  const all: HistoryDesk = {
    targets: () => [],
    ranges: (given) => {
      asked.push(given);
      return { stepSec: 10, ranges: [] };
    },
    events: (given) => {
      asked.push([given]);
      const event = {
        unixMs: 5,
        kind: 'late',
        tgid: 7,
        tid: 8,
        weight: 9,
        text: { en: 'a', ko: '가' },
      } as const;
      return { counts: [{ kind: 'late', events: 1 }], events: [event] };
    },
    ...over,
  };
  app.get('/history/:name', (context) => answerHistory(context, all));
  return { asked, ask: async (path: string) => app.request(`/history/${path}`) };
}

describe('questions to the history', () => {
  it('are answered with nothing where nothing was recorded', async () => {
    const answer = await desk().ask('targets');
    expect([answer.status, await answer.json()]).toEqual([200, { schema: 'keel.history/1', targets: [] }]);
  });

  it('name one range, or two of the same length', async () => {
    const { ask, asked } = desk();
    expect((await ask('range?target=3&from=1000&to=61000')).status).toBe(200);
    await ask('range?target=3&from=1000&to=61000&against=500');
    await ask('range?target=3&from=1000&to=61000&against=500&againstTarget=4');
    const first = { target: 3, fromMs: 1000, toMs: 61_000 };
    expect(asked).toEqual([
      [first],
      [first, { target: 3, fromMs: 500, toMs: 60_500 }],
      [first, { target: 4, fromMs: 500, toMs: 60_500 }],
    ]);
  });

  it('are told events in both languages', async () => {
    const answer = await desk().ask('events?target=3&from=0&to=10');
    expect(await answer.json()).toEqual({
      schema: 'keel.history.events/1',
      counts: [{ kind: 'late', events: 1 }],
      events: [
        { unixMs: 5, kind: 'late', tgid: 7, tid: 8, weight: 9, text: 'a', textKo: '가', details: null },
      ],
    });
  });

  it.each([
    'range',
    'range?target=3&from=5&to=5',
    'range?target=3&from=0&to=99999999999999',
    'range?target=-1&from=0&to=5',
    'range?target=1%20OR%201&from=0&to=5',
    'range?target=1&from=0&to=5&against=x',
    'events?target=3&from=9&to=1',
    'events?target=3&from=1e400&to=5',
  ])('%s is refused, and nothing is read', async (path) => {
    const { ask, asked } = desk();
    expect((await ask(path)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('are none of anything else, nor of a target that is gone', async () => {
    const { ask } = desk({ ranges: () => null });
    expect((await ask('frames')).status).toBe(404);
    expect((await ask('range?target=3&from=0&to=5')).status).toBe(404);
  });

  it('tell what is wrong with the file', async () => {
    const damaged = new KeelError('E_FORMAT', { what: { en: 'damaged', ko: '손상' } });
    const { ask } = desk({
      targets: () => {
        throw damaged;
      },
    });
    const answer = await ask('targets');
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { schema: 'keel.error/1', code: 'E_FORMAT', what: 'damaged', whatKo: '손상' },
    ]);
  });
});
