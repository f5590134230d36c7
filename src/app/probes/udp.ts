/** `udp:HOST:PORT[?TEXT]`: the time from a datagram to the next answer. Game servers answer a query without a login. */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { hostAndPort, type ProbeKind, timed, wrongProbe } from './probe.ts';

/** Answered by any echo server; others need a text of their own. */
const DEFAULT_TEXT = 'ping\n';

export const udp: ProbeKind = {
  scheme: 'udp',
  usage: 'udp:HOST:PORT[?TEXT]',
  describe: {
    en: 'the time to an answer; TEXT is what is sent, with \\xNN for any byte ("ping" without it)',
    ko: '응답이 올 때까지의 시간. TEXT는 보낼 내용이며 \\xNN으로 임의의 바이트를 쓸 수 있음 (없으면 "ping")',
  },
  open(rest) {
    const [address = '', ...query] = rest.split('?');
    const place = hostAndPort(address);
    if (place === null) {
      throw wrongProbe(`udp:${rest}`, udp, { en: 'no host and port', ko: '호스트와 포트가 아닙니다' });
    }
    const message = bytesOf(query.length === 0 ? DEFAULT_TEXT : query.join('?'));
    return {
      unit: 'Ns',
      combine: 'mean',
      isPassive: false,
      sample: (signal) => timed(signal, (limit) => answered(place, message, limit)),
      close() {},
    };
  },
};

function bytesOf(text: string): Buffer {
  const plain = text.replace(/\\n/g, '\n');
  const parts = plain.split(/(\\x[0-9a-fA-F]{2})/);
  return Buffer.concat(
    parts.map((part) => (/^\\x/.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part, 'utf8'))),
  );
}

function answered(
  { host, port }: { readonly host: string; readonly port: number },
  message: Buffer,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners().close();
      settle();
    };
    const onAbort = () => end(() => reject(new Error('no answer')));
    signal.addEventListener('abort', onAbort);
    socket.once('message', () => end(resolve));
    // Connected, so that a port where nobody listens says so, and only its own answers count.
    socket.once('error', (error) => end(() => reject(error)));
    socket.connect(port, host, () => socket.send(message));
  });
}
