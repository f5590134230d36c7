/**
 * Sends the metrics to an OTLP receiver now and then. Counters are sums since the start, so what a failed attempt did not
 * bring, the next one does: nothing is kept for it but the number of failures.
 */
import { deliveryOf, JSON_TYPE } from '../../alerts/sinks/http.ts';
import { type Delivery, type Outside, SinkFault } from '../../alerts/sinks/sink.ts';
import type { Clock } from '../../app/clock.ts';
import type { OtlpConfig } from '../config/config.ts';
import { backoffNs } from '../delivery/backoff.ts';

export interface OtlpExporterOptions {
  readonly config: OtlpConfig;
  readonly clock: Clock;
  readonly random: () => number;
  readonly post: Outside['post'];
  /** The request, as of now. */
  readonly encode: () => object;
  /** When it begins to work, to fail, or to fail in another way: not with each minute. */
  readonly report: (delivery: Delivery) => void;
}

export class OtlpExporter {
  readonly #options: OtlpExporterOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #reported = '';

  /** Starts at once. */
  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    this.#done = this.#run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, config, random } = this.#options;
    let failures = 0;
    await clock.sleep(config.everyNs, signal);
    while (!signal.aborted) {
      const delivery = await this.#send();
      this.#report(delivery);
      failures = delivery.outcome === 'later' ? failures + 1 : 0;
      const asked = delivery.outcome === 'later' ? (delivery.afterNs ?? 0) : 0;
      const paceNs = failures > 0 ? Math.min(config.everyNs, backoffNs(failures, random())) : config.everyNs;
      await clock.sleep(Math.max(paceNs, asked), signal);
    }
  }

  async #send(): Promise<Delivery> {
    const { config, post, encode } = this.#options;
    const { url, token } = config;
    const headers = { ...JSON_TYPE, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    try {
      const response = await post({ url, headers, body: JSON.stringify(encode()) });
      const delivery = deliveryOf(response);
      return delivery.outcome === 'delivered' ? partlyOrAll(response.body) : delivery;
    } catch (error) {
      if (!(error instanceof SinkFault)) throw error;
      const said = error.message;
      return error.mayHeal ? { outcome: 'later', said, afterNs: null } : { outcome: 'refused', said };
    }
  }

  #report(delivery: Delivery): void {
    const key = `${delivery.outcome} ${delivery.said}`;
    if (key === this.#reported) return;
    this.#reported = key;
    this.#options.report(delivery);
  }
}

/** A receiver may take a request and leave out points of it: ExportMetricsPartialSuccess. */
function partlyOrAll(body: string): Delivery {
  const rejected = /"rejectedDataPoints"\s*:\s*"?(\d+)/.exec(body)?.[1] ?? '0';
  return rejected === '0'
    ? { outcome: 'delivered', said: 'metrics are taken' }
    : { outcome: 'rejected', said: `${rejected} points were rejected` };
}
