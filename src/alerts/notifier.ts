/**
 * Decides when to tell whom what: groups incidents, waits a moment for what belongs together, repeats every five minutes
 * while it goes on, tells a new kind at once, and the end once. Pure: time comes with each step.
 */
import type { Severity } from '../diagnosis/finding.ts';
import { worse } from './alert.ts';
import type { IncidentChange } from './book.ts';
import { AlertGroup } from './group.ts';
import { type Incident, MACHINE } from './incident.ts';
import { inhibited } from './inhibition.ts';
import type { Notification } from './notification.ts';
import { isSilenced, type Silence } from './silence.ts';

export const GROUPINGS = ['target', 'process', 'rule', 'host'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface NotifierOptions {
  readonly host: string;
  readonly groupBy: Grouping;
  /** What begins within this time of each other is told together. */
  readonly waitNs: number;
  /** Between two messages about a group, unless a new kind or a higher severity is in it. */
  readonly intervalNs: number;
  /** What goes on is told again after this. */
  readonly repeatNs: number;
  readonly silences: readonly Silence[];
  /** With `{group}`; null where this host has no address. */
  readonly linkTo: ((group: string) => string) | null;
}

/** Where more groups than this have news at the same moment, it is one message: a storm has one cause. */
const MOST_AT_ONCE = 20;
/** A person reads no more. */
const MOST_LISTED = 50;
export const STORM = 'storm';

export class Notifier {
  #options: NotifierOptions;
  readonly #groups = new Map<string, AlertGroup>();
  /** Incidents of a storm stay in its group until they are over. */
  readonly #inStorm = new Set<string>();
  #nowNs = 0n;
  #count = 0;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** @param incidents all that fire now */
  reconfigure(options: NotifierOptions, incidents: readonly Incident[]): void {
    const told = incidents.filter((incident) => this.wasTold(incident));
    const inStorm = [...this.#inStorm];
    const isRegrouped = options.groupBy !== this.#options.groupBy;
    this.#options = options;
    if (!isRegrouped) return;
    this.#groups.clear();
    this.restore(told, inStorm, this.#nowNs);
  }

  /** Incidents that were told of in an earlier run are not news; the end of those of a storm is told once. */
  restore(incidents: readonly Incident[], inStorm: Iterable<string>, nowNs: bigint): void {
    for (const id of inStorm) this.#inStorm.add(id);
    for (const incident of incidents) this.#groupOf(incident).restore(incident, nowNs);
  }

  isInStorm({ id }: Incident): boolean {
    return this.#inStorm.has(id);
  }

  wasTold(incident: Incident): boolean {
    return this.#groupOf(incident).has(incident.id);
  }

  /**
   * @param incidents all that fire now
   * @param changes what is over since the last step; what began is among `incidents`
   */
  step(
    nowNs: bigint,
    unixMs: number,
    incidents: readonly Incident[],
    changes: readonly IncidentChange[],
  ): readonly Notification[] {
    // A clock that goes back is taken as one that stood still.
    if (nowNs > this.#nowNs) this.#nowNs = nowNs;
    for (const { kind, incident } of changes) {
      if (kind !== 'resolved') continue;
      this.#groupOf(incident).end(incident);
      this.#inStorm.delete(incident.id);
    }
    this.#update(incidents, unixMs);
    const due = [...this.#groups.values()].filter((group) => group.isDue(this.#nowNs, this.#options));
    const told = due.length > MOST_AT_ONCE ? this.#joinStorm(due) : due;
    const notifications = told.map((group) => this.#notify(group, unixMs));
    for (const [key, group] of this.#groups) if (group.isEmpty) this.#groups.delete(key);
    return notifications;
  }

  #update(incidents: readonly Incident[], unixMs: number): void {
    const hidden = inhibited(incidents);
    const byGroup = new Map<AlertGroup, Incident[]>();
    for (const incident of incidents) {
      if (hidden.has(incident.id) || isSilenced(incident, this.#options.silences, unixMs)) continue;
      const group = this.#groupOf(incident);
      const members = byGroup.get(group);
      if (members === undefined) byGroup.set(group, [incident]);
      else members.push(incident);
    }
    for (const group of this.#groups.values()) group.update(byGroup.get(group) ?? [], this.#nowNs);
  }

  #groupOf(incident: Incident): AlertGroup {
    const key = this.#inStorm.has(incident.id) ? STORM : groupKey(incident, this.#options.groupBy);
    return this.#group(key);
  }

  #group(key: string): AlertGroup {
    const known = this.#groups.get(key) ?? new AlertGroup(key);
    this.#groups.set(key, known);
    return known;
  }

  /** What was told already keeps its group, so that its end is told there. */
  #joinStorm(due: readonly AlertGroup[]): readonly AlertGroup[] {
    const storm = this.#group(STORM);
    const moved: Incident[] = [];
    for (const group of due.filter((one) => one !== storm)) {
      const untold = group.takeUntold();
      for (const { id } of untold) this.#inStorm.add(id);
      moved.push(...untold);
    }
    storm.adopt(moved, this.#nowNs);
    return [storm, ...due.filter((group) => group !== storm && group.isDue(this.#nowNs, this.#options))];
  }

  #notify(group: AlertGroup, unixMs: number): Notification {
    const { firing, resolved, reason } = group.tell(this.#nowNs);
    const listed = firing.slice(0, MOST_LISTED);
    const over = resolved.slice(0, MOST_LISTED);
    this.#count += 1;
    const { host, linkTo } = this.#options;
    return {
      id: `${host}-${unixMs.toString(36)}-${this.#count}`,
      host,
      group: group.key,
      reason,
      severity: severityOf(firing, resolved),
      unixMs,
      firing: listed,
      resolved: over,
      omitted: firing.length - listed.length + resolved.length - over.length,
      link: linkTo === null ? null : linkTo(group.key),
    };
  }
}

function severityOf(firing: readonly Incident[], resolved: readonly Incident[]): Severity {
  return (firing.length > 0 ? firing : resolved).reduce<Severity>(
    (most, one) => worse(most, one.severity),
    'info',
  );
}

function groupKey({ subject, rule }: Incident, by: Grouping): string {
  switch (by) {
    case 'host':
      return 'host';
    case 'rule':
      return `rule:${rule}`;
    case 'process':
      return subject.process === null ? MACHINE : `${subject.target}:${subject.key}`;
    default:
      return subject.target;
  }
}
