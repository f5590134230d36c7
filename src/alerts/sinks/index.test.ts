/** The contract of all sinks: what each must do, whatever it sends and wherever. */
import { describe, expect, it } from 'vitest';
import type { Notification } from '../notification.ts';
import { incident, notification } from '../testing/observations.ts';
import { type Answers, fakeOutside, type Sent } from '../testing/outside.ts';
import { registryFiles } from '../testing/registry-files.ts';
import { SINKS } from './index.ts';
import { SinkFault } from './sink.ts';

/** Options of each as a user would write them; a sink without an entry fails its tests. */
const OPTIONS: Readonly<Record<string, object>> = {
  slack: {},
  pagerduty: {},
  email: { host: 'mail.example', from: 'keel@example.org', to: 'ops@example.org', user: 'keel' },
  webhook: { url: 'https://hook.example/in?x=1' },
  alertmanager: { url: 'http://localhost:9093/' },
  command: { argv: ['/usr/local/bin/tell', '--now'] },
  stdout: {},
};
const SECRETS = {
  url: 'https://hooks.slack.example/T0/SECRET',
  key: 'SECRETKEY',
  password: 'SECRET',
  token: 'SECRET',
};
const POSTING = new Set(['slack', 'pagerduty', 'webhook', 'alertmanager']);

const lasting = notification();
const over = notification({
  id: 'db1-m9-2',
  reason: 'resolved',
  firing: [],
  resolved: [incident({ ended: { unixMs: 1_790_000_060_000, because: 'cleared' } })],
});
const hostile = notification({
  firing: [
    incident({
      subject: {
        key: '1@1',
        process: { tgid: 1, comm: '<!channel>\n$(x)"', program: 'x', unit: null },
        target: 'arena',
      },
    }),
  ],
});
const trial = notification({ reason: 'test', firing: [], group: 'test', severity: 'info' });

it('lists each file of the folder once', () => {
  expect(SINKS.map((sink) => sink.type).sort()).toEqual(registryFiles(import.meta.dirname, ['sink', 'http']));
});

describe.each(SINKS)('the sink $type', (sink) => {
  const options = sink.options.parse(OPTIONS[sink.type]);
  const deliver = async (what: Notification, answers: Answers = {}, language: 'en' | 'ko' = 'en') => {
    const { outside, sent } = fakeOutside(() => answers);
    const delivery = await sink.deliver(what, { options, secrets: SECRETS, language, outside });
    return { delivery, sent };
  };
  const calls = ({ posts, mails, runs, lines }: Sent) => [...posts, ...mails, ...runs, ...lines];

  it('delivers with one call', async () => {
    for (const what of [lasting, over, trial]) {
      const { delivery, sent } = await deliver(what);
      expect(delivery.outcome).toBe('delivered');
      expect(calls(sent)).toHaveLength(1);
    }
  });

  it('tells the process, the rule, the file, the code, and what to do, in either language', async () => {
    for (const [language, remedy] of [
      ['en', 'see which files'],
      ['ko', '어느 파일'],
    ] as const) {
      const { sent } = await deliver(lasting, {}, language);
      const text = JSON.stringify(calls(sent)).replaceAll('\\', '');
      expect(text).toContain('arena');
      expect(text).toContain('major-faults');
      if (sink.type === 'alertmanager') continue;
      expect(text).toContain('arena_03.pak');
      expect(text).toContain('stream_assets (arena)');
      // What programs read is English always.
      expect(text).toContain(
        POSTING.has(sink.type) || sink.type === 'email' ? said(sink.type, remedy) : 'see which files',
      );
    }
  });

  it('keeps a hostile name from being more than text', async () => {
    const { sent } = await deliver(hostile);
    for (const one of [
      ...sent.posts.map(({ body }) => body),
      ...sent.runs.map(({ stdin }) => stdin.trimEnd()),
      ...sent.lines,
    ]) {
      expect(one).not.toContain('\n');
      expect(() => JSON.parse(one)).not.toThrow();
    }
    if (sink.type === 'slack') expect(sent.posts[0]?.body).not.toContain('<!channel>');
    for (const mail of sent.mails) expect(mail.subject).not.toMatch(/[\r\n]/);
  });

  it('says where it delivers, and nothing secret', async () => {
    expect(sink.where(options)).not.toMatch(/SECRET|x=1/);
    const { delivery } = await deliver(lasting);
    expect(delivery.said).not.toContain('SECRET');
  });

  it('hands on that the receiver is not reached', async () => {
    if (sink.type === 'stdout') return;
    const fault = new SinkFault('connection refused', true);
    await expect(deliver(lasting, { fault })).rejects.toBe(fault);
  });

  it.runIf(POSTING.has(sink.type))('tells what heals from what does not', async () => {
    const outcomes = async (status: number) => (await deliver(lasting, { status })).delivery.outcome;
    for (const status of [500, 502, 503, 429, 408]) expect(await outcomes(status)).toBe('later');
    for (const status of [401, 403, 404, 301]) expect(await outcomes(status)).toBe('refused');
    for (const status of [400, 413, 422]) expect(await outcomes(status)).toBe('rejected');
    expect((await deliver(lasting, { status: 429, headers: { 'retry-after': '7' } })).delivery).toMatchObject(
      {
        afterNs: 7e9,
      },
    );
  });
});

