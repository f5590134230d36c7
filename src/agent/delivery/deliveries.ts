/** The deliverers of all sinks, and their queues on the disk: `queue/NAME` below the state folder. */
import { join } from 'node:path';
import type { Notification } from '../../alerts/notification.ts';
import type { Outside } from '../../alerts/sinks/sink.ts';
import type { Clock } from '../../app/clock.ts';
import type { AgentConfig, SinkConfig } from '../config/config.ts';
import { Deliverer, type DeliveryReport } from './deliverer.ts';
import { QueueFolder } from './queue-folder.ts';
import { Waiting } from './waiting.ts';

export interface DeliveriesOptions {
  readonly outside: Outside;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (report: DeliveryReport) => void;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  #running: { readonly deliverer: Deliverer; readonly done: Promise<void> }[] = [];
  #stop = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get all(): readonly Deliverer[] {
    return this.#running.map(({ deliverer }) => deliverer);
  }

  configure(config: AgentConfig): void {
    this.#stop = new AbortController();
    this.#running = config.sinks.map((sink) => {
      const deliverer = new Deliverer(sink, new Waiting(queueOf(config, sink)), {
        ...this.#options,
        language: config.language,
      });
      return { deliverer, done: deliverer.run(this.#stop.signal) };
    });
  }

  /** What waits for a sink goes on waiting for it; a refused one is tried at once. */
  async reconfigure(config: AgentConfig): Promise<void> {
    await this.stop();
    this.configure(config);
  }

  add(notification: Notification): void {
    for (const deliverer of this.all) if (deliverer.isFor(notification)) deliverer.add(notification);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.map(({ done }) => done));
  }
}

/** null where the disk does not take it: then messages are kept in memory. */
function queueOf({ stateFolder }: AgentConfig, sink: SinkConfig): QueueFolder | null {
  try {
    return new QueueFolder(join(stateFolder, 'queue', sink.name));
  } catch {
    return null;
  }
}
