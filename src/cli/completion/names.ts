/** The names of this machine that may be typed: processes, units, cgroups, CPU sets. */
import { listCgroups, listProcesses, listUnits } from '../../app/list-targets.ts';
import { readTopology } from '../../app/read-topology.ts';
import { verbatim } from '../../base/sentence.ts';
import type { Host } from '../../host/host.ts';
import { NUMBERED_TERMS } from '../../model/cpu-expression.ts';
import { groupsOf } from '../../model/cpu-terms.ts';
import { safeName } from '../output/look.ts';
import { cpusets } from '../topics/cpusets.ts';
import { targets } from '../topics/targets.ts';
import type { Candidate, Names } from './candidates.ts';

/** @param changes what `undo` takes */
export function namesOf(host: Host, changes: Names['changes']): Names {
  return { targets: (typed) => targetNames(host, typed), cpus: (typed) => cpuTerms(host, typed), changes };
}

/**
 * Names of processes; their numbers once a digit is typed; units and cgroups behind their prefix. A name that cannot be
 * typed (line breaks, escape codes) is offered by its number.
 */
function targetNames(host: Host, typed: string): readonly Candidate[] {
  if (typed.startsWith('unit:'))
    return listUnits(host)
      .map((unit) => ({ word: `unit:${unit}` }))
      .filter(isTypable);
  if (typed.startsWith('cgroup:'))
    return listCgroups(host)
      .map((path) => ({ word: `cgroup:${path}` }))
      .filter(isTypable);
  const processes = listProcesses(host);
  const byNumber = processes
    .filter(({ comm }) => /^\d/.test(typed) || !isTypable({ word: comm }))
    .map(({ tgid, comm }) => ({ word: String(tgid), describe: verbatim(safeName(comm)) }));
  const names = [...new Set(processes.map(({ comm }) => comm))].sort().map((word) => ({ word }));
  const forms = targets.rows
    .filter(({ term }) => /^(unit|cgroup|tid):/.test(term))
    .map(({ term, means }) => ({ word: term.replace(/:.*/, ':'), describe: means }));
  return [...names.filter(isTypable), ...byNumber, ...forms];
}

function isTypable({ word }: Candidate): boolean {
  return word !== '' && safeName(word) === word;
}

/** Terms of the language, behind what is typed already: after `0-3,` a new one begins, after `node:` its numbers. */
function cpuTerms(host: Host, typed: string): readonly Candidate[] {
  const [before = ''] = /^.*[,&!(]/s.exec(typed) ?? [];
  const numbered = NUMBERED_TERMS.find((term) => typed.slice(before.length).startsWith(`${term}:`));
  if (numbered !== undefined) {
    const groups = groupsOf(numbered, readTopology(host));
    return [...groups].map(([number, cpus]) => ({
      word: `${before}${numbered}:${number}`,
      describe: verbatim(`CPU ${cpus}`),
    }));
  }
  return cpusets.rows
    .filter(({ term }) => /^[a-z]+(:|$)/.test(term))
    .map(({ term, means }) => ({ word: `${before}${term.replace(/:\d.*/, ':')}`, describe: means }));
}
