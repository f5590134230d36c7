/** systemd's end of it is a datagram socket; python3 makes one, because Node.js has none. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serviceManager } from '../app/service-manager.ts';
import { sendDatagram } from './unix-datagram.ts';

const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;
const RECEIVE = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(20)
name = sys.argv[1]
s.bind("\\0" + name[1:] if name[0] == "@" else name)
print("ready", flush=True)
print(s.recv(4096).decode(), flush=True)
`;

it.skipIf(!hasPython).each(['path', 'abstract'])('a message arrives (%s; needs python3)', async (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'keel-datagram-'));
  const name = kind === 'path' ? join(folder, 'socket') : `@keel-test-${process.pid}`;
  const receiver = spawn('python3', ['-c', RECEIVE, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  let got = '';
  receiver.stdout.on('data', (part: Buffer) => {
    got += part.toString();
    if (got === 'ready\n')
      serviceManager({ NOTIFY_SOCKET: name }, process.pid).tell('READY=1', 'STATUS=fine');
  });
  await once(receiver, 'close');
  expect(got).toBe('ready\nREADY=1\nSTATUS=fine\n');
  rmSync(folder, { recursive: true });
});

it('says that nobody listens, or that a name is none', () => {
  expect(() => sendDatagram('/nowhere/socket', 'x')).toThrow(/ENOENT/);
  expect(() => sendDatagram('/'.padEnd(200, 'x'), 'x')).toThrow(RangeError);
  expect(() => serviceManager({ NOTIFY_SOCKET: '/nowhere/socket' }, 1).tell('READY=1')).not.toThrow();
});
