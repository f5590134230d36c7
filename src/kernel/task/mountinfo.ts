/** /proc/PID/mountinfo: where the cgroup hierarchies are mounted; other file systems are left out. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface CgroupMount {
  readonly version: 1 | 2;
  /** The cgroup that is mounted, as seen from the cgroup namespace: "/", "/docker/0123", "/..". */
  readonly root: string;
  readonly mountPoint: string;
  /** Controllers and name of a v1 hierarchy: "cpu", "cpuacct", "name=systemd"; empty for v2. */
  readonly controllers: readonly string[];
}

export const cgroupMounts = fileReader({
  path: '/proc/{pid}/mountinfo',
  doc: 'man 5 proc_pid_mountinfo',
  capture: 'task',
  scrub: (text) =>
    numberedLines(text)
      .map((entry) => entry.text)
      .filter(isCgroup)
      .join('\n'), // others name servers
  parse: (text): readonly CgroupMount[] =>
    numberedLines(text).flatMap(({ line, text: content }) => {
      // Optional fields of any number end in " - "; behind it: type, source, options of the superblock.
      const [before = '', after = ''] = content.split(' - ', 2);
      const [type, , options = ''] = after.split(' ');
      if (!isCgroup(content)) return [];
      const [, , , root, mountPoint] = before.split(' ');
      if (!root?.startsWith('/') || !mountPoint?.startsWith('/'))
        throw new FormatError('a mount', content, line);
      return [
        {
          version: type === 'cgroup2' ? 2 : 1,
          root: unescapeOctal(root),
          mountPoint: unescapeOctal(mountPoint),
          controllers: type === 'cgroup2' ? [] : options.split(',').filter((word) => !/^(rw|ro)$/.test(word)),
        },
      ];
    }),
});

function isCgroup(line: string): boolean {
  return / - cgroup2? /.test(line);
}

/** The kernel writes blanks, line breaks and backslashes of a path as \040, \012, \134. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
