/**
 * What happens, as it happens: server-sent events (WHATWG HTML, 9.2). `frames` carries a list, the first one what is
 * remembered; `ended` comes when the target has ended; a comment now and then keeps proxies from closing.
 */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { KeelError } from '../base/errors.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { encodeFrame } from '../model/watch/frame-text.ts';
import { badParameter, problem } from './answers.ts';
import type { Delivered, Feed } from './feed.ts';
import type { Feeds } from './feeds.ts';
import { watching } from './questions.ts';

const HEARTBEAT_MS = 15_000;
const TOO_MANY = {
  en: 'four targets are watched already; close one of the pages',
  ko: '이미 대상 네 개를 보고 있습니다. 페이지 하나를 닫으세요',
};

export function answerFrames(context: Context, feeds: Feeds<WatchFrame>): Response {
  const given = watching.safeParse(context.req.query());
  if (!given.success) return problem(context, 400, 'E_USAGE', badParameter(given.error.issues));
  const feed = feeds.of(given.data.target);
  return feed === null ? problem(context, 409, 'E_CONFLICT', TOO_MANY) : streamFrames(context, feed);
}

function streamFrames(context: Context, feed: Feed<WatchFrame>): Response {
  context.header('Cache-Control', 'no-store');
  return streamSSE(context, async (stream) => {
    const stop = new AbortController();
    stream.onAbort(() => stop.abort());
    const beat = setInterval(() => void stream.write(': \n\n'), HEARTBEAT_MS);
    try {
      for await (const delivered of feed.watch(stop.signal)) {
        await stream.writeSSE({ event: 'frames', data: framesText(delivered) });
      }
      if (!stop.signal.aborted) await stream.writeSSE({ event: 'ended', data: '{}' });
    } catch (error) {
      await stream.writeSSE({ event: 'failed', data: JSON.stringify(failureOf(error)) });
    } finally {
      clearInterval(beat);
    }
  });
}

function framesText({ items, dropped }: Delivered<WatchFrame>): string {
  return `{"dropped":${dropped},"frames":[${items.map(encodeFrame).join(',')}]}`;
}

function failureOf(error: unknown) {
  if (!(error instanceof KeelError))
    return { code: 'E_INTERNAL', what: String(error), whatKo: String(error) };
  return { code: error.code, what: error.parts.what.en, whatKo: error.parts.what.ko };
}
