/**
 * The book of incidents: takes one observation after the other and says what began, got worse, or is over. Holds only
 * what is above a limit, and what is usual where a rule asks for that, so it does not grow with time.
 */
import type { Sentence } from '../base/sentence.ts';
import type { Severity } from '../diagnosis/finding.ts';
import { type AlertState, RANK, stepAlert, worse } from './alert.ts';
import { Baselines, type SavedBaseline } from './baselines.ts';
import {
  type EndReason,
  type Incident,
  type IncidentFinding,
  type IncidentSubject,
  MACHINE,
} from './incident.ts';
import type { Observation, Observed, ObservedProcess } from './observation.ts';
import type { AlertRule } from './rule.ts';
import type { Signal } from './signal.ts';
import { signalOf } from './signals/index.ts';

export interface BookOptions {
  /** After more than this between two observations nobody knows what was in between: durations wait. */
  readonly longestStepNs: number;
  /** An incident that fires for so long gets more severe by one; null: none does. */
  readonly escalateAfterNs: number | null;
  /** More than this at a time are counted and not kept. */
  readonly mostIncidents?: number;
}

const MOST_INCIDENTS = 20_000;

export interface IncidentChange {
  readonly kind: 'fired' | 'worsened' | 'resolved';
  readonly incident: Incident;
}

interface Entry {
  readonly rule: AlertRule;
  readonly signal: Signal;
  readonly subject: IncidentSubject;
  state: AlertState;
  limit: number;
  firingNs: number;
  isEscalated: boolean;
  id: string;
  startedUnixMs: number;
  findings: readonly IncidentFinding[];
  notExplained: Sentence | null;
}

export class AlertBook {
  readonly #options: BookOptions;
  /** By rule, then by subject. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #byId = new Map<string, Entry>();
  readonly #baselines = new Baselines();
  #rules: readonly AlertRule[];
  #tracked = 0;
  #refused = 0;

  constructor(rules: readonly AlertRule[], options: BookOptions) {
    this.#rules = rules;
    this.#options = options;
  }

  /** What was above its limit and found no room in the book, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Pending ones are no incidents yet. */
  incidents(): Incident[] {
    return [...this.#all()].filter(isIncident).map((entry) => incidentOf(entry, null));
  }

  /** null where it is over. */
  incident(id: string): Incident | null {
    const entry = this.#byId.get(id);
    return entry !== undefined && isIncident(entry) ? incidentOf(entry, null) : null;
  }

  /** What a closer look found, and what it did not. Ignored where it is over. */
  explain(id: string, findings: readonly IncidentFinding[], notExplained: Sentence | null): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    entry.findings = findings;
    entry.notExplained = notExplained;
  }

  /** What is usual, as far as it was learned. */
  baselines(): readonly SavedBaseline[] {
    return this.#baselines.saved();
  }

  /** What was usual in a run before this one. */
  restoreBaselines(saved: readonly SavedBaseline[]): void {
    this.#baselines.restore(saved);
  }

  /** Incidents of a run before this one go on, with the rules of today. */
  restore(incidents: readonly Incident[], unixMs: number): readonly IncidentChange[] {
    return incidents.flatMap((incident) => {
      const rule = this.#rules.find((one) => one.id === incident.rule && one.signal === incident.signal);
      const signal = rule && signalOf(rule.signal);
      if (rule === undefined || signal === undefined) {
        return [resolved({ ...incident, ended: { unixMs, because: 'unwatched' } })];
      }
      const { id, value, peak, severity, startedUnixMs, isEscalated, findings, subject, limit } = incident;
      const state: AlertState = { phase: 'firing', heldNs: 0, value, peak, severity };
      // What an earlier keel saved knows no reason.
      const { notExplained = null } = incident;
      const explained = { findings, notExplained };
      const kept = { id, startedUnixMs, isEscalated, ...explained, limit, firingNs: 0 };
      this.#keep(rule.id, subject.key, { rule, signal, subject, state, ...kept });
      return [];
    });
  }

