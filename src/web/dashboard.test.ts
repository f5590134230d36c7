import { describe, expect, it } from 'vitest';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { AuditEntry } from './audit-log.ts';
import { createDashboard, type Dashboard } from './dashboard.ts';
import { Feeds } from './feeds.ts';

const HOST = '127.0.0.1:7780';
const ORIGIN = `http://${HOST}`;

interface Fixture {
  readonly ask: (path: string, changes?: Asked) => Promise<Response>;
  readonly ran: string[][];
  readonly audit: AuditEntry[];
  advance(ns: bigint): void;
  release(): void;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

function start(changes: Partial<Dashboard> = {}, hold = false): Fixture {
  const ran: string[][] = [];
  const audit: AuditEntry[] = [];
  let nowNs = 0n;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const app = createDashboard({
    rules: { hosts: new Set([HOST]), scheme: 'http', viewToken: 'look', changeToken: 'change' },
    files: new Map([
      ['/', { type: 'text/html', plain: Buffer.from('<p>'), gzip: Buffer.from('gz'), isImmutable: false }],
    ]),
    feeds: new Feeds<WatchFrame>(() => ({ open: async function* () {}, remembered: 1, waiting: 1 })),
    keel: {
      async run(words) {
        ran.push([...words]);
        if (hold) await held;
        return { exitCode: 0, document: { schema: 'keel.test/1', words } };
      },
    },
    audit: { write: (entry) => void audit.push(entry) },
    processes: () => [{ tgid: 1, comm: '<script>' }],
    trials: async () => [],
    alerts: async () => ({ state: 'absent', address: 'http://127.0.0.1:9464' }),
    history: { targets: () => [], ranges: () => null, events: () => null },
    session: { schema: 'keel.session/1', target: null },
    now: () => '2026-01-01T00:00:00.000Z',
    nowNs: () => nowNs,
    ...changes,
  });
  const ask = async (path: string, { method = 'GET', headers = {}, body }: Asked = {}) => {
    const all = { host: HOST, authorization: 'Bearer look', ...headers };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    return app.request(`http://${HOST}${path}`, {
      method,
      headers: given,
      ...(body === undefined ? {} : { body }),
    });
  };
  return {
    ask,
    ran,
    audit,
    advance: (ns) => {
      nowNs += ns;
    },
    release: () => release(),
  };
}

const change = (parameters: unknown, confirmed = true, headers: Asked['headers'] = {}): Asked => ({
  method: 'POST',
  headers: {
    origin: ORIGIN,
    'content-type': 'application/json',
    'x-keel-change-token': 'change',
    ...headers,
  },
  body: JSON.stringify({ parameters, confirmed }),
});

/** Everything that can be looked at. */
const LOOKED_AT = [
  '/api/v1/session',
  '/api/v1/processes',
  '/api/v1/trials',
  '/api/v1/alerts',
  '/api/v1/frames?target=1',
  '/api/v1/read/topo',
  '/api/v1/history/targets',
];

describe('the door', () => {
  it.each(LOOKED_AT)('%s is not for other sites, nor under another name', async (path) => {
    const { ask, ran } = start();
    expect((await ask(path, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await ask(path, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await ask(path, { headers: { host: 'evil.example' } })).status).toBe(421);
    expect(ran).toEqual([]);
  });

  it.each([...LOOKED_AT, '/'])('%s wants a token', async (path) => {
    const { ask, ran } = start();
    const answer = await ask(path, { headers: { authorization: null } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ schema: 'keel.error/1', code: 'E_PRIVILEGE' });
    expect(ran).toEqual([]);
  });

  it('takes the token from the address once, and then from a cookie that scripts do not see', async () => {
    const { ask } = start();
    const answer = await ask('/?token=look', { headers: { authorization: null } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^keel_7780=look;.*HttpOnly.*SameSite=Strict/i);
    const [pair = ''] = cookie.split(';');
    expect((await ask('/', { headers: { authorization: null, cookie: pair } })).status).toBe(200);
    expect((await ask('/?token=wrong', { headers: { authorization: null, cookie: pair } })).status).toBe(401);
  });

  it('does not take a token in the address of anything but the page', async () => {
    const { ask } = start();
    expect((await ask('/api/v1/session?token=look', { headers: { authorization: null } })).status).toBe(401);
  });

  it('does not answer under a name that was bound to us', async () => {
    const { ask } = start();
    expect((await ask('/', { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('slows guesses down', async () => {
    const { ask, advance } = start();
    const guess = () => ask('/', { headers: { authorization: 'Bearer guess' } });
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await guess()).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.at(-1)).toBe(429);
    // The one with the token is not kept out by it.
    expect((await ask('/')).status).toBe(200);
    advance(5_000_000_000n);
    expect((await guess()).status).toBe(401);
  });

  it('slows a flood down', async () => {
    const { ask } = start();
    const answers = await Promise.all(Array.from({ length: 130 }, () => ask('/api/v1/session')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(120);
    expect(answers.at(-1)?.status).toBe(429);
  });

  it('carries its headers on every answer, refusals too', async () => {
    const { ask } = start();
    for (const answer of [
      await ask('/'),
      await ask('/nothing'),
      await ask('/', { headers: { host: 'x' } }),
    ]) {
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('readings', () => {
  it('are the command a person would type', async () => {
    const { ask, ran } = start();
    const answer = await ask(`/api/v1/read/late?target=${encodeURIComponent('unit:a b.service')}&seconds=3`);
    expect(await answer.json()).toMatchObject({ schema: 'keel.test/1' });
    expect(ran).toEqual([['late', 'unit:a b.service', '--for', '3s']]);
  });

  it('of the machine are experiments by name, and nothing else', async () => {
    const { ask, ran } = start();
    await ask('/api/v1/read/bench?experiment=noise&seconds=4');
    expect(ran).toEqual([['bench', 'noise', '--for', '4s']]);
    for (const bad of ['', 'experiment=--svg', 'experiment=mlock', 'experiment=noise&seconds=0'])
      expect((await ask(`/api/v1/read/bench?${bad}`)).status).toBe(400);
    expect(ran).toHaveLength(1);
  });

  it('record callers only where that was asked for', async () => {
    const { ask, ran } = start();
    await ask('/api/v1/read/faults?target=1&seconds=2&stacks=yes');
    await ask('/api/v1/read/faults?target=1&seconds=2&stacks=no');
    await ask('/api/v1/read/faults?target=1&seconds=2');
    const record = ['faults', 'record', '1', '--for', '2s'];
    expect(ran).toEqual([[...record, '--stacks'], record, record]);
  });

  it.each([
    '/api/v1/read/faults?target=1&stacks=--out',
    '/api/v1/read/check',
    '/api/v1/read/check?target=--help',
    '/api/v1/read/check?target=-1',
    '/api/v1/read/check?target=a%0Ab',
    '/api/v1/read/check?target=a%00',
    '/api/v1/read/late?target=1&seconds=0',
    '/api/v1/read/late?target=1&seconds=1e9',
    `/api/v1/read/check?target=${'a'.repeat(201)}`,
  ])('%s is refused before anything runs', async (path) => {
    const { ask, ran } = start();
    expect((await ask(path)).status).toBe(400);
    expect(ran).toEqual([]);
  });

  it.each(['/api/v1/read/pin?target=1', '/api/v1/read/constructor', '/api/v1/read/__proto__', '/etc/passwd'])(
    '%s is nothing',
    async (path) => {
      const { ask, ran } = start();
      expect((await ask(path)).status).toBe(404);
      expect(ran).toEqual([]);
    },
  );

  it('measure one at a time', async () => {
    const { ask, ran, release } = start({}, true);
    const first = ask('/api/v1/read/why?target=1');
    await new Promise((resolve) => setImmediate(resolve));
    expect((await ask('/api/v1/read/late?target=1')).status).toBe(409);
    release();
    expect((await first).status).toBe(200);
    expect((await ask('/api/v1/read/late?target=1')).status).toBe(200);
    expect(ran).toHaveLength(2);
  });
});

describe('changes', () => {
  it('are planned, then made, and noted', async () => {
    const { ask, ran, audit } = start();
    const wanted = { target: '42', cpus: '0-1', threads: 'tick' };
    await ask('/api/v1/change/pin', change(wanted, false));
    await ask('/api/v1/change/pin', change(wanted));
    await ask('/api/v1/change/undo', change({ change: 'c-3' }));
    expect(ran).toEqual([
      ['pin', '42', '0-1', '--threads', 'tick', '--dry-run'],
      ['pin', '42', '0-1', '--threads', 'tick', '--yes'],
      ['undo', 'c-3'],
    ]);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['planned', 'asked', 'done', 'asked', 'done']);
    expect(JSON.stringify(audit)).not.toMatch(/"(look|change)"/);
  });

  it('of a placement are the command line of pin, and what was proven that of optimize', async () => {
    const { ask, ran } = start();
    const wanted = { target: '42', policy: 'batch', nice: '-5', seconds: '600' };
    await ask('/api/v1/change/pin', change(wanted, false));
    await ask('/api/v1/change/apply', change({ target: '42', candidate: 'idle:a b' }, false));
    await ask('/api/v1/change/apply', change({ target: '42', candidate: 'idle:a b' }));
    expect(ran).toEqual([
      ['pin', '42', '--policy', 'batch', '--nice=-5', '--for', '600s', '--dry-run'],
      ['optimize', '42', '--apply', 'idle:a b', '--dry-run'],
      ['optimize', '42', '--apply', 'idle:a b', '--yes'],
    ]);
  });

  it.each<[string, unknown]>([
    ['pin', { target: '42' }],
    ['pin', { target: '42', threads: 'tick' }],
    ['pin', { target: '42', cpus: '--yes' }],
    ['pin', { target: '42', cpus: '0', threads: '--all' }],
    ['pin', { target: '42', cpus: '0', seconds: '0' }],
    ['pin', { target: '42', cpus: '0', seconds: '1e9' }],
    ['pin', { target: '42', policy: 'fifo:99' }],
    ['pin', { target: '42', nice: '-21' }],
    ['pin', { target: '42', nice: '5 --yes' }],
    ['apply', { target: '42' }],
    ['apply', { target: '42', candidate: '--yes' }],
    ['apply', { target: '--all', candidate: 'x' }],
    ['constructor', { target: '42', cpus: '0' }],
  ])('%s of %j is refused before anything runs', async (name, parameters) => {
    const { ask, ran } = start();
    const answer = await ask(`/api/v1/change/${name}`, change(parameters));
    expect(answer.status).toBe(name === 'constructor' ? 404 : 400);
    expect(ran).toEqual([]);
  });

  it.each(['pin', 'apply', 'undo'])('%s wants both tokens, our name and our page', async (name) => {
    const { ask, ran, audit } = start();
    const asked = (headers: Asked['headers']) =>
      change({ target: '42', cpus: '0', candidate: 'x', change: 'c-1' }, true, headers);
    const status = async (headers: Asked['headers']) =>
      (await ask(`/api/v1/change/${name}`, asked(headers))).status;
    expect(await status({ authorization: null })).toBe(401);
    expect(await status({ 'x-keel-change-token': null })).toBe(403);
    expect(await status({ 'x-keel-change-token': 'look' })).toBe(403);
    expect(await status({ origin: 'http://evil.example' })).toBe(403);
    expect(await status({ host: 'evil.example' })).toBe(421);
    expect(ran).toEqual([]);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });

  it.each<[string, Asked]>([
    ['no second token', change({ change: 'c-3' }, true, { 'x-keel-change-token': null })],
    ['the first token as the second', change({ change: 'c-3' }, true, { 'x-keel-change-token': 'look' })],
    ['a page of another site', change({ change: 'c-3' }, true, { origin: 'http://evil.example' })],
    ['a form', change({ change: 'c-3' }, true, { 'content-type': 'text/plain' })],
    ['an option instead of a target', change({ change: '--stale' })],
    ['no parameters', change(null)],
    ['a body that is no JSON', { ...change({}), body: '{' }],
    ['a body that is too long', { ...change({}), body: `"${'x'.repeat(20_000)}"` }],
  ])('are refused for %s', async (_, asked) => {
    const { ask, ran } = start();
    const answer = await ask('/api/v1/change/undo', asked);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(ran).toEqual([]);
  });

  it('are refused by a dashboard that only shows, with a way out, and that is noted', async () => {
    const rules = { hosts: new Set([HOST]), scheme: 'http' as const, viewToken: 'look', changeToken: null };
    const { ask, ran, audit } = start({ rules });
    const answer = await ask('/api/v1/change/undo', change({ change: 'c-3' }));
    expect(answer.status).toBe(403);
    expect(((await answer.json()) as { what: string }).what).toContain('--allow-changes');
    expect([ran, audit.map(({ outcome }) => outcome)]).toEqual([[], ['refused']]);
  });

  it('are not made where they cannot be noted', async () => {
    const audit = {
      write() {
        throw new Error('no space left on device');
      },
    };
    const { ask, ran } = start({ audit });
    expect((await ask('/api/v1/change/undo', change({ change: 'c-3' }))).status).toBe(500);
    expect(ran).toEqual([]);
  });
});
