/** Opens the port, and closes it with everything that hangs on it. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { KeelError } from '../base/errors.ts';
import { systemReason } from '../base/system-error.ts';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ListenPlan {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** null: plain HTTP. */
  readonly certificate: Certificate | null;
}

export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Of one that says nothing; a stream of events is not ended by it. */
const HEADERS_TIMEOUT_MS = 10_000;

/** @throws KeelError E_CONFLICT where the port is taken, E_USAGE for a wrong certificate or address, E_PRIVILEGE */
export async function listen(app: Hono, plan: ListenPlan): Promise<Listening> {
  const options = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS };
  const server =
    plan.certificate === null
      ? createAdaptorServer({ fetch: app.fetch, createServer, serverOptions: options })
      : createAdaptorServer({
          fetch: app.fetch,
          createServer: createSecureServer,
          serverOptions: { ...options, ...readCertificate(plan.certificate) },
        });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(plan, error)));
    server.listen(plan.port, plan.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function readCertificate({ certFile, keyFile }: Certificate) {
  return { cert: readOr(certFile, '--tls-cert'), key: readOr(keyFile, '--tls-key') };
}

function readOr(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = systemReason(error as Error);
    throw new KeelError('E_IO', {
      what: { en: `${option} ${path}: ${why.en}`, ko: `${option} ${path}: ${why.ko}` },
      cause: error,
    });
  }
}

function cannotListen({ address, port }: ListenPlan, error: NodeJS.ErrnoException): KeelError {
  const where = `${address}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new KeelError('E_CONFLICT', {
        what: {
          en: `port ${port} of ${address} is taken by another program`,
          ko: `${address}의 포트 ${port}를 다른 프로그램이 쓰고 있습니다`,
        },
        next: [
          {
            en: 'Another one: --port 7781      a free one: --port 0',
            ko: '다른 포트: --port 7781      빈 포트: --port 0',
          },
        ],
        cause: error,
      });
    case 'EACCES':
      return new KeelError('E_PRIVILEGE', {
        what: {
          en: `ports below 1024 need root: ${where}`,
          ko: `1024보다 낮은 포트에는 root가 필요합니다: ${where}`,
        },
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return new KeelError('E_USAGE', {
        what: {
          en: `${address} is no address of this machine`,
          ko: `${address}는 이 컴퓨터의 주소가 아닙니다`,
        },
        cause: error,
      });
    default: {
      const why = systemReason(error);
      return new KeelError('E_IO', {
        what: { en: `cannot listen on ${where}: ${why.en}`, ko: `${where}에서 열 수 없습니다: ${why.ko}` },
        cause: error,
      });
    }
  }
}
