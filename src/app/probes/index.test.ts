import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KeelError } from '../../base/errors.ts';
import { openProbe, PROBES } from './index.ts';
import { hostAndPort, type Probe, ProbeFailed } from './probe.ts';

const never = new AbortController().signal;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function opened(text: string): Probe {
  const probe = openProbe(text);
  closers.push(() => probe.close());
  return probe;
}

function usageError(text: string): KeelError {
  try {
    openProbe(text).close();
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error(`${text} was taken for a probe`);
}

describe('the registry of probes', () => {
  it('has every file of the folder, and each name once', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => !/^(index|probe)\.|\.test\./.test(name))
      .map((name) => name.replace('.ts', ''));
    expect(PROBES.map((one) => one.scheme).sort()).toEqual(files.sort());
  });

  it.each(PROBES)('shows how to write $scheme, and refuses what is not written so', ({ scheme, usage }) => {
    expect(usage.startsWith(`${scheme}:`)).toBe(true);
    const error = usageError(`${scheme}:`);
    expect(error.code).toBe('E_USAGE');
    expect(error.parts.pointer?.text).toBe(`${scheme}:`);
  });

  it('lists the kinds where there is none of that name', () => {
    expect(usageError('gopher:x').parts.next?.length).toBe(PROBES.length);
    expect(usageError('hello').code).toBe('E_USAGE');
  });
});

describe('cmd', () => {
  it('takes the last number that is printed', async () => {
    const probe = opened('cmd:echo "p50 3 ms, ipv4, p99 -12.5"');
    expect(await probe.sample(never)).toEqual([-12.5]);
    expect(probe.unit).toBeNull();
  });

  it('takes the time where nothing is printed, and no shell', async () => {
    const probe = opened('cmd:true $(exit 3) | false');
    const [ns] = await probe.sample(never);
    expect(ns).toBeGreaterThan(1e4);
    expect(probe.unit).toBe('Ns');
  });

  it('fails where the program does, or is none', async () => {
    await expect(opened('cmd:false').sample(never)).rejects.toThrow('status 1');
    await expect(opened('cmd:/no/such/program').sample(never)).rejects.toThrow('ENOENT');
  });

  it('ends a program that does not end', async () => {
    await expect(opened('cmd:sleep 60').sample(never)).rejects.toThrow('no answer within 1 s');
  });
});

describe('http', () => {
  it('times a request, and counts a status of 400 and above as a failure', async () => {
    const server = createHttpServer((request, response) => {
      response.statusCode = request.url === '/bad' ? 503 : 200;
      response.end('ok');
    }).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [ns] = await opened(`http:http://127.0.0.1:${port}/`).sample(never);
    expect(ns).toBeGreaterThan(1e3);
    expect(await opened(`http://127.0.0.1:${port}/`).sample(never)).toHaveLength(1);
    await expect(opened(`http://127.0.0.1:${port}/bad`).sample(never)).rejects.toThrow('status 503');
  });
});

describe('tcp', () => {
  it('times a connection, and fails where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await opened(`tcp:127.0.0.1:${port}`).sample(never)).toHaveLength(1);
    server.close();
    await once(server, 'close');
    await expect(opened(`tcp:127.0.0.1:${port}`).sample(never)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('udp', () => {
  it('times an answer, with any bytes as the question', async () => {
    const server = createSocket('udp4');
    closers.push(() => server.close());
    const heard: Buffer[] = [];
    server.on('message', (message, from) => {
      heard.push(message);
      server.send('pong', from.port, from.address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await opened(`udp:127.0.0.1:${server.address().port}?\\xff\\x01hi?`).sample(never)).toHaveLength(
      1,
    );
    expect(heard[0]).toEqual(Buffer.from([0xff, 1, 0x68, 0x69, 0x3f]));
  });

  it('fails where nobody answers', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    closers.push(() => silent.close());
    await once(silent, 'listening');
    await expect(opened(`udp:127.0.0.1:${silent.address().port}`).sample(never)).rejects.toThrow(ProbeFailed);
  });
});

describe('log', () => {
  const logFile = () => {
    const folder = mkdtempSync(join(tmpdir(), 'keel-log-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'server:1.log');
    writeFileSync(path, 'tick 99 ms\n');
    return path;
  };

  it('takes the numbers of new lines, whole ones only, also after the file was cut', async () => {
    const path = logFile();
    const probe = opened(`log:${path}:/tick ([\\d.]+) ms/`);
    expect(await probe.sample(never)).toEqual([]);
    appendFileSync(path, 'tick 1.5 ms\nother\ntick 3');
    expect(await probe.sample(never)).toEqual([1.5]);
    appendFileSync(path, ' ms\n');
    expect(await probe.sample(never)).toEqual([3]);
    truncateSync(path);
    appendFileSync(path, 'tick 7 ms\n');
    expect(await probe.sample(never)).toEqual([7]);
    expect(probe).toMatchObject({ unit: null, combine: 'mean' });
  });

  it('counts lines where the expression has no group', async () => {
    const path = logFile();
    const probe = opened(`log:${path}:/can't keep up/`);
    appendFileSync(path, "can't keep up\nfine\ncan't keep up\n");
    expect(await probe.sample(never)).toEqual([1, 1]);
    expect(probe).toMatchObject({ unit: 'PerSec', combine: 'rate' });
  });

  it('says why a log cannot be read', () => {
    expect(usageError('log:/no/such.log:/x/')).toMatchObject({ code: 'E_PROBE' });
    expect(usageError(`log:${tmpdir()}:/x/`).message).toMatch(/it is a folder/);
  });
});

describe('prometheus', () => {
  it('takes the value of a query, and fails where there is none', async () => {
    const asked: string[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      const result = request.url?.includes('up') ? [{ metric: {}, value: [1, '0.25'] }] : [];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    }).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const base = `prometheus:http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await opened(`${base}?rate(up[10s])`).sample(never)).toEqual([0.25]);
    expect(asked).toEqual(['/api/v1/query?query=rate(up[10s])']);
    await expect(opened(`${base}?nothing`).sample(never)).rejects.toThrow('no value');
  });
});

describe('hostAndPort', () => {
  it.each([
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:27015', { host: '::1', port: 27015 }],
    ['::1:80', null],
    ['host:70000', null],
    ['host', null],
  ])('%s', (text, place) => {
    expect(hostAndPort(text)).toEqual(place);
  });
});
