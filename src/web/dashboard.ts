/** The dashboard as a function from request to answer: the door first, then the page, readings, the feed, changes. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ListedTrial } from '../app/list-trials.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { Door } from './admission.ts';
import type { AgentAlerts } from './agent-alerts.ts';
import { answer, NOTHING_HERE, problem } from './answers.ts';
import { answerChange, type ChangeDesk } from './changes.ts';
import type { Feeds } from './feeds.ts';
import { answerFrames } from './frames.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { answerHistory, type HistoryDesk } from './history.ts';
import type { PageFile } from './page-files.ts';
import { Readings } from './readings.ts';

export interface Dashboard extends ChangeDesk {
  readonly files: ReadonlyMap<string, PageFile>;
  /** What the page shows as it comes. */
  readonly feeds: Feeds<WatchFrame>;
  /** What was recorded. */
  readonly history: HistoryDesk;
  /** What the page must know before anything else. */
  readonly session: Readonly<Record<string, unknown>>;
  /** The processes that could be watched. */
  readonly processes: () => readonly { readonly tgid: number; readonly comm: string }[];
  /** What optimize has tried here, the newest first. */
  readonly trials: () => Promise<readonly ListedTrial[]>;
  /** What the agent of this machine says fires. */
  readonly alerts: () => Promise<AgentAlerts>;
  /** CLOCK_MONOTONIC. */
  readonly nowNs: () => bigint;
}

const MOST_BODY_BYTES = 16 * 1024;
const TOO_LONG = { en: 'the request is too long', ko: '요청이 너무 깁니다' };

export function createDashboard(dashboard: Dashboard): Hono {
  const app = new Hono();
  const door = new Door(dashboard.rules, dashboard.nowNs);
  const readings = new Readings(dashboard.keel);
  const session = { ...dashboard.session, mayChange: dashboard.rules.changeToken !== null };
  app.use(async (context, next) => {
    const refused = door.admit(context);
    if (refused === null) await next();
    else context.res = refused;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
  });
  app.use(
    '/api/*',
    bodyLimit({ maxSize: MOST_BODY_BYTES, onError: (context) => problem(context, 413, 'E_USAGE', TOO_LONG) }),
  );
  app.get('/api/v1/session', (context) => answer(context, session));
  app.get('/api/v1/processes', (context) => answer(context, { processes: dashboard.processes() }));
  app.get('/api/v1/trials', async (context) => answer(context, { trials: await dashboard.trials() }));
  app.get('/api/v1/alerts', async (context) => answer(context, await dashboard.alerts()));
  app.get('/api/v1/frames', (context) => answerFrames(context, dashboard.feeds));
  app.get('/api/v1/read/:name', (context) => readings.answer(context));
  app.get('/api/v1/history/:name', (context) => answerHistory(context, dashboard.history));
  app.post('/api/v1/change/:name', (context) => answerChange(context, dashboard));
  app.get('*', (context) => pageFile(context, dashboard.files));
  app.notFound((context) => problem(context, 404, 'E_USAGE', NOTHING_HERE));
  app.onError((error, context) =>
    problem(context, 500, 'E_INTERNAL', {
      en: `keel could not answer: ${error.message}`,
      ko: `응답하지 못했습니다: ${error.message}`,
    }),
  );
  return app;
}

function pageFile(context: Context, files: ReadonlyMap<string, PageFile>): Response {
  const file = files.get(context.req.path);
  if (file === undefined) return problem(context, 404, 'E_USAGE', NOTHING_HERE);
  const packed = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  return context.body(new Uint8Array(packed ? file.gzip : file.plain), 200, {
    'Content-Type': file.type,
    'Cache-Control': file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
  });
}