  /** Other rules from now on; incidents of those that are gone end. */
  reconfigure(rules: readonly AlertRule[], unixMs: number): readonly IncidentChange[] {
    const open = this.incidents();
    this.#rules = rules;
    this.#entries.clear();
    this.#byId.clear();
    this.#tracked = 0;
    return this.restore(open, unixMs);
  }

  step(observation: Observation): readonly IncidentChange[] {
    const { elapsedNs } = observation;
    const heldNs = elapsedNs > this.#options.longestStepNs ? 0 : Math.max(0, elapsedNs);
    const changes: IncidentChange[] = [];
    for (const rule of this.#rules) {
      const signal = signalOf(rule.signal);
      if (signal === undefined) continue;
      for (const seen of seenBy(rule, signal, observation, this.#entries.get(rule.id))) {
        const change = this.#look(rule, signal, seen, heldNs, observation.unixMs);
        if (change !== null) changes.push(change);
      }
    }
    changes.push(...this.#endGone(observation));
    return changes;
  }

  #look(rule: AlertRule, signal: Signal, seen: Seen, heldNs: number, unixMs: number): IncidentChange | null {
    const { key, value } = seen;
    const entry = this.#entries.get(rule.id)?.get(key);
    if (entry === undefined && seen.ageNs < rule.graceNs) return null;
    const limit = this.#limitOf(rule, value, entry, seen.process, heldNs);
    if (entry === undefined && !(value > limit)) return null;
    const { state, change } = stepAlert(entry?.state ?? null, value, limit, rule, heldNs);
    if (state === null) {
      this.#forget(rule.id, key);
      return entry !== undefined && change === 'resolved' ? endedOf(entry, unixMs, 'cleared') : null;
    }
    const kept = entry ?? this.#begin(rule, signal, seen, state, unixMs);
    if (kept === null) return null;
    const before = kept.state.severity;
    kept.state = state;
    kept.limit = limit;
    const isRaised = this.#escalate(kept, heldNs);
    if (change === 'fired') {
      kept.startedUnixMs = unixMs;
      return { kind: 'fired', incident: incidentOf(kept, null) };
    }
    if (!isIncident(kept) || !(isRaised || RANK[state.severity] > RANK[before])) return null;
    return { kind: 'worsened', incident: incidentOf(kept, null) };
  }

  /** What is usual is learned while nothing fires. */
  #limitOf(
    rule: AlertRule,
    value: number,
    entry: Entry | undefined,
    process: ObservedProcess | null,
    heldNs: number,
  ): number {
    if (rule.baseline === null) return rule.above;
    const group = process === null ? MACHINE : `${process.target}\n${process.program}`;
    const usual = this.#baselines.of(`${rule.id}\n${rule.signal}\n${group}`);
    if (entry === undefined || !isIncident(entry)) usual.add(value, heldNs);
    if (usual.learnedNs < rule.baseline.learnNs) return rule.above;
    return Math.max(rule.above, usual.usual() * rule.baseline.factor);
  }

