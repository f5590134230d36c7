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

interface Running {
  readonly deliverer: Deliverer;
  readonly waiting: Waiting;
  readonly done: Promise<void>;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  #running: Running[] = [];
  #stateFolder = '';
  #stop = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get all(): readonly Deliverer[] {
    return this.#running.map(({ deliverer }) => deliverer);
  }

  configure(config: AgentConfig): void {
    const before = new Map(this.#running.map(({ deliverer, waiting }) => [deliverer.sink.name, waiting]));
    const isSameFolder = config.stateFolder === this.#stateFolder;
    this.#stop = new AbortController();
    this.#stateFolder = config.stateFolder;
    this.#running = config.sinks.map((sink) => {
      const known = before.get(sink.name);
      const waiting = known !== undefined && isSameFolder ? known : queueOf(config, sink, known);
      const deliverer = new Deliverer(sink, waiting, { ...this.#options, language: config.language });
      return { deliverer, waiting, done: deliverer.run(this.#stop.signal) };
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

/** @param before its queue in another folder: what is only in memory there has no other place */
function queueOf({ stateFolder }: AgentConfig, sink: SinkConfig, before: Waiting | undefined): Waiting {
  const waiting = new Waiting(() => new QueueFolder(join(stateFolder, 'queue', sink.name)));
  for (const notification of before?.unsaved() ?? []) waiting.add(notification);
  return waiting;
}
