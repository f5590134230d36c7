/** Against whom nice, the idle class and weights count: sched(7), "The autogroup feature", and cgroup-v2.rst, "CPU". */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { SchedulingGroup } from './situation.ts';

/**
 * What has to be lowered of one task so that it counts against another:
 * - `thread`: the nice value or policy of its threads
 * - `group`: its own cgroup or session, which stands directly beside (what holds) the other
 * - `outer`: a group that also holds tasks beside it
 */
export type Lever = 'thread' | 'group' | 'outer';

/** @returns null where one of the groups is not known */
export function leverOn(task: Maybe<SchedulingGroup>, other: Maybe<SchedulingGroup>): Lever | null {
  if (isMissing(task) || isMissing(other)) return null;
  const [own, theirs] = [pathOf(task), pathOf(other)];
  const common = own.findIndex((part, i) => part !== theirs[i]);
  if (common < 0) return 'thread';
  return common === own.length - 1 ? 'group' : 'outer';
}

function pathOf({ cgroup, autogroup }: SchedulingGroup): readonly string[] {
  const parts = cgroup.split('/').filter((part) => part !== '');
  // A session is a group beside the cgroups below the root; the blank keeps it apart from a cgroup of that name.
  return autogroup === null ? parts : [...parts, ` ${autogroup}`];
}
