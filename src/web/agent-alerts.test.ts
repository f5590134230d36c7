import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../agent/server.ts';
import { incident } from '../alerts/testing/observations.ts';
import { readAgentAlerts } from './agent-alerts.ts';

let server: Server | null = null;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

const addressOf = (one: Server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;

async function answering(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return addressOf(started);
}

describe('what the agent says fires', () => {
  it('is read from the agent itself', async () => {
    const open = incident({ notExplained: { en: 'refused', ko: '거부됨' } });
    const served = {
      host: 'db1',
      language: 'ko' as const,
      names: [],
      metrics: () => '',
      incidents: () => [open],
    };
    server = await startServer({ host: '127.0.0.1', port: 0 }, () => served);
    const alerts = await readAgentAlerts(addressOf(server));
    expect(alerts).toMatchObject({
      state: 'running',
      host: 'db1',
      incidents: [
        {
          id: open.id,
          rule: open.rule,
          state: 'firing',
          summary: open.looksFor.en,
          findings: [{ rule: 'fault-stalls', stack: open.findings[0]?.stack }],
          notExplained: 'refused',
        },
      ],
    });
  });

  it('is nothing where nobody answers', async () => {
    const address = await answering(() => {});
    server?.close();
    server?.closeAllConnections();
    expect(await readAgentAlerts(address)).toEqual({ state: 'absent', address });
  });

  it.each<[string, RequestListener]>([
    ['another program', (_, response) => response.end('<html>')],
    ['another document', (_, response) => response.end('{"schema":"keel.error/1"}')],
    [
      'a document with something else in it',
      (_, response) => response.end('{"schema":"keel.incidents/1","host":"a","incidents":[{"id":{}}]}'),
    ],
    ['endless text', (_, response) => response.end(`"${'x'.repeat(5 * 1024 * 1024)}"`)],
  ])('is not believed from %s', async (_, answer) => {
    const address = await answering(answer);
    expect(await readAgentAlerts(address)).toEqual({ state: 'foreign', address });
  });

  it('is not looked for where the answer points elsewhere', async () => {
    const asked: string[] = [];
    const address = await answering((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await readAgentAlerts(address)).toEqual({ state: 'absent', address });
    expect(asked).toEqual(['/incidents']);
  });
});
