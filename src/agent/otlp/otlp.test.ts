import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeOutside } from '../../alerts/testing/outside.ts';
import { realOutside } from '../delivery/outside.ts';
import { Family } from '../exposition.ts';
import { TestClock } from '../testing/test-clock.ts';
import { encodeMetrics } from './encode-metrics.ts';
import { OtlpExporter } from './otlp-exporter.ts';

const SEC = 1_000_000_000;
const MOMENT = { host: 'db1', version: '0.1.0', startedUnixMs: 1_790_000_000_000, unixMs: 1_790_000_060_123 };

function families(): Family[] {
  const counter = new Family('keel_target_run_seconds_total', 'counter', 'Time on a CPU.');
  counter.set({ target: 'arena', program: 'arena' }, 1.5);
  const gauge = new Family('keel_target_swap_bytes', 'gauge', 'Memory in swap.');
  gauge.set({ target: 'arena', program: 'arena' }, 2 ** 40);
  return [counter, gauge, new Family('keel_nothing', 'gauge', 'Without series.')];
}

describe('metrics as OTLP', () => {
  it('are as the specification encodes them: camelCase, enums as numbers, times as strings', () => {
    const attributes = [
      { key: 'target', value: { stringValue: 'arena' } },
      { key: 'program', value: { stringValue: 'arena' } },
    ];
    const request = JSON.parse(JSON.stringify(encodeMetrics(families(), MOMENT)));
    expect(request.resourceMetrics[0].resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'evenkeel-agent' },
    });
    expect(request.resourceMetrics[0].scopeMetrics).toEqual([
      {
        scope: { name: 'evenkeel', version: '0.1.0' },
        metrics: [
          {
            name: 'keel_target_run_seconds_total',
            description: 'Time on a CPU.',
            unit: 's',
            sum: {
              aggregationTemporality: 2,
              isMonotonic: true,
              dataPoints: [
                {
                  attributes,
                  startTimeUnixNano: '1790000000000000000',
                  timeUnixNano: '1790000060123000000',
                  asDouble: 1.5,
                },
              ],
            },
          },
          {
            name: 'keel_target_swap_bytes',
            description: 'Memory in swap.',
            unit: 'By',
            gauge: { dataPoints: [{ attributes, timeUnixNano: '1790000060123000000', asDouble: 2 ** 40 }] },
          },
        ],
      },
    ]);
  });
});

describe('sending them', () => {
  let server: Server | null = null;
  afterEach(() => server?.close());

  it('posts JSON with the token to a receiver, and says once that it works', async () => {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const running = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        got.push({ headers: request.headers, body });
        response.setHeader('content-type', 'application/json').end('{"partialSuccess":{}}');
      });
    }).listen(0, '127.0.0.1');
    server = running;
    await once(running, 'listening');
    const { port } = running.address() as AddressInfo;
    const reports: unknown[] = [];
    const clock = new TestClock();
    const exporter = new OtlpExporter({
      config: { url: `http://127.0.0.1:${port}/v1/metrics`, everyNs: 60 * SEC, token: 'SECRETWORD' },
      clock,
      random: () => 0.5,
      post: realOutside(() => {}).post,
      encode: () => encodeMetrics(families(), MOMENT),
      report: (delivery) => reports.push(delivery),
    });
    for (const count of [1, 2]) {
      await clock.advance(60 * SEC);
      while (got.length < count || reports.length < 1) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(0);
    }
    await exporter.stop();
    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer SECRETWORD',
    });
    expect(JSON.parse(got[1]?.body ?? '')).toEqual(
      JSON.parse(JSON.stringify(encodeMetrics(families(), MOMENT))),
    );
    expect(reports).toEqual([{ outcome: 'delivered', said: 'metrics are taken' }]);
  });

  it('tries again, slower and slower up to its pace, with the values of then; and says when points are rejected', async () => {
    const clock = new TestClock();
    let status = 503;
    let body = '';
    const { outside, sent } = fakeOutside(() => ({ status, body }));
    const reports: { readonly outcome: string }[] = [];
    const exporter = new OtlpExporter({
      config: { url: 'http://collector/', everyNs: 10 * SEC, token: null },
      clock,
      random: () => 0.5,
      post: outside.post,
      encode: () => ({ atSec: Number(clock.monotonicNs()) / SEC }),
      report: (delivery) => reports.push(delivery),
    });
    await clock.advance(37 * SEC);
    expect(sent.posts.map((post) => JSON.parse(post.body).atSec)).toEqual([10, 11, 13, 17, 25, 35]);
    status = 200;
    await clock.advance(10 * SEC);
    body = '{"partialSuccess":{"rejectedDataPoints":"3"}}';
    await clock.advance(10 * SEC);
    await exporter.stop();
    expect(reports.map(({ outcome }) => outcome)).toEqual(['later', 'delivered', 'rejected']);
    expect(sent.posts[0]?.headers).not.toHaveProperty('authorization');
  });
});
