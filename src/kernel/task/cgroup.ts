/** /proc/PID/cgroup: where a process is in each cgroup hierarchy. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface CgroupMembership {
  /** 0 for the unified hierarchy (v2). */
  readonly hierarchy: number;
  /** Controllers of a v1 hierarchy, or its name such as "name=systemd"; empty for v2. */
  readonly controllers: readonly string[];
  /** From the root of the cgroup namespace, such as "/system.slice/arena.service"; may start with "/..". */
  readonly path: string;
}

export const processCgroup = fileReader({
  path: '/proc/{pid}/cgroup',
  doc: 'man 7 cgroups',
  capture: 'task',
  parse: (text): readonly CgroupMembership[] =>
    numberedLines(text).map(({ line, text: content }) => {
      // The path is the rest of the line and may hold colons.
      const match = /^(\d+):([^:]*):(\/.*)$/.exec(content);
      if (!match) throw new FormatError('hierarchy:controllers:path', content, line);
      return {
        hierarchy: Number(match[1]),
        controllers: (match[2] as string).split(',').filter((name) => name !== ''),
        path: match[3] as string,
      };
    }),
});
