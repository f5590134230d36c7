/** What an HTTP status means for a delivery: the same for every sink that posts. */
import { z } from 'zod';
import type { Delivery, HttpResponse } from './sink.ts';

/** RFC 9110, 15: of 4xx, time-out, too early and too many requests heal; the rest does not. */
const HEALING = new Set([408, 425, 429]);
/** Who we are, or where we post, is not accepted: any other message would not be either. */
const REFUSING = new Set([401, 402, 403, 404, 405, 407, 410]);

export function deliveryOf(response: HttpResponse): Delivery {
  const { status } = response;
  const said = `answered ${status}${excerpt(response.body)}`;
  if (status >= 200 && status < 300) return { outcome: 'delivered', said };
  if (status >= 500 || HEALING.has(status))
    return { outcome: 'later', said, afterNs: retryAfterNs(response) };
  return { outcome: REFUSING.has(status) || status < 400 ? 'refused' : 'rejected', said };
}

/** RFC 9110, 10.2.3; a date is left to our own pace. At most an hour: a receiver must not silence us. */
function retryAfterNs({ headers }: HttpResponse): number | null {
  const seconds = headers['retry-after'];
  return seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Math.min(3600, Number(seconds)) * 1e9 : null;
}

function excerpt(body: string): string {
  const line = body.trim().split('\n', 1)[0]?.slice(0, 100) ?? '';
  return line === '' ? '' : `: ${line}`;
}

/** Also names without a dot and addresses, as they are in one's own network. */
export const httpUrl = z.url({ protocol: /^https?$/ });

export const JSON_TYPE = { 'content-type': 'application/json' };
