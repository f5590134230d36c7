/**
 * A closer look at the process of an incident: the diagnosis of some seconds, and beside it the worst page fault or the worst
 * late moment, with the code where a fault tells it. What could not be seen is told.
 */
import type { IncidentFinding } from '../alerts/incident.ts';
import type { Clock } from '../app/clock.ts';
import type { FoundTarget } from '../app/find-targets.ts';
import type { FollowedFault } from '../app/follow-faults.ts';
import { type Watched, watchWindow } from '../app/watch-window.ts';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { collectSlowFaults, worstFaultFinding } from './worst-fault.ts';
import { worstMomentFinding } from './worst-moment.ts';

/** The heaviest say it. */
const MOST_FINDINGS = 3;

/** Signals whose moments are faults: the worst of them is looked for. */
const ABOUT_FAULTS: ReadonlySet<string> = new Set(['fault-stall', 'major-faults', 'minor-faults']);
/** Signals whose moments are late ones. */
const ABOUT_LATENESS: ReadonlySet<string> = new Set(['late-ticks', 'run-delay', 'throttled']);

export interface CloserLook {
  /** null: at the machine. */
  readonly target: FoundTarget | null;
  /** Of the alert rule. */
  readonly about: string;
  readonly durationNs: number;
  /** Faults above this are looked at. */
  readonly overNs: number;
  readonly signal: AbortSignal;
}

export interface Explanation {
  readonly findings: readonly IncidentFinding[];
  /** Why they are fewer than they should be; null: they are not. */
  readonly notExplained: Sentence | null;
}

export async function lookCloser(host: Host, clock: Clock, look: CloserLook): Promise<Explanation> {
  const { target, about } = look;
  const isLateness = target !== null && ABOUT_LATENESS.has(about);
  const isFaults = target !== null && ABOUT_FAULTS.has(about);
  const [watched, faults] = await Promise.all([
    orWhyNot(() => watch(host, clock, look, isLateness)),
    isLateness || isFaults ? orWhyNot(() => collectSlowFaults(host, clock, { ...look, target })) : [],
  ]);
  const parts = [
    watched instanceof KeelError ? because(watched) : diagnosed(watched),
    isFaults ? worstFault(faults, look) : NOTHING,
    isLateness && !(watched instanceof KeelError) ? worstMoment(watched, faults, look) : NOTHING,
  ];
  return {
    findings: parts.flatMap(({ findings }) => findings),
    notExplained: parts.find(({ notExplained }) => notExplained !== null)?.notExplained ?? null,
  };
}

const NOTHING: Explanation = { findings: [], notExplained: null };

function watch(host: Host, clock: Clock, { target, durationNs, signal }: CloserLook, late: boolean) {
  const targets = target === null ? null : [target];
  return watchWindow({ host, moments: [] }, clock, { durationNs, signal, targets, late });
}

/** One look that fails does not end the other. */
async function orWhyNot<T>(look: () => Promise<T>): Promise<T | KeelError> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return error;
  }
}

function because(error: KeelError): Explanation {
  return { findings: [], notExplained: error.parts.what };
}

function diagnosed({ diagnosis }: Watched): Explanation {
  const findings = diagnosis.findings
    .slice(0, MOST_FINDINGS)
    .map(({ rule, summary, evidence }) => ({ rule, summary, evidence }));
  return { findings, notExplained: null };
}

function worstFault(
  faults: readonly FollowedFault[] | KeelError,
  { durationNs }: Pick<CloserLook, 'durationNs'>,
): Explanation {
  if (faults instanceof KeelError) return because(faults);
  const finding = worstFaultFinding(faults);
  return finding === null ? noneSeen('a slow page fault', '느린 페이지 폴트', durationNs) : found(finding);
}

/** @param faults what some of the moments are made of */
function worstMoment(
  { window: { late } }: Watched,
  faults: readonly FollowedFault[] | KeelError,
  { durationNs }: Pick<CloserLook, 'durationNs'>,
): Explanation {
  if (late === null) return NOTHING;
  if (isMissing(late)) {
    const why = late.detail ?? late.missing;
    return {
      findings: [],
      notExplained: { en: `late moments: ${why} (${late.path})`, ko: `늦은 순간: ${why} (${late.path})` },
    };
  }
  const finding = worstMomentFinding(late, faults instanceof KeelError ? [] : faults);
  return finding === null ? noneSeen('a late moment', '늦은 순간', durationNs) : found(finding);
}

function found(finding: IncidentFinding): Explanation {
  return { findings: [finding], notExplained: null };
}

function noneSeen(en: string, ko: string, durationNs: number): Explanation {
  const seconds = Math.round(durationNs / 1e8) / 10;
  return {
    findings: [],
    notExplained: {
      en: `${seconds} s of looking closer did not meet ${en}`,
      ko: `${seconds}초 동안 자세히 살폈지만 ${ko}이(가) 없었습니다`,
    },
  };
}
