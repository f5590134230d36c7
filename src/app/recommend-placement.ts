/** Measures a process, asks the strategies, and writes the answer in the words of other tools. */
import type { Sentence } from '../base/sentence.ts';
import { type ArtefactAnswer, type ArtefactForm, wantedBy } from '../placement/artefact.ts';
import { ARTEFACT_WRITERS } from '../placement/artefacts/index.ts';
import { type Recommendation, recommend } from '../placement/recommend.ts';
import type { Situation } from '../placement/situation.ts';
import type { Goal } from '../placement/strategy.ts';
import type { Clock } from './clock.ts';
import { type MeasuredWork, type MeasurePlan, measureWork } from './measure-work.ts';
import type { OpenedHost } from './open-host.ts';
import { readSituation } from './read-situation.ts';

export { ARTEFACT_FORMS } from '../placement/artefact.ts';
export { GOALS } from '../placement/strategy.ts';

export interface Recommended {
  readonly measured: MeasuredWork;
  readonly situation: Situation;
  readonly recommendation: Recommendation;
  /** Of the choice; empty where there is none. */
  readonly artefacts: readonly { readonly form: ArtefactForm; readonly answer: ArtefactAnswer }[];
}

export interface RecommendPlan extends MeasurePlan {
  readonly goal: Goal | null;
  /** One form only; all by default. */
  readonly form: ArtefactForm | null;
}

/** @throws KeelError as measureWork does */
export async function recommendPlacement(
  opened: OpenedHost,
  clock: Clock,
  plan: RecommendPlan,
): Promise<Recommended> {
  const measured = await measureWork(opened, clock, plan);
  const situation = readSituation(measured);
  const recommendation = recommend(situation, plan.goal);
  const { choice } = recommendation;
  const wanted = choice === null ? null : wantedBy(choice, situation);
  const writers = ARTEFACT_WRITERS.filter(({ form }) => plan.form === null || plan.form === form);
  const artefacts =
    wanted === null ? [] : writers.map(({ form, write }) => ({ form, answer: write(wanted) }));
  return { measured, situation, recommendation, artefacts };
}

/** `keel` itself does it at once, and undoes it; null where the change is of a group. */
export function keelCommand({ recommendation }: Recommended): string | null {
  const { choice } = recommendation;
  const [move] = choice?.moves ?? [];
  if (choice === null || move === undefined) return null;
  const { threads, cpus, scheduling, memory } = move;
  const words = [
    `keel pin ${move.tgid}`,
    ...(cpus === null ? [] : [cpus.toKernelList()]),
    ...(threads === 'all' ? [] : [`--threads ${threads.join(',')}`]),
    ...(scheduling?.policy == null ? [] : [`--policy ${scheduling.policy}`]),
    ...(scheduling?.nice == null ? [] : [`--nice ${scheduling.nice}`]),
    ...(scheduling?.sliceNs == null ? [] : [`--slice ${scheduling.sliceNs / 1000}us`]),
    ...(memory === null
      ? []
      : [`--mem ${memory.mode}:${memory.nodes}`, ...(memory.migrate ? ['--migrate-memory'] : [])]),
  ];
  return `${words.join(' ')} --for 10m`;
}

/** What the choice does to a group, which `keel pin` does not change. */
export function groupCommands({
  recommendation,
}: Recommended): readonly { readonly now: string; readonly undo: string; readonly note: Sentence | null }[] {
  return (recommendation.choice?.groups ?? []).map((group) => {
    if (group.kind === 'autogroup') {
      const set = (nice: number) => `echo ${nice} > /proc/${group.tgid}/autogroup`;
      return { now: set(group.nice), undo: set(0), note: null };
    }
    const note = { en: `of cgroup ${group.cgroup}`, ko: `cgroup ${group.cgroup}` };
    if (group.kind === 'idle-cgroup') return { now: 'echo 1 > cpu.idle', undo: 'echo 0 > cpu.idle', note };
    const us = (cpus: number) => Math.round(cpus * 100_000);
    return {
      now: `echo "${us(group.toCpus)} 100000" > cpu.max`,
      undo: `echo "${us(group.fromCpus)} 100000" > cpu.max`,
      note,
    };
  });
}
