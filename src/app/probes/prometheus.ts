/** `prometheus:URL?QUERY`: the value of a query, from the HTTP API of a Prometheus server. */
import { get, webAddress } from './http.ts';
import { limited, ProbeFailed, type ProbeKind, wrongProbe } from './probe.ts';

export const prometheus: ProbeKind = {
  scheme: 'prometheus',
  usage: 'prometheus:URL?QUERY',
  describe: {
    en: 'the value of a query, such as prometheus:http://localhost:9090?rate(errors[10s]); its server must scrape often',
    ko: '질의의 값 (예: prometheus:http://localhost:9090?rate(errors[10s])). 서버의 수집 주기가 짧아야 함',
  },
  open(rest) {
    const at = rest.indexOf('?');
    const base = webAddress(rest.slice(0, Math.max(0, at)));
    const query = rest.slice(at + 1);
    if (at < 0 || base === null || query === '') {
      throw wrongProbe(`prometheus:${rest}`, prometheus, {
        en: 'no URL and query',
        ko: 'URL과 질의가 아닙니다',
      });
    }
    const url = new URL(`${base.href.replace(/\/$/, '')}/api/v1/query?query=${encodeURIComponent(query)}`);
    return {
      unit: null,
      combine: 'mean',
      isPassive: false,
      sample: async (signal) => [resultOf(await limited(signal, (limit) => get(url, limit)))],
      close() {},
    };
  },
};

interface Answer {
  readonly data?: { readonly resultType?: string; readonly result?: unknown };
}

/** Of a vector, its first series; of a scalar, it. @throws ProbeFailed */
function resultOf(body: string): number {
  let answer: Answer;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new ProbeFailed('the answer is not JSON');
  }
  const { resultType, result } = answer.data ?? {};
  const pair =
    resultType === 'scalar' ? result : (result as { readonly value?: unknown }[] | undefined)?.[0]?.value;
  const value = Array.isArray(pair) ? Number(pair[1]) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new ProbeFailed('the query has no value');
}
