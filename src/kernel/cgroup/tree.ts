/** The tree of cgroups: what a group hands down to its children, which they are, and who is inside. */
import { fileReader, listReader } from '../../host/reader.ts';
import { numberedLines, wholeNumber } from '../lines.ts';

const doc = 'Documentation/admin-guide/cgroup-v2.rst';

/** v2: the controllers that the group could hand down, such as "cpuset", "cpu". */
export const cgroupControllers = fileReader({
  path: '{folder}/cgroup.controllers',
  doc,
  capture: 'task',
  parse: words,
});

/** v2: the controllers that its children have. */
export const cgroupChildControllers = fileReader({
  path: '{folder}/cgroup.subtree_control',
  doc,
  capture: 'task',
  parse: words,
});

/** v2: "domain", "threaded", ... The root of the hierarchy has no such file, so its absence tells the root. */
export const cgroupType = fileReader({
  path: '{folder}/cgroup.type',
  doc,
  capture: 'task',
  parse: (text) => text.trim(),
});

/** Both versions: the processes that have their main thread in the group. */
export const cgroupProcesses = fileReader({
  path: '{folder}/cgroup.procs',
  doc,
  capture: 'never',
  parse: numbers,
});

/** v1: the threads in the group. */
export const legacyCgroupThreads = fileReader({
  path: '{folder}/tasks',
  doc: 'Documentation/admin-guide/cgroup-v1/cgroups.rst',
  capture: 'never',
  parse: numbers,
});

/** Both versions: files of the group and folders of its children. */
export const cgroupNames = listReader({
  path: '{folder}/',
  doc,
  capture: 'never',
  parse: (text): readonly string[] => text.split('\n').filter((name) => name !== ''),
});

function words(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function numbers(text: string): readonly number[] {
  return numberedLines(text).map(({ line, text: content }) => wholeNumber(content, line));
}
