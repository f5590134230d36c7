/** Measures a process, asks the strategies, and writes the answer in the words of other tools. */
import { type ArtefactAnswer, type ArtefactForm, wantedBy } from '../placement/artefact.ts';
import { ARTEFACT_WRITERS } from '../placement/artefacts/index.ts';
import type { Move } from '../placement/proposal.ts';
import { type Recommendation, recommend } from '../placement/recommend.ts';
import type { Situation } from '../placement/situation.ts';
import type { Goal } from '../placement/strategy.ts';
import type { Clock } from './clock.ts';
import { type GroupCommand, groupCommands } from './group-commands.ts';
import { type MeasuredWork, type MeasurePlan, measureWork } from './measure-work.ts';
import type { OpenedHost } from './open-host.ts';
import { readSituation } from './read-situation.ts';
import { NEVER_TRIED, readTried, type Tried } from './tried-before.ts';

export { ARTEFACT_FORMS } from '../placement/artefact.ts';
export { GOALS } from '../placement/strategy.ts';

export interface Recommended {
  readonly measured: MeasuredWork;
  readonly situation: Situation;
  readonly recommendation: Recommendation;
  /** What trials of this program said before; of the running machine only. */
  readonly tried: Tried;
  /** What the choice does to groups of tasks. */
  readonly groups: readonly GroupCommand[];
  /** Of the choice; empty where there is none. */
  readonly artefacts: readonly { readonly form: ArtefactForm; readonly answer: ArtefactAnswer }[];
}

export interface RecommendPlan extends MeasurePlan {
  readonly goal: Goal | null;
  /** One form only; all by default. */
  readonly form: ArtefactForm | null;
  /** Where keel keeps what must outlive it; null not to look there. */
  readonly stateFolder: string | null;
}

/** @throws KeelError as measureWork does */
export async function recommendPlacement(
  opened: OpenedHost,
  clock: Clock,
  plan: RecommendPlan,
): Promise<Recommended> {
  const measured = await measureWork(opened, clock, plan);
  const situation = readSituation(measured);
  const tried =
    plan.stateFolder === null ? NEVER_TRIED : await readTried(opened.host, plan.target, plan.stateFolder);
  const names = (all: Tried['helps']) => all.map(({ candidate }) => candidate.name);
  const verdicts = { helps: names(tried.helps), hurts: names(tried.hurts) };
  const recommendation = recommend(situation, plan.goal, verdicts);
  const { choice } = recommendation;
  const wanted = choice === null ? null : wantedBy(choice, situation);
  const writers = ARTEFACT_WRITERS.filter(({ form }) => plan.form === null || plan.form === form);
  const artefacts =
    wanted === null ? [] : writers.map(({ form, write }) => ({ form, answer: write(wanted) }));
  return {
    measured,
    situation,
    recommendation,
    tried,
    groups: groupCommands(measured.host, choice),
    artefacts,
  };
}

/**
 * By `keel` itself, at once, and undone by itself: a line for each move, to be run in any order; none where the change is
 * of a group.
 */
export function keelCommands({ recommendation, situation }: Recommended): readonly string[] {
  const { choice } = recommendation;
  const [first] = choice?.moves ?? [];
  if (choice === null || first === undefined) return [];
  if (choice.moves.some(({ away }) => away !== undefined))
    return [`keel shield ${first.cpus?.toKernelList()} --except ${first.tgid} --for 10m`];
  return choice.moves.map((move) => pinCommand(move, threadsOf(move, choice.moves, situation)));
}

/** Those of no other move: each line undoes what it did, so no thread may be in two. */
function threadsOf(move: Move, moves: readonly Move[], situation: Situation): Move['threads'] {
  const named = moves.flatMap(({ tgid, threads }) =>
    tgid === move.tgid && threads !== 'all' ? threads : [],
  );
  if (move.threads !== 'all' || named.length === 0) return move.threads;
  return situation.target.threads.map(({ tid }) => tid).filter((tid) => !named.includes(tid));
}

function pinCommand({ tgid, cpus, scheduling, memory }: Move, threads: Move['threads']): string {
  const words = [
    `keel pin ${tgid}`,
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
