/**
 * What a sink is: a value that knows its own options and turns a notification into a delivery. What it needs of the
 * world (network, mail, programs) is handed in, so each is tested without any.
 */
import type { z } from 'zod';
import type { Language } from '../../base/sentence.ts';
import type { Notification } from '../notification.ts';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The beginning of it. */
  readonly body: string;
}

export interface Mail {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
    readonly tls: boolean;
    readonly user: string | null;
    readonly password: string | null;
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProgramEnd {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** The world of sinks. Each call rejects with a `SinkFault`, and with nothing else. */
export interface Outside {
  /** POST. */
  readonly post: (request: HttpRequest) => Promise<HttpResponse>;
  readonly mail: (mail: Mail) => Promise<void>;
  readonly run: (argv: readonly string[], stdin: string) => Promise<ProgramEnd>;
  readonly print: (line: string) => void;
}

/** Something between us and the receiver. */
export class SinkFault extends Error {
  override readonly name = 'SinkFault';
  /** Whether trying again may help; a refused login does not heal. */
  readonly mayHeal: boolean;

  constructor(said: string, mayHeal: boolean) {
    super(said);
    this.mayHeal = mayHeal;
  }
}

/**
 * - `delivered`
 * - `later`: out of order, or overloaded; the same again later
 * - `refused`: the receiver does not accept us: nothing will be, until somebody changes the configuration
 * - `rejected`: it does not accept this message; the next one it may
 */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly said: string }
  | { readonly outcome: 'later'; readonly said: string; readonly afterNs: number | null }
  | { readonly outcome: 'refused' | 'rejected'; readonly said: string };

/** Secrets by name, as they were read from their files or variables. */
export type Secrets = Readonly<Record<string, string | undefined>>;

export interface SinkContext<Options> {
  readonly options: Options;
  readonly secrets: Secrets;
  readonly language: Language;
  readonly outside: Outside;
}

export interface SinkType<Options = never> {
  readonly type: string;
  /** The keys of its part of the configuration, besides those of every sink and of its secrets. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  /** A secret `key` is configured as `keyFile` or `keyEnv`. */
  readonly secrets: readonly { readonly name: string; readonly isNeeded: boolean }[];
  /** Where it delivers to, without secrets: for people and the log. */
  readonly where: (options: Options) => string;
  /** @throws SinkFault where the receiver is not reached */
  readonly deliver: (notification: Notification, context: SinkContext<Options>) => Promise<Delivery>;
}

export function defineSink<Options>(type: SinkType<Options>): SinkType {
  // The type of its options is its own; from here on they are opaque.
  return type as unknown as SinkType;
}
