/** `keel recommend` as a document. */
import { keelCommands, type Recommended } from '../../../app/recommend-placement.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { Proposal } from '../../../placement/proposal.ts';
import type { Json } from '../../command.ts';

/** One line of a shell, however many moves it takes. */
function keelLine(recommended: Recommended): string | null {
  const commands = keelCommands(recommended);
  return commands.length === 0 ? null : commands.join(' && ');
}

export function recommendJson(recommended: Recommended, next: string | null) {
  const { measured, recommendation, artefacts, situation, tried } = recommended;
  const { choice } = recommendation;
  const own = measured.watched.ownRunNs;
  return {
    schema: 'keel.recommend/1',
    tgid: situation.target.tgid,
    comm: situation.target.comm,
    windowNs: situation.windowNs,
    class: situation.target.workload,
    usableCpus: situation.usable.toString(),
    answer: recommendation.kind,
    verdict: recommendation.verdict.en,
    because: recommendation.because.map(({ rule, summary, sharePct, isEstimate }) => ({
      rule,
      summary: summary.en,
      sharePct,
      isEstimate,
    })),
    choice: choice === null ? null : proposalJson(choice),
    tried: {
      helps: tried.helps.map(judgedJson),
      hurts: tried.hurts.map(judgedJson),
      inForce: tried.inForce,
      apply:
        tried.inForce === null && tried.helps[0] !== undefined
          ? `keel optimize ${situation.target.tgid} --apply ${shellWord(tried.helps[0].candidate.name)}`
          : null,
    },
    now: keelLine(recommended),
    groups: recommended.groups.map(({ now, undo }) => ({ now, undo })),
    artefacts: artefacts.map(({ form, answer }) =>
      'because' in answer
        ? { form, because: answer.because.en }
        : {
            form,
            files: answer.files.map((file) => ({ ...file })),
            commands: answer.commands,
            undo: answer.undo,
            notes: answer.notes.map((note) => note.en),
          },
    ),
    others: recommendation.others.map(proposalJson),
    notApplied: recommendation.notApplied.map(({ strategy, because }) => ({ strategy, because: because.en })),
    advice: recommendation.advice.map(({ id, applies, text, command, undo }) => ({
      id,
      applies,
      text: text.en,
      command,
      undo,
    })),
    overheadPct: own === null ? null : (own / situation.windowNs) * 100,
    next,
    gaps: [...measured.classification.gaps, ...measured.watched.diagnosis.gaps].map((gap) => ({ ...gap })),
  } as const;
}

function judgedJson({ trial, candidate }: Recommended['tried']['helps'][number]): Json {
  const { name, effectPct, intervalPct, rounds } = candidate;
  return {
    name,
    trial: trial.id,
    at: trial.at,
    objective: trial.objective.id,
    effectPct,
    intervalPct: intervalPct === null ? null : [...intervalPct],
    blocks: rounds,
  };
}

function proposalJson(proposal: Proposal): Json {
  return {
    strategy: proposal.strategy,
    name: proposal.name,
    summary: proposal.summary.en,
    why: proposal.why.en,
    expectedGain: proposal.expectedGain.en,
    upToPct: proposal.upToPct,
    risk: proposal.risk.en,
    isSlow: proposal.isSlow,
    moves: proposal.moves.map(({ tgid, comm, threads, cpus, away, scheduling, memory }) => ({
      tgid,
      comm,
      threads: threads === 'all' ? 'all' : [...threads],
      cpus: cpus?.toString() ?? null,
      ...(away === undefined ? {} : { away: away.toString() }),
      scheduling: scheduling === null ? null : { ...scheduling },
      memory:
        memory === null
          ? null
          : { mode: memory.mode, nodes: memory.nodes.toString(), migrate: memory.migrate },
    })),
    groups: proposal.groups.map((group) => ({ ...group })),
  };
}
