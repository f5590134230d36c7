/** `tcp:HOST:PORT`: how long a connection takes to be accepted. */
import { connect } from 'node:net';
import { hostAndPort, type ProbeKind, timed, wrongProbe } from './probe.ts';

export const tcp: ProbeKind = {
  scheme: 'tcp',
  usage: 'tcp:HOST:PORT',
  describe: { en: 'the time until a connection stands', ko: '연결이 이루어지기까지의 시간' },
  open(rest) {
    const place = hostAndPort(rest);
    if (place === null) {
      throw wrongProbe(`tcp:${rest}`, tcp, { en: 'no host and port', ko: '호스트와 포트가 아닙니다' });
    }
    return {
      unit: 'Ns',
      combine: 'mean',
      isPassive: false,
      sample: (signal) => timed(signal, (limit) => connected(place, limit)),
      close() {},
    };
  },
};

function connected(
  place: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, signal } as never);
    socket.once('connect', () => {
      // Closed first by us, so that it is not the server that has to remember it (TIME_WAIT).
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
