/** `keel bench --json`, schema keel.bench.NAME/1, and its rows as CSV. */
import type { Conditions, ExperimentResult } from '../../../app/run-experiment.ts';
import { GapList } from '../../../base/missing.ts';
import type { Json } from '../../command.ts';

export function resultJson({ experiment, report, conditions }: ExperimentResult): {
  schema: string;
  [key: string]: Json | undefined;
} {
  const gaps = new GapList();
  const { median, worst } = report.spreadPct;
  return {
    schema: `keel.bench.${experiment.name}/1`,
    rows: report.rows,
    ...report.parts,
    conditions: conditionsJson(conditions, gaps),
    spread: { medianPct: median, worstPct: worst },
    conclusion: [`${report.verdict.en}.`, ...report.conclusion.map((sentence) => sentence.en)].join(' '),
    warnings: report.warnings.map((sentence) => sentence.en),
    gaps: [...report.gaps, ...gaps.gaps].map((gap) => ({ ...gap })),
  };
}

function conditionsJson(conditions: Conditions, gaps: GapList): Json {
  const { cpus, governors, cpuPressurePct, stealPct, ...rest } = conditions;
  return {
    ...rest,
    cpus: cpus.toString(),
    governors,
    cpuPressurePct: gaps.take('conditions.cpuPressurePct', cpuPressurePct),
    stealPct: gaps.take('conditions.stealPct', stealPct),
  };
}

/** The header is the names of the first row: all rows of an experiment have the same. */
export function csvRows({ report: { rows } }: ExperimentResult): (string | number | null)[][] {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? null))];
}
