/** The daemon: observes on a clock, keeps the book, tells whom it concerns, and survives what happens meanwhile. */
import type { Server } from 'node:http';
import { AlertBook, type IncidentChange } from '../alerts/book.ts';
import type { Incident } from '../alerts/incident.ts';
import { incidentLine } from '../alerts/notification-text.ts';
import { Notifier, type NotifierOptions, STORM } from '../alerts/notifier.ts';
import type { Outside } from '../alerts/sinks/sink.ts';
import type { Clock } from '../app/clock.ts';
import type { ServiceManager } from '../app/service-manager.ts';
import { plural, verbatim } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import type { AgentConfig, ConfigResult } from './config/config.ts';
import type { DeliveryReport } from './delivery/deliverer.ts';
import { Deliveries } from './delivery/deliveries.ts';
import { type AgentEvent, withoutSecrets } from './events.ts';
import { Explainer } from './explain.ts';
import { describeLimits } from './limits.ts';
import { AgentMetrics } from './metrics.ts';
import { Measurements } from './observe/measurements.ts';
import { Observer, type Observing } from './observe/observer.ts';
import { encodeMetrics } from './otlp/encode-metrics.ts';
import { OtlpExporter } from './otlp/otlp-exporter.ts';
import { type Served, startServer } from './server.ts';
import { StateKeeper } from './state-keeper.ts';

export interface AgentOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly random: () => number;
  readonly config: AgentConfig;
  /** Reads the configuration anew. */
  readonly reload: () => ConfigResult;
  readonly outside: Outside;
  readonly service: ServiceManager;
  readonly version: string;
  readonly tell: (event: AgentEvent) => void;
  /** For tests: instead of the machine. */
  readonly observe?: () => Observing | null;
}

/** After a longer gap, as of a machine that slept, durations wait: nobody knows what was meanwhile. */
const LONGEST_STEP_INTERVALS = 5;
/** How bad it is, for the log. */
const LEVELS: Readonly<Record<DeliveryReport['outcome'], AgentEvent['level']>> = {
  delivered: 'info',
  saved: 'info',
  later: 'warning',
  refused: 'error',
  rejected: 'error',
  dropped: 'error',
  disk: 'error',
};
/** Incidents that ended are still shown for links in messages. */
const MOST_ENDED_SHOWN = 200;

export class Agent {
  readonly #options: AgentOptions;
  readonly #metrics: AgentMetrics;
  readonly #book: AlertBook;
  readonly #notifier: Notifier;
  readonly #deliveries: Deliveries;
  readonly #explainer: Explainer;
  readonly #measurements: Measurements;
  #observer: Observer | null = null;
  #config: AgentConfig;
  #server: Server | null = null;
  #ended: Incident[] = [];
  #reloadAsked = false;
  readonly #startedUnixMs: number;
  readonly #saidLimits = new Set<string>();
  #keeper: StateKeeper;
  #otlp: OtlpExporter | null = null;

