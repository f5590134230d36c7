/** /proc/PID/maps: the mappings of a process. Reading takes its mmap lock for reading. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface TaskMapping {
  readonly address: number;
  readonly bytes: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly shared: boolean;
  /** Offset in the file. */
  readonly offset: number;
  /** Device of the file, "08:01"; "00:00" for none. */
  readonly device: string;
  readonly inode: bigint;
  /** A path, "[heap]", "[stack]" and the like, or empty for memory without a name. */
  readonly path: string;
}

const LINE =
  /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])([ps]) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)\s*(.*)$/s;

export const taskMaps = fileReader({
  path: '/proc/{pid}/maps',
  doc: 'man 5 proc_pid_maps',
  capture: 'never', // holds addresses
  parse: (text): readonly TaskMapping[] =>
    numberedLines(text).map(({ line, text: content }) => parseMapping(content, line)),
});

/** One line of maps; smaps begins each mapping with the same. @throws FormatError */
export function parseMapping(text: string, line: number): TaskMapping {
  const match = LINE.exec(text);
  if (match === null) throw new FormatError('a mapping', text, line);
  const [, low, high, read, write, execute, share, offset, device, inode, path] =
    match as unknown as string[];
  const address = Number.parseInt(low as string, 16);
  return {
    address,
    bytes: Number.parseInt(high as string, 16) - address,
    readable: read === 'r',
    writable: write === 'w',
    executable: execute === 'x',
    shared: share === 's',
    offset: Number.parseInt(offset as string, 16),
    device: device as string,
    inode: BigInt(inode as string),
    path: unescapePath(path as string),
  };
}

/** The kernel writes line breaks of a path as \012 (seq_path); nothing else is escaped. */
function unescapePath(path: string): string {
  return path.replaceAll('\\012', '\n');
}
