/** `http:URL`: how long a request takes, from its start to the end of the answer. */
import { request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { type ProbeKind, timed, wrongProbe } from './probe.ts';

export const http: ProbeKind = {
  scheme: 'http',
  usage: 'http:URL',
  describe: {
    en: 'the time of a GET, on a connection of its own; status 400 and above is a failure',
    ko: 'GET 요청에 걸린 시간. 매번 새 연결. 상태 400 이상은 실패',
  },
  open(rest) {
    // `http:URL`, and the URL itself.
    const text = rest.startsWith('//') ? `http:${rest}` : rest;
    const url = webAddress(text);
    if (url === null) {
      throw wrongProbe(`http:${rest}`, http, {
        en: 'no http or https URL',
        ko: 'http나 https URL이 아닙니다',
      });
    }
    return {
      unit: 'Ns',
      combine: 'mean',
      isPassive: false,
      sample: (signal) => timed(signal, async (limit) => void (await get(url, limit))),
      close() {},
    };
  },
};

/** null where it is none of http and https. */
export function webAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

const MOST_BODY = 1024 * 1024;

/** The body of an answer below status 400. */
export function get(url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = url.protocol === 'https:' ? requestSecurely : request;
    const asked = call(url, { agent: false, signal }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        if (body.length < MOST_BODY) body += text;
      });
      answer.once('error', reject);
      answer.once('end', () => {
        const status = answer.statusCode ?? 0;
        if (status < 400) resolve(body);
        else reject(new Error(`status ${status}`));
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}
