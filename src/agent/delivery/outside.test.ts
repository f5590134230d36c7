/** The real network, on loopback: what a receiver sees, and what we say when there is none. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { email } from '../../alerts/sinks/email.ts';
import { slack } from '../../alerts/sinks/slack.ts';
import { notification } from '../../alerts/testing/observations.ts';
import type { SinkConfig } from '../config/config.ts';
import { deliverOnce } from './deliverer.ts';
import { realOutside } from './outside.ts';

const printed: string[] = [];
const outside = realOutside((line) => printed.push(line));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function receiver(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(answer ?? (() => {})).listen(0, '127.0.0.1');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/SECRET`;
}

function sinkOf(type: SinkConfig['type'], options: object, secrets: SinkConfig['secrets'] = {}): SinkConfig {
  return { name: 'x', type, options: options as never, secrets, atLeast: 'info', targets: null };
}

const deliver = (sink: SinkConfig) => deliverOnce(sink, notification(), { language: 'ko', outside });

describe('HTTP', () => {
  it('posts JSON and takes the answer', async () => {
    let got = '';
    const url = await receiver((request, response) => {
      request.on('data', (part: Buffer) => {
        got += part.toString();
      });
      request.on('end', () => response.end('ok'));
    });
    expect(await deliver(sinkOf(slack, {}, { url }))).toEqual({
      outcome: 'delivered',
      said: 'answered 200: ok',
    });
    expect(JSON.parse(got).text).toContain('경고: arena 4127');
  });

  it('says in its own words that nobody is there, without the address', async () => {
    const delivery = await deliver(sinkOf(slack, {}, { url: 'http://127.0.0.1:1/T0/SECRET' }));
    expect(delivery).toEqual({ outcome: 'later', said: 'connection refused', afterNs: null });
  });

  it('reads the beginning of an answer that does not end', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(500);
      const timer = setInterval(() => response.write('x'.repeat(4096)), 1);
      response.once('close', () => clearInterval(timer));
    });
    expect((await deliver(sinkOf(slack, {}, { url }))).outcome).toBe('later');
  });

  it('takes a connection that breaks for one that may heal', async () => {
    const url = await receiver((request) => request.socket.destroy());
    expect((await deliver(sinkOf(slack, {}, { url }))).outcome).toBe('later');
  });
});

describe('mail', () => {
  async function mailServer(options: ConstructorParameters<typeof SMTPServer>[0]) {
    const server = new SMTPServer({ disabledCommands: ['STARTTLS'], logger: false, ...options });
    server.on('error', () => {});
    closing.push(() => new Promise<void>((resolve) => server.close(resolve)));
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    return { host: '127.0.0.1', port, tls: false, from: 'keel@example.org', to: ['ops@example.org'] };
  }

  it('arrives with its subject, its text and its thread', async () => {
    let got = '';
    const options = await mailServer({
      authOptional: true,
      onData(stream, _, done) {
        stream.on('data', (part: Buffer) => {
          got += part.toString();
        });
        stream.on('end', () => done());
      },
    });
    expect(await deliver(sinkOf(email, options))).toMatchObject({ outcome: 'delivered' });
    const mail = await PostalMime.parse(got);
    expect(mail.subject).toBe('경고: arena 4127 (arena.service): major-faults 42/s (db1)');
    expect(mail.text).toContain('maps/arena_03.pak');
    expect(mail.references).toBe('<arena.evenkeel@db1>');
  });

  it('tells a login that is refused from a server that is busy', async () => {
    const refusing = await mailServer({
      allowInsecureAuth: true,
      onAuth: (_, __, done) => done(new Error('no')),
    });
    const login = sinkOf(email, { ...refusing, user: 'keel' }, { password: 'SECRETWORD' });
    expect(await deliver(login)).toMatchObject({ outcome: 'refused' });
    const busy = await mailServer({
      authOptional: true,
      onMailFrom: (_, __, done) => done(Object.assign(new Error('later'), { responseCode: 451 })),
    });
    expect(await deliver(sinkOf(email, busy))).toEqual({
      outcome: 'later',
      said: 'the mail server answered 451',
      afterNs: null,
    });
  });

  it('says that nobody is there', async () => {
    const nobody = { host: '127.0.0.1', port: 1, tls: false, from: 'a@b.c', to: 'd@e.f' };
    expect(await deliver(sinkOf(email, nobody))).toMatchObject({
      outcome: 'later',
      said: 'connection refused',
    });
  });
});

describe('programs', () => {
  it('get the text on stdin, without a shell', async () => {
    const end = await outside.run(
      [process.execPath, '-e', 'process.stdin.resume().on("data", (b) => process.stderr.write(b))', '$(x)'],
      'hello',
    );
    expect(end).toEqual({ exitCode: 0, stderr: 'hello' });
  });

  it('may not be there, or not read', async () => {
    await expect(outside.run(['/nowhere'], '')).rejects.toMatchObject({ mayHeal: false });
    expect(await outside.run([process.execPath, '-e', '0'], 'x'.repeat(1e6))).toMatchObject({ exitCode: 0 });
  });
});
