/** The door: what a request shows of itself, and whether it may come in. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { type AccessRules, type Credentials, judgeSource, judgeView } from './access.ts';
import { problem } from './answers.ts';
import { RateLimit } from './rate-limit.ts';

/** A page asks for a dozen things at once when it opens. */
const REQUESTS = { burst: 120, perSec: 30 };
/** Wrong tokens, of everybody together: 256 bits are not guessed, but a door need not be knocked at for ever. */
const GUESSES = { burst: 10, perSec: 0.2 };

const TOO_MANY = { en: 'too many requests; wait a moment', ko: '요청이 너무 많습니다. 잠시 기다리세요' };

export class Door {
  readonly #rules: AccessRules;
  readonly #nowNs: () => bigint;
  readonly #requests: RateLimit;
  readonly #guesses: RateLimit;

  /** @param nowNs CLOCK_MONOTONIC */
  constructor(rules: AccessRules, nowNs: () => bigint) {
    this.#rules = rules;
    this.#nowNs = nowNs;
    this.#requests = new RateLimit(REQUESTS, nowNs());
    this.#guesses = new RateLimit(GUESSES, nowNs());
  }

  /** The answer for one that may not come in, or that has just shown its token; null for one that may. */
  admit(context: Context): Response | null {
    const given = credentialsOf(context);
    const foreign = judgeSource(given, this.#rules);
    if (foreign !== null) return problem(context, foreign.status, foreign.code, foreign.what);
    if (!this.#requests.take(this.#nowNs())) return problem(context, 429, 'E_CONFLICT', TOO_MANY);
    const typed = tokenInAddress(context);
    const refusal = judgeView(typed === null ? given : { ...given, viewToken: typed }, this.#rules);
    if (refusal === null) return typed === null ? null : logIn(context, this.#rules);
    if (refusal.isGuess && !this.#guesses.take(this.#nowNs()))
      return problem(context, 429, 'E_CONFLICT', TOO_MANY);
    return problem(context, refusal.status, refusal.code, refusal.what);
  }
}

export function credentialsOf(context: Context): Credentials {
  const header = (name: string) => context.req.header(name) ?? null;
  const bearer = /^Bearer (\S+)$/.exec(header('authorization') ?? '')?.[1];
  return {
    host: header('host'),
    origin: header('origin'),
    fetchSite: header('sec-fetch-site'),
    viewToken: bearer ?? getCookie(context, cookieName(header('host'))) ?? null,
    changeToken: header('x-keel-change-token'),
  };
}

function tokenInAddress(context: Context): string | null {
  const { method, path } = context.req;
  return method === 'GET' && path === '/' ? (context.req.query('token') ?? null) : null;
}

/** The token goes from the address into a cookie, so that it is in no history, bookmark or picture of a screen. */
function logIn(context: Context, rules: AccessRules): Response {
  setCookie(context, cookieName(context.req.header('host') ?? null), rules.viewToken, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure: rules.scheme === 'https',
  });
  context.header('Cache-Control', 'no-store');
  return context.redirect('/', 303);
}

/** Cookies of a host are shared by its ports, so the port is in the name. */
function cookieName(host: string | null): string {
  return `keel_${/:(\d+)$/.exec(host ?? '')?.[1] ?? '0'}`;
}
