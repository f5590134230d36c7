/** One message to a datagram socket of the file system or of the abstract names: socket(2), sendto(2), unix(7). */
import { closeSync } from 'node:fs';
import { checked, int32, libcFunction } from './libc.ts';

const socket = libcFunction<[number, number, number]>('int socket(int domain, int type, int protocol)');
const sendTo = libcFunction<[number, Uint8Array, number, number, Uint8Array, number]>(
  'long sendto(int fd, const void *message, unsigned long length, int flags, const void *address, unsigned int addressLength)',
);

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Of struct sockaddr_un, without the family. */
const MOST_PATH_BYTES = 108;

/**
 * Does not wait where the receiver is busy.
 * @param path a first `@` stands for the zero byte of an abstract name
 * @throws KernelError ENOENT, ECONNREFUSED, EAGAIN; RangeError for a path that is too long
 */
export function sendDatagram(path: string, message: string): void {
  const address = addressOf(path);
  const fd = Number(checked('socket', socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
  try {
    const bytes = Buffer.from(message);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    checked('sendto', sendTo(int32(fd, 'fd'), bytes, bytes.length, flags, address, address.length));
  } finally {
    closeSync(fd);
  }
}

function addressOf(path: string): Uint8Array {
  const name = Buffer.from(path);
  if (name.length === 0 || name.length >= MOST_PATH_BYTES)
    throw new RangeError(`no name of a socket: ${path}`);
  const isAbstract = path.startsWith('@');
  if (isAbstract) name[0] = 0;
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer);
  return Buffer.concat([family, name, Buffer.alloc(isAbstract ? 0 : 1)]);
}