/** Of a webhook the reader is a program. */
function said(type: string, remedy: string): string {
  return type === 'webhook' ? 'see which files' : remedy;
}

describe('what they send', () => {
  const sent = async (type: string, what: Notification, answers: Answers = {}) => {
    const sink = SINKS.find((one) => one.type === type);
    if (sink === undefined) throw new Error(type);
    const { outside, sent } = fakeOutside(() => answers);
    const options = sink.options.parse(OPTIONS[type]);
    const delivery = await sink.deliver(what, { options, secrets: SECRETS, language: 'en', outside });
    return { ...sent, delivery, json: () => JSON.parse(sent.posts[0]?.body ?? 'null') };
  };

  it('PagerDuty: triggers and resolves by the same key', async () => {
    const began = (await sent('pagerduty', lasting)).json();
    expect(began).toMatchObject({
      routing_key: 'SECRETKEY',
      event_action: 'trigger',
      payload: { severity: 'warning', source: 'db1', component: 'arena', class: 'major-faults' },
      links: [{ href: lasting.link }],
    });
    const ended = (await sent('pagerduty', over)).json();
    expect(ended).toMatchObject({ event_action: 'resolve', dedup_key: began.dedup_key });
  });

  it('Alertmanager: an alert with the same labels from beginning to end', async () => {
    const [began] = (await sent('alertmanager', lasting)).json();
    const [ended] = (await sent('alertmanager', over)).json();
    expect(ended.labels).toEqual(began.labels);
    expect(Date.parse(began.endsAt)).toBeGreaterThan(lasting.unixMs);
    expect(ended.endsAt).toBe('2026-09-21T14:14:20.000Z');
    expect(began.generatorURL).toBe(lasting.link);
  });

  it('e-mail: one thread for a group', async () => {
    const [first, second] = [...(await sent('email', lasting)).mails, ...(await sent('email', over)).mails];
    expect(first?.headers.References).toBe(second?.headers.References);
    expect(first?.subject).toBe('warning: arena 4127 (arena.service): major-faults 42/s, on db1');
    expect(second?.text).toContain('major-faults over after 1 min, at most 58/s');
  });

  it('webhook: a key to drop what comes twice, and the token as a header', async () => {
    const { posts } = await sent('webhook', lasting);
    expect(posts[0]?.headers).toMatchObject({
      'idempotency-key': 'db1-m9-1',
      authorization: 'Bearer SECRET',
    });
  });

  it('command: its exit status decides', async () => {
    const outcome = async (exitCode: number | null) =>
      (await sent('command', lasting, { program: { exitCode, stderr: 'no such list\n' } })).delivery;
    expect(await outcome(0)).toMatchObject({ outcome: 'delivered' });
    expect(await outcome(75)).toMatchObject({ outcome: 'later' });
    expect(await outcome(null)).toMatchObject({ outcome: 'later' });
    expect(await outcome(1)).toEqual({ outcome: 'rejected', said: 'ended with 1: no such list' });
  });
});