  /** null where the book is full. */
  #begin(rule: AlertRule, signal: Signal, seen: Seen, state: AlertState, unixMs: number): Entry | null {
    if (this.#tracked >= (this.#options.mostIncidents ?? MOST_INCIDENTS)) {
      this.#refused += 1;
      return null;
    }
    const entry: Entry = {
      rule,
      signal,
      subject: subjectOf(seen),
      state,
      limit: rule.above,
      firingNs: 0,
      isEscalated: false,
      id: `${rule.id}-${seen.key.replace(/[^A-Za-z0-9]/g, '-')}-${unixMs.toString(36)}`,
      startedUnixMs: unixMs,
      findings: [],
      notExplained: null,
    };
    this.#keep(rule.id, seen.key, entry);
    return entry;
  }

  /** @returns whether it got more severe by lasting */
  #escalate(entry: Entry, heldNs: number): boolean {
    if (!isIncident(entry)) return false;
    entry.firingNs += heldNs;
    const after = this.#options.escalateAfterNs;
    if (after === null || entry.isEscalated || entry.firingNs < after) return false;
    entry.isEscalated = true;
    return severityOf(entry) !== entry.state.severity;
  }

  /** Processes that ended take their incidents with them. */
  #endGone({ processes, unixMs }: Observation): IncidentChange[] {
    if (this.#tracked === 0) return [];
    const tracked = [...this.#all()].filter(({ subject }) => subject.process !== null);
    const ended = new Set(tracked.map(({ subject }) => subject.key));
    for (const { key } of processes) ended.delete(key);
    const gone = tracked.filter(({ subject }) => ended.has(subject.key));
    for (const { rule, subject } of gone) this.#forget(rule.id, subject.key);
    return gone.filter(isIncident).map((entry) => endedOf(entry, unixMs, 'gone'));
  }

  *#all(): Iterable<Entry> {
    for (const bySubject of this.#entries.values()) yield* bySubject.values();
  }

  #keep(rule: string, key: string, entry: Entry): void {
    const bySubject = this.#entries.get(rule) ?? new Map<string, Entry>();
    if (!bySubject.has(key)) this.#tracked += 1;
    this.#entries.set(rule, bySubject.set(key, entry));
    this.#byId.set(entry.id, entry);
  }

  #forget(rule: string, key: string): void {
    const bySubject = this.#entries.get(rule);
    const entry = bySubject?.get(key);
    if (bySubject === undefined || entry === undefined) return;
    bySubject.delete(key);
    this.#byId.delete(entry.id);
    this.#tracked -= 1;
    if (bySubject.size === 0) this.#entries.delete(rule);
  }
}

/** One value of an observation. */
interface Seen {
  readonly key: string;
  readonly value: number;
  readonly ageNs: number;
  /** null for the machine. */
  readonly process: ObservedProcess | null;
}

/** Most values are of processes that have no entry, and below any limit: of those nothing is made. */
function seenBy(
  rule: AlertRule,
  signal: Signal,
  { processes, machine }: Observation,
  known: ReadonlyMap<string, Entry> | undefined,
): readonly Seen[] {
  if (signal.scope === 'machine') {
    const value = signal.valueOf(machine);
    return isRead(value) ? [{ key: MACHINE, value, ageNs: machine.upNs, process: null }] : [];
  }
  const seen: Seen[] = [];
  processes.forEach((process) => {
    const value = signal.valueOf(process);
    if (!isRead(value) || (rule.targets !== null && !rule.targets.includes(process.target))) return;
    const isLow = rule.baseline === null && !(value > rule.above);
    if (isLow && known?.has(process.key) !== true) return;
    seen.push({ key: process.key, value, ageNs: machine.upNs - process.startNs, process });
  });
  return seen;
}

/** What could not be read neither holds nor clears. */
function isRead(value: Observed): value is number {
  return typeof value === 'number';
}

function isIncident({ state }: Entry): boolean {
  return state.phase !== 'pending';
}

function severityOf({ state, isEscalated }: Entry): Severity {
  if (!isEscalated) return state.severity;
  return state.severity === 'info' ? 'warning' : worse(state.severity, 'critical');
}

function subjectOf({ key, process }: Seen): IncidentSubject {
  if (process === null) return { key, process: null, target: MACHINE };
  const { tgid, comm, program, unit, target } = process;
  return { key, process: { tgid, comm, program, unit }, target };
}

function endedOf(entry: Entry, unixMs: number, because: EndReason): IncidentChange {
  return resolved(incidentOf(entry, { unixMs, because }));
}

function resolved(incident: Incident): IncidentChange {
  return { kind: 'resolved', incident };
}

function incidentOf(entry: Entry, end: Incident['ended']): Incident {
  const { rule, signal, subject, state, limit } = entry;
  const tgid = subject.process?.tgid ?? 0;
  return {
    id: entry.id,
    rule: rule.id,
    signal: signal.id,
    severity: severityOf(entry),
    subject,
    value: state.value,
    peak: state.peak,
    limit,
    unit: signal.unit,
    source: signal.source,
    looksFor: signal.looksFor,
    startedUnixMs: entry.startedUnixMs,
    ended: end,
    findings: entry.findings,
    notExplained: entry.notExplained,
    remedies: [signal.scope === 'process' ? signal.remedy({ tgid }) : signal.remedy()],
    isEscalated: entry.isEscalated,
  };
}
