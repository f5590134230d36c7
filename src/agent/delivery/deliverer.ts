/** Carries the messages of one sink, one after the other, until each is delivered or cannot be. */
import { RANK } from '../../alerts/alert.ts';
import type { Notification } from '../../alerts/notification.ts';
import { type Delivery, type Outside, SinkFault } from '../../alerts/sinks/sink.ts';
import type { Clock } from '../../app/clock.ts';
import type { Language } from '../../base/sentence.ts';
import type { SinkConfig } from '../config/config.ts';
import { backoffNs } from './backoff.ts';
import type { Waiting } from './waiting.ts';

/** After the receiver refused us: it is a matter of configuration, but keys are also put right at its end. */
const REFUSED_WAIT_NS = 600e9;

export interface DelivererOptions {
  readonly language: Language;
  readonly outside: Outside;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly report: (report: DeliveryReport) => void;
}

export interface DeliveryReport {
  readonly sink: string;
  /** `disk`: in memory only; `saved`: on the disk after all. */
  readonly outcome: Delivery['outcome'] | 'dropped' | 'disk' | 'saved';
  readonly said: string;
  readonly notification: Notification;
}

export class Deliverer {
  readonly sink: SinkConfig;
  readonly #waiting: Waiting;
  readonly #options: DelivererOptions;
  #wake: () => void = () => {};
  #failures = 0;

  constructor(sink: SinkConfig, waiting: Waiting, options: DelivererOptions) {
    this.sink = sink;
    this.#waiting = waiting;
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Deliveries that failed since the last that did not. */
  get failures(): number {
    return this.#failures;
  }

  isFor({ severity, firing, resolved }: Notification): boolean {
    const { atLeast, targets } = this.sink;
    if (RANK[severity] < RANK[atLeast]) return false;
    return (
      targets === null || [...firing, ...resolved].some(({ subject }) => targets.includes(subject.target))
    );
  }

  add(notification: Notification): void {
    const { diskError, saved, dropped } = this.#waiting.add(notification);
    if (diskError !== null)
      this.#report('disk', String((diskError as NodeJS.ErrnoException).code), notification);
    this.#reportSaved(saved, notification);
    if (dropped > 0) this.#report('dropped', `${dropped} that waited longest`, notification);
    this.#wake();
  }

  /** Until the signal aborts; what waits then is delivered by the next run. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const notification = this.#waiting.first();
      if (notification === null) await this.#idle(signal);
      else await this.#options.clock.sleep(await this.#attempt(notification), signal);
      // A disk that was full may not be full any more; and what is in memory only ends with us.
      if (notification !== null) this.#reportSaved(this.#waiting.save().saved, notification);
    }
  }

  /** @returns how long to wait before the next */
  async #attempt(notification: Notification): Promise<number> {
    const delivery = await deliverOnce(this.sink, notification, this.#options);
    this.#report(delivery.outcome, delivery.said, notification);
    if (delivery.outcome === 'delivered' || delivery.outcome === 'rejected') {
      this.#failures = 0;
      this.#waiting.removeFirst();
      return 0;
    }
    this.#failures += 1;
    if (delivery.outcome !== 'later') return REFUSED_WAIT_NS;
    return Math.max(backoffNs(this.#failures, this.#options.random()), delivery.afterNs ?? 0);
  }

  #reportSaved(count: number, notification: Notification): void {
    if (count > 0) this.#report('saved', `${count} that were in memory only`, notification);
  }

  #report(outcome: DeliveryReport['outcome'], said: string, notification: Notification): void {
    this.#options.report({ sink: this.sink.name, outcome, said, notification });
  }

  #idle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** One attempt. Never throws. */
export async function deliverOnce(
  sink: SinkConfig,
  notification: Notification,
  { language, outside }: Pick<DelivererOptions, 'language' | 'outside'>,
): Promise<Delivery> {
  const { type, options, secrets } = sink;
  try {
    return await type.deliver(notification, { options, secrets, language, outside });
  } catch (error) {
    if (error instanceof SinkFault) {
      const said = error.message;
      return error.mayHeal ? { outcome: 'later', said, afterNs: null } : { outcome: 'refused', said };
    }
    // A mistake of ours must not stand in the way of the next message.
    return { outcome: 'rejected', said: `${(error as Error).name} in the sink ${type.type}` };
  }
}
