/** What a capture keeps of each text: by the reader whose path it is. */
import type { Reader } from './reader.ts';

/** Tasks whose texts are kept. */
export type KeepTask = (pid: string) => boolean;

/** A filter for the recorder: the text to keep, scrubbed, or null where nothing may be kept. */
export function captureFilter(
  readers: readonly Reader<unknown>[],
  keepTask: KeepTask,
): (path: string, text: string) => string | null {
  // A path without holes is meant more exactly: /proc/self/status is not that of just any PID.
  const patterns = [...readers]
    .sort((a, b) => holesOf(a.path).length - holesOf(b.path).length)
    .map((reader) => ({ reader, pattern: patternOf(reader.path) }));
  return (path, text) => {
    const found = patterns.find(({ pattern }) => pattern.test(path));
    if (found === undefined || found.reader.capture === 'never') return null;
    const pid = /^\/proc\/(self|\d+)\//.exec(path)?.[1];
    if (found.reader.capture === 'task' && pid !== undefined && !keepTask(pid)) return null;
    return found.reader.scrub?.(text) ?? text;
  };
}

export function holesOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
}

/** Folders of cgroups may hold slashes; other holes do not. */
export function patternOf(path: string): RegExp {
  const parts = path.split(/\{(\w+)\}/);
  const text = parts.map((part, i) =>
    i % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : part === 'folder' ? '.+' : '[^/]+',
  );
  return new RegExp(`^${text.join('')}$`);
}
