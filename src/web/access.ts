/**
 * Who may ask the dashboard, and for what. A page of any website can send requests to loopback, and a name it owns can
 * be made to point there (DNS rebinding): so the Host must be one of ours, the Origin too wherever there is one, and
 * nothing is answered without a token, for on loopback every local user can knock. Changes need a second token.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ErrorCode } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';

export interface AccessRules {
  /** `host:port` in lower case, as browsers send it. */
  readonly hosts: ReadonlySet<string>;
  /** `https` with a certificate. */
  readonly scheme: 'http' | 'https';
  /** Opens the page and every reading. */
  readonly viewToken: string;
  /** Permits changes on top; null: nothing can be changed from here. */
  readonly changeToken: string | null;
}

/** What a request shows of itself; null where the header is absent. */
export interface Credentials {
  readonly host: string | null;
  readonly origin: string | null;
  /** Of Sec-Fetch-Site, which pages cannot forge. */
  readonly fetchSite: string | null;
  /** From the cookie or `Authorization: Bearer`. */
  readonly viewToken: string | null;
  readonly changeToken: string | null;
}

export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly code: ErrorCode;
  readonly what: Sentence;
  /** A guess at a token: slowed down. */
  readonly isGuess: boolean;
}

/** 256 bits, in characters that need no escaping in an address. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares without telling by its time how much was right. */
export function isSameToken(given: string | null, wanted: string): boolean {
  if (given === null) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Host and Origin: what must be right before anything of the request is looked at. null where it is. */
export function judgeSource(given: Credentials, rules: AccessRules): Refusal | null {
  if (given.host === null || !rules.hosts.has(given.host.toLowerCase())) {
    return {
      status: 421,
      code: 'E_PRIVILEGE',
      what: {
        en: 'this dashboard does not answer under that host name; use the address keel serve printed, or start it with --host-name',
        ko: '이 호스트 이름으로는 응답하지 않습니다. keel serve가 출력한 주소를 쓰거나 --host-name을 지정하세요',
      },
      isGuess: false,
    };
  }
  const isForeign = given.origin !== null && given.origin.toLowerCase() !== originOf(given.host, rules);
  if (isForeign || given.fetchSite === 'cross-site') {
    return {
      status: 403,
      code: 'E_PRIVILEGE',
      what: { en: 'the request comes from another site', ko: '다른 사이트에서 온 요청입니다' },
      isGuess: false,
    };
  }
  return null;
}

/** May it look? null where it may. */
export function judgeView(given: Credentials, rules: AccessRules): Refusal | null {
  if (isSameToken(given.viewToken, rules.viewToken)) return null;
  return {
    status: 401,
    code: 'E_PRIVILEGE',
    what: {
      en: 'no valid token: open the address that keel serve printed',
      ko: '올바른 토큰이 없습니다. keel serve가 출력한 주소를 여세요',
    },
    isGuess: given.viewToken !== null,
  };
}

/** May it change something? Asked after `judgeView`. null where it may. */
export function judgeChange(given: Credentials, rules: AccessRules): Refusal | null {
  if (rules.changeToken === null) {
    return {
      status: 403,
      code: 'E_PRIVILEGE',
      what: {
        en: 'this dashboard only shows; start it with keel serve --allow-changes',
        ko: '이 대시보드는 보기 전용입니다. keel serve --allow-changes로 시작하세요',
      },
      isGuess: false,
    };
  }
  if (isSameToken(given.changeToken, rules.changeToken)) return null;
  return {
    status: 403,
    code: 'E_PRIVILEGE',
    what: {
      en: 'changes need the second token that keel serve printed',
      ko: '변경하려면 keel serve가 출력한 두 번째 토큰이 필요합니다',
    },
    isGuess: given.changeToken !== null,
  };
}

function originOf(host: string, rules: AccessRules): string {
  return `${rules.scheme}://${host.toLowerCase()}`;
}