  constructor(options: AgentOptions) {
    const { config, host, clock } = options;
    this.#options = options;
    this.#config = config;
    this.#startedUnixMs = clock.unixMs();
    this.#metrics = new AgentMetrics(options.version);
    this.#book = new AlertBook(config.rules, {
      longestStepNs: config.everyNs * LONGEST_STEP_INTERVALS,
      escalateAfterNs: config.notify.escalateAfterNs,
    });
    this.#notifier = new Notifier(notifierOptions(config));
    this.#deliveries = new Deliveries({ ...options, report: (report) => this.#reported(report) });
    this.#explainer = new Explainer(host, clock, {
      incident: (id) => this.#book.incident(id),
      explain: (id, ...explained) => this.#book.explain(id, ...explained),
    });
    this.#measurements = new Measurements(host, clock);
    this.#keeper = this.#openKeeper(config);
  }

  /** Takes the configuration anew before the next observation. */
  askReload(): void {
    this.#reloadAsked = true;
  }

  /** @throws KeelError where it cannot listen; later nothing stops it but the signal */
  async run(signal: AbortSignal): Promise<void> {
    const { service, clock } = this.#options;
    await this.#listen(this.#config);
    this.#observer = this.#options.observe === undefined ? this.#openObserver() : null;
    this.#restore();
    this.#deliveries.configure(this.#config);
    this.#otlp = this.#openOtlp(this.#config);
    service.tell('READY=1', `STATUS=watching ${plural(this.#config.targets.length, 'target')}`);
    this.#say('info', 'started', this.#startedText(), {
      targets: this.#config.targets.map(({ name }) => name),
    });
    try {
      let dueNs = clock.monotonicNs();
      while (!signal.aborted) {
        if (this.#reloadAsked) await this.#reload();
        this.#step(signal);
        dueNs = await this.#waitNext(dueNs, signal);
      }
    } finally {
      service.tell('STOPPING=1');
      await this.#stop();
    }
  }

  #openObserver(): Observer {
    return new Observer(this.#options.host, this.#options.clock, this.#config.targets);
  }

  #openKeeper({ stateFolder }: AgentConfig): StateKeeper {
    return new StateKeeper(stateFolder, (level, text, fields) => this.#say(level, 'disk', text, fields));
  }

  #restore(): void {
    const { incidents, told, inStorm, baselines } = this.#keeper.restore();
    const { clock } = this.#options;
    const nowNs = clock.monotonicNs();
    this.#book.restoreBaselines(baselines);
    const changes = this.#book.restore(incidents, clock.unixMs());
    const wereTold = new Set(told);
    this.#notifier.restore(
      incidents.filter(({ id }) => wereTold.has(id)),
      inStorm,
      nowNs,
    );
    this.#conclude(changes, nowNs);
  }

  /** Whatever goes wrong with one observation, the next one is made. */
  #step(signal: AbortSignal): void {
    const { clock, service } = this.#options;
    try {
      const observing = this.#observe(signal);
      if (observing !== null) {
        this.#metrics.observed(observing);
        const changes = this.#book.step(observing.observation);
        this.#explain(changes, signal);
        this.#conclude(changes, clock.monotonicNs());
      }
    } catch (error) {
      this.#say('error', 'observation', verbatim(`an observation failed: ${(error as Error).stack}`), {});
    }
    if (service.watchdogNs !== null) service.tell('WATCHDOG=1');
  }

  #explain(changes: readonly IncidentChange[], signal: AbortSignal): void {
    const { explainNs } = this.#config;
    if (explainNs === null) return;
    const fired = changes.flatMap(({ kind, incident }) => (kind === 'fired' ? [incident] : []));
    this.#explainer.step(fired, explainNs, signal);
  }

  #observe(signal: AbortSignal): Observing | null {
    if (this.#options.observe !== undefined) return this.#options.observe();
    const observer = this.#observer;
    if (observer === null) return null;
    this.#measurements.update(observer.watched, signal);
    const observing = observer.observe(this.#measurements.take());
    this.#sayLimits(observer);
    return observing;
  }

  /** Each once, until the configuration is another one. */
  #sayLimits({ sweepObstacle, hiddenPrograms }: Observer): void {
    const { stallObstacle, lateObstacle } = this.#measurements;
    const hasExe = this.#config.targets.some(({ match }) => match.by === 'exe');
    const limits = { sweepObstacle, hiddenPrograms, stallObstacle, lateObstacle };
    for (const { name, text } of describeLimits(limits, hasExe)) {
      if (this.#saidLimits.has(name)) continue;
      this.#saidLimits.add(name);
      this.#say('warning', 'limit', text, { limit: name });
    }
  }

  #conclude(changes: readonly IncidentChange[], nowNs: bigint): void {
    const open = this.#book.incidents();
    for (const { kind, incident } of changes) {
      if (kind === 'resolved') this.#ended = [incident, ...this.#ended].slice(0, MOST_ENDED_SHOWN);
      const text = { en: incidentLine(incident, 'en'), ko: incidentLine(incident, 'ko') };
      const level = kind === 'resolved' ? 'info' : 'warning';
      this.#say(level, 'incident', text, {
        kind,
        id: incident.id,
        rule: incident.rule,
        target: incident.subject.target,
      });
    }
    const unixMs = this.#options.clock.unixMs();
    for (const notification of this.#notifier.step(nowNs, unixMs, open, changes))
      this.#deliveries.add(notification);
    this.#metrics.incidents(open, this.#book.refused);
    this.#save(open);
    this.#keeper.saveBaselines(nowNs, () => this.#book.baselines());
  }

  #save(open: readonly Incident[]): void {
    const ids = (those: readonly Incident[]) => those.map(({ id }) => id);
    this.#keeper.saveIncidents({
      incidents: open,
      told: ids(open.filter((one) => this.#notifier.wasTold(one))),
      inStorm: ids(open.filter((one) => this.#notifier.isInStorm(one))),
    });
  }

  /** Deadlines are counted from the first, so that they do not drift; those that are past are skipped. */
  async #waitNext(dueNs: bigint, signal: AbortSignal): Promise<bigint> {
    const { clock } = this.#options;
    const everyNs = BigInt(this.#config.everyNs);
    const nowNs = clock.monotonicNs();
    const skipped = nowNs > dueNs + everyNs ? (nowNs - dueNs) / everyNs : 0n;
    if (skipped > 0n) this.#metrics.skipped(Number(skipped));
    const nextNs = dueNs + everyNs * (skipped + 1n);
    await clock.sleep(Number(nextNs - clock.monotonicNs()), signal);
    return nextNs;
  }

  async #reload(): Promise<void> {
    const { service, reload, clock } = this.#options;
    this.#reloadAsked = false;
    service.tell('RELOADING=1', `MONOTONIC_USEC=${clock.monotonicNs() / 1000n}`);
    const { config, mistakes } = reload();
    const failed =
      config === null ? mistakes.map(({ line, note }) => `${line}: ${note.en}`) : await this.#take(config);
    this.#metrics.reloaded(failed.length === 0);
    service.tell('READY=1');
    if (failed.length === 0) {
      this.#say(
        'info',
        'reload',
        { en: 'the new configuration is in use', ko: '새 설정을 적용했습니다' },
        {},
      );
      return;
    }
    this.#say(
      'error',
      'reload',
      {
        en: `the new configuration is wrong, the old one stays in use: ${failed.join('; ')}`,
        ko: `새 설정이 잘못되어 이전 설정을 계속 사용합니다: ${failed.join('; ')}`,
      },
      { mistakes: failed },
    );
  }

  /** @returns what stands in its way; then nothing was taken */
  async #take(config: AgentConfig): Promise<readonly string[]> {
    try {
      if (JSON.stringify(config.listen) !== JSON.stringify(this.#config.listen)) await this.#listen(config);
    } catch (error) {
      return [(error as Error).message];
    }
    const { clock } = this.#options;
    if (config.stateFolder !== this.#config.stateFolder) this.#keeper = this.#openKeeper(config);
    this.#config = config;
    this.#saidLimits.clear();
    this.#observer?.retarget(config.targets);
    const changes = this.#book.reconfigure(config.rules, clock.unixMs());
    this.#notifier.reconfigure(notifierOptions(config), this.#book.incidents());
    await this.#deliveries.reconfigure(config);
    await this.#otlp?.stop();
    this.#otlp = this.#openOtlp(config);
    this.#conclude(changes, clock.monotonicNs());
    return [];
  }

  async #listen(config: AgentConfig): Promise<void> {
    const before = this.#server;
    this.#server = config.listen === null ? null : await startServer(config.listen, () => this.#served());
    before?.close();
    before?.closeAllConnections();
  }

  #served(): Served {
    const { host, language, externalUrl } = this.#config;
    return {
      host,
      language,
      names: [host, ...(externalUrl === null ? [] : [new URL(externalUrl).hostname])],
      incidents: () => [...this.#book.incidents(), ...this.#ended],
      metrics: () => {
        this.#updateOwn();
        return this.#metrics.text();
      },
    };
  }

  #updateOwn(): void {
    const { user, system } = process.cpuUsage();
    this.#metrics.own((user + system) * 1000, process.memoryUsage.rss());
    this.#metrics.deliverers(this.#deliveries.all);
  }

  #openOtlp({ otlp, host }: AgentConfig): OtlpExporter | null {
    if (otlp === null) return null;
    const { clock, random, outside, version } = this.#options;
    return new OtlpExporter({
      config: otlp,
      clock,
      random,
      post: outside.post,
      encode: () => {
        this.#updateOwn();
        const moment = { host, version, startedUnixMs: this.#startedUnixMs, unixMs: clock.unixMs() };
        return encodeMetrics(this.#metrics.families(), moment);
      },
      report: ({ outcome, said }) =>
        this.#say(LEVELS[outcome], 'otlp', verbatim(`otlp: ${outcome}, ${said}`), { outcome, said }),
    });
  }

  async #stop(): Promise<void> {
    this.#server?.close();
    this.#server?.closeAllConnections();
    await Promise.all([
      this.#explainer.stop(),
      this.#measurements.stop(),
      this.#deliveries.stop(),
      this.#otlp?.stop(),
    ]);
    this.#observer?.close();
    this.#save(this.#book.incidents());
    this.#keeper.saveBaselinesNow(this.#book.baselines());
    this.#say('info', 'stopped', { en: 'stopped', ko: '끝났습니다' }, {});
  }

  #reported(report: DeliveryReport): void {
    this.#metrics.delivery(report);
    const { sink, outcome, said, notification } = report;
    const level = LEVELS[outcome];
    const fields = { sink, outcome, said, notification: notification.id, group: notification.group };
    this.#say(level, 'delivery', verbatim(`${sink}: ${outcome}, ${said}`), fields);
  }

  #startedText() {
    const { targets, sinks, listen } = this.#config;
    const where = listen === null ? '' : `, http://${listen.host}:${listen.port}/metrics`;
    const by = this.#observer?.obtainedBy ?? 'proc';
    return {
      en: `watching ${plural(targets.length, 'target')} by ${by}, ${plural(sinks.length, 'sink')}${where}`,
      ko: `대상 ${targets.length}개를 ${by}로 감시합니다. 알림 경로 ${sinks.length}개${where}`,
    };
  }

  #say(
    level: AgentEvent['level'],
    event: string,
    text: AgentEvent['text'],
    fields: AgentEvent['fields'],
  ): void {
    const { sinks, otlp } = this.#config;
    const known = [...sinks.flatMap((sink) => Object.values(sink.secrets)), otlp?.token];
    const secrets = known.filter((one) => typeof one === 'string');
    const clean = (value: string) => withoutSecrets(value, secrets);
    const safe = Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? clean(value) : value,
    ]);
    this.#options.tell({
      level,
      event,
      unixMs: this.#options.clock.unixMs(),
      text: { en: clean(text.en), ko: clean(text.ko) },
      fields: Object.fromEntries(safe),
    });
  }
}

function notifierOptions({ host, notify, silences, externalUrl }: AgentConfig): NotifierOptions {
  const { groupBy, waitNs, intervalNs, repeatNs } = notify;
  const linkTo =
    externalUrl === null
      ? null
      : (group: string) =>
          groupBy === 'target' && group !== STORM
            ? `${externalUrl}/incidents?target=${encodeURIComponent(group)}`
            : `${externalUrl}/incidents`;
  return { host, groupBy, waitNs, intervalNs, repeatNs, silences, linkTo };
}
