/** The world of sinks as it is: HTTP by undici, mail by nodemailer, programs by spawn. Each is loaded when it is used. */
import { spawn } from 'node:child_process';
import {
  type HttpRequest,
  type HttpResponse,
  type Mail,
  type Outside,
  type ProgramEnd,
  SinkFault,
} from '../../alerts/sinks/sink.ts';

/** Longer than any receiver should take, shorter than the patience of a queue. */
const TIMEOUT_MS = 15_000;
const MOST_ANSWER_BYTES = 4096;

/** @param print takes a line of the sink for standard output */
export function realOutside(print: (line: string) => void): Outside {
  return { post, mail, run, print };
}

async function post({ url, headers, body }: HttpRequest): Promise<HttpResponse> {
  const { request } = await import('undici');
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'user-agent': 'evenkeel', ...headers },
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await beginningOf(response.body);
    const names = Object.entries(response.headers).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    return { status: response.statusCode, headers: Object.fromEntries(names), body: answer };
  } catch (error) {
    throw networkFault(error);
  }
}

/** The rest is not read: a receiver must not fill our memory. */
async function beginningOf(body: AsyncIterable<Uint8Array> & { destroy(): void }): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MOST_ANSWER_BYTES) break;
  }
  body.destroy();
  return Buffer.concat(parts).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
}

/** In words of our own: messages of libraries may quote the address, and that may be the secret. */
function networkFault(error: unknown): SinkFault {
  const { code, name } = error as NodeJS.ErrnoException;
  return new SinkFault(
    NETWORK_WORDS[code ?? ''] ?? NETWORK_WORDS[name] ?? `not reached (${code ?? name})`,
    true,
  );
}

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in 10 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in 15 s',
  TimeoutError: 'no answer in 15 s',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

async function mail({ server, from, to, subject, text, headers }: Mail): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const { host, port, tls, user, password } = server;
  const transport = createTransport({
    host,
    port,
    secure: tls,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    // Nothing of a message is read from files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ from, to: [...to], subject, text, headers: { ...headers } });
  } catch (error) {
    throw mailFault(error);
  } finally {
    transport.close();
  }
}

/** RFC 5321, 4.2.1: 4yz is transient, 5yz is permanent. */
function mailFault(error: unknown): SinkFault {
  const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  if (code === 'EAUTH') return new SinkFault(`login refused (${responseCode ?? code})`, false);
  if (responseCode !== undefined)
    return new SinkFault(`the mail server answered ${responseCode}`, responseCode < 500);
  if (code === 'ETIMEDOUT') return new SinkFault('no answer in 15 s', true);
  // It puts a code of its own in the place of the system's, which only its message has still.
  const { message } = error as Error;
  const named = Object.keys(NETWORK_WORDS).find((name) => message.includes(name));
  return networkFault(named === undefined ? error : { code: named });
}

function run(argv: readonly string[], stdin: string): Promise<ProgramEnd> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: TIMEOUT_MS * 2,
      killSignal: 'SIGKILL',
    });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => {
      stderr = (stderr + part.toString('utf8')).slice(-MOST_ANSWER_BYTES);
    });
    // A program that does not read is its own affair.
    child.stdin.on('error', () => {});
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || error.code === 'EACCES';
      reject(new SinkFault(`cannot be started: ${error.code}`, !missing));
    });
    child.once('close', (exitCode) => resolve({ exitCode, stderr }));
    child.stdin.end(stdin);
  });
}
