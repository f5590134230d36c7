/** Runs every check over a process; the gravest warnings first. */
import type { CheckedMachine, ProcessCheck } from '../model/process-check.ts';
import type { Check, Warning } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { SEVERITIES } from './finding.ts';

export function checkProcess(
  process: ProcessCheck,
  machine: CheckedMachine,
  checks: readonly Check[] = CHECKS,
): readonly Warning[] {
  return checks
    .flatMap((one) => one.check(process, machine).map((warning) => ({ check: one.id, ...warning })))
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}
