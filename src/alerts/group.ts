/** Incidents that are told together, and what of them was told already. */
import { RANK } from './alert.ts';
import type { Incident } from './incident.ts';
import type { NotificationReason } from './notification.ts';

interface GroupTimes {
  readonly waitNs: number;
  readonly intervalNs: number;
  readonly repeatNs: number;
}

interface Told {
  readonly rule: string;
  readonly severity: Incident['severity'];
}

export class AlertGroup {
  readonly key: string;
  #firing: ReadonlyMap<string, Incident> = new Map();
  /** By incident, as it was told. */
  readonly #told = new Map<string, Told>();
  readonly #over = new Map<string, Incident>();
  #toldNs: bigint | null = null;
  /** When the first thing that was not told yet came, and whether it is of a new kind. */
  #news: { readonly sinceNs: bigint; readonly isUrgent: boolean } | null = null;

  constructor(key: string) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#firing.size === 0 && this.#told.size === 0 && this.#over.size === 0;
  }

  /** In an earlier run: the next repetition is counted from now. */
  restore(incident: Incident, nowNs: bigint): void {
    this.markTold(incident);
    this.#toldNs = nowNs;
  }

  has(id: string): boolean {
    return this.#told.has(id);
  }

  markTold(incident: Incident): void {
    this.#told.set(incident.id, { rule: incident.rule, severity: incident.severity });
  }

  /** What nobody was told of ends without a word. */
  end(incident: Incident): void {
    if (this.#told.delete(incident.id)) this.#over.set(incident.id, incident);
  }

  /** @param firing of this group, without those that are hidden */
  update(firing: readonly Incident[], nowNs: bigint): void {
    this.#firing = new Map(firing.map((incident) => [incident.id, incident]));
    const news = firing.filter((incident) => this.#isNews(incident));
    if (news.length === 0) {
      this.#news = null;
      return;
    }
    const kinds = this.#toldKinds();
    const isUrgent = news.some((incident) => this.#isNewKind(incident, kinds));
    this.#news = {
      sinceNs: this.#news?.sinceNs ?? nowNs,
      isUrgent: isUrgent || this.#news?.isUrgent === true,
    };
  }

  isDue(nowNs: bigint, { waitNs, intervalNs, repeatNs }: GroupTimes): boolean {
    const quietNs = this.#toldNs === null ? Number.POSITIVE_INFINITY : Number(nowNs - this.#toldNs);
    if (this.#news !== null && Number(nowNs - this.#news.sinceNs) >= waitNs)
      return this.#news.isUrgent || quietNs >= intervalNs;
    // The end of all of it waits for nothing; of a part, for the next message.
    if (this.#over.size > 0 && this.#news === null) return this.#told.size === 0 || quietNs >= intervalNs;
    return this.#told.size > 0 && this.#firing.size > 0 && quietNs >= repeatNs;
  }

  /** Takes out what was not told of. */
  takeUntold(): readonly Incident[] {
    const untold = [...this.#firing.values()].filter((incident) => !this.#told.has(incident.id));
    this.#firing = new Map([...this.#firing].filter(([id]) => this.#told.has(id)));
    this.#news = null;
    return untold;
  }

  adopt(incidents: readonly Incident[], nowNs: bigint): void {
    this.update([...this.#firing.values(), ...incidents], nowNs);
  }

  /** What there is to tell; from now on it is told. */
  tell(nowNs: bigint): {
    readonly firing: readonly Incident[];
    readonly resolved: readonly Incident[];
    readonly reason: NotificationReason;
  } {
    const firing = [...this.#firing.values()].sort(
      (a, b) => RANK[b.severity] - RANK[a.severity] || a.startedUnixMs - b.startedUnixMs,
    );
    const resolved = [...this.#over.values()];
    const reason = this.#reason();
    for (const incident of firing) this.markTold(incident);
    this.#over.clear();
    this.#news = null;
    this.#toldNs = nowNs;
    return { firing, resolved, reason };
  }

  #reason(): NotificationReason {
    if (this.#firing.size === 0 && this.#told.size === 0) return 'resolved';
    if (this.#told.size === 0 && this.#over.size === 0) return 'new';
    return this.#news !== null || this.#over.size > 0 ? 'more' : 'repeat';
  }

  #isNews(incident: Incident): boolean {
    const told = this.#told.get(incident.id);
    return told === undefined || RANK[incident.severity] > RANK[told.severity];
  }

  /** Another rule than those told of, or one that is told of and got worse. */
  #isNewKind(incident: Incident, kinds: ReadonlyMap<string, number>): boolean {
    return this.#told.has(incident.id) || (kinds.get(incident.rule) ?? -1) < RANK[incident.severity];
  }

  /** The rules told of, with their highest rank of severity. */
  #toldKinds(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { rule, severity } of this.#told.values())
      kinds.set(rule, Math.max(kinds.get(rule) ?? -1, RANK[severity]));
    return kinds;
  }
}
