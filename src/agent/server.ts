/** What the agent serves: /metrics for Prometheus, /incidents for links in messages. Reading only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Incident } from '../alerts/incident.ts';
import { incidentJson } from '../alerts/notification-json.ts';
import { notificationText } from '../alerts/notification-text.ts';
import { KeelError } from '../base/errors.ts';
import type { Language } from '../base/sentence.ts';
import type { ListenConfig } from './config/config.ts';
import { CONTENT_TYPE } from './exposition.ts';

export interface Served {
  readonly host: string;
  readonly language: Language;
  /** Names by which this may be asked for, besides addresses and localhost. */
  readonly names: readonly string[];
  readonly metrics: () => string;
  /** Open ones, and those that ended lately. */
  readonly incidents: () => readonly Incident[];
}

/** @throws KeelError E_CONFLICT where the port is taken, E_IO where the address is none of ours */
export async function startServer(listen: ListenConfig, served: () => Served): Promise<Server> {
  const server = createServer((request, response) => {
    send(response, answer(request, served()), request.method === 'HEAD');
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(notListening(listen, error)));
    server.listen(listen.port, listen.host, resolve);
  });
  return server;
}

/** Only so that a path is a URL. */
const BASE = 'http://agent';

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

function answer(request: IncomingMessage, served: Served): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET\n');
  if (!isOurName(request.headers.host, served.names)) return plain(421, 'not known by this name\n');
  const url = URL.canParse(request.url ?? '/', BASE) ? new URL(request.url ?? '/', BASE) : new URL(BASE);
  if (url.pathname === '/metrics') return { status: 200, contentType: CONTENT_TYPE, text: served.metrics() };
  if (url.pathname === '/-/healthy') return plain(200, 'ok\n');
  if (url.pathname === '/incidents') return incidentList(url, served, request.headers.accept ?? '');
  return plain(404, 'there is /metrics, /incidents and /-/healthy\n');
}

function incidentList(url: URL, served: Served, accept: string): Answer {
  const asked = ['rule', 'target', 'id'] as const;
  const wanted = served.incidents().filter((incident) => {
    const has = { rule: incident.rule, target: incident.subject.target, id: incident.id };
    return asked.every((key) => (url.searchParams.get(key) ?? has[key]) === has[key]);
  });
  if (accept.includes('application/json') || url.searchParams.get('format') === 'json') {
    const document = { schema: 'keel.incidents/1', host: served.host, incidents: wanted.map(incidentJson) };
    return { status: 200, contentType: 'application/json', text: `${JSON.stringify(document, null, 2)}\n` };
  }
  const none = { en: 'nothing fires', ko: '발생한 일이 없습니다' }[served.language];
  const { lines } = notificationText(
    {
      id: '',
      host: served.host,
      group: '',
      reason: 'more',
      severity: 'info',
      unixMs: 0,
      firing: wanted.filter((one) => one.ended === null),
      resolved: wanted.filter((one) => one.ended !== null),
      omitted: 0,
      link: null,
    },
    served.language,
  );
  return plain(200, `${served.host}\n\n${(lines.length === 0 ? [none] : lines).join('\n')}\n`);
}

/** A page of somebody else may point its own name at our address (DNS rebinding): then we are asked by that name. */
function isOurName(header: string | undefined, names: readonly string[]): boolean {
  if (header === undefined) return false;
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || names.some((one) => one.toLowerCase() === name);
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', text };
}

function send(response: ServerResponse, { status, contentType, text }: Answer, isHead: boolean): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  });
  response.end(isHead ? undefined : text);
}

function notListening({ host, port }: ListenConfig, error: NodeJS.ErrnoException): KeelError {
  const isTaken = error.code === 'EADDRINUSE';
  return new KeelError(isTaken ? 'E_CONFLICT' : 'E_IO', {
    what: isTaken
      ? {
          en: `${host}:${port} is taken: another agent, or another program, listens there`,
          ko: `${host}:${port}은(는) 이미 사용 중입니다. 다른 에이전트나 프로그램이 쓰고 있습니다`,
        }
      : {
          en: `cannot listen on ${host}:${port} (${error.code})`,
          ko: `${host}:${port}에서 요청을 받을 수 없습니다 (${error.code})`,
        },
    next: [
      {
        en: 'Choose another in the configuration: listen: 127.0.0.1:9465, or listen: off',
        ko: '설정에서 다른 값을 고르세요: listen: 127.0.0.1:9465 또는 listen: off',
      },
    ],
    cause: error,
  });
}
