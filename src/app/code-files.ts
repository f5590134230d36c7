/**
 * Opens the files whose code ran: the very files that were mapped, or none. A path may lead elsewhere by now (another
 * container, a package that was updated meanwhile), and names from another file would be lies.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Maybe, missing } from '../base/missing.ts';
import { pathOf } from '../host/reader.ts';
import { processRoot } from '../kernel/task/root.ts';
import type { FileIdentity } from '../model/faults/address-space.ts';
import type { CodeImage } from '../model/stacks/frames.ts';
import { type ByteSource, checkRange } from '../symbols/byte-source.ts';
import type { DebugLink } from '../symbols/elf-file.ts';

const DEBUG_FOLDER = '/usr/lib/debug';
const DELETED = ' (deleted)';
/** Where stat(2) and the mapping name different devices for one file: overlayfs, btrfs. linux/magic.h */
const OTHER_DEVICES = new Set([0x794c_7630, 0x9123_683e]);

/** A file that is open; closing it is its holder's. */
export interface OpenFile extends ByteSource {
  readonly path: string;
  readonly fd: number;
  close(): void;
}

/** Where an image is looked for: through the root of a process that has it, then as we see it. */
function rootsOf(tgid: number): readonly string[] {
  return [pathOf(processRoot, { pid: tgid }), '/'];
}

/** @returns missing: `gone` where the file is deleted or replaced, `denied`, `absent` */
export function openImage(image: CodeImage): Maybe<OpenFile> {
  if (image.path.endsWith(DELETED)) return missing('gone', image.path, 'deleted since it was mapped');
  let reason = missing('absent', image.path);
  for (const root of rootsOf(image.tgid)) {
    const file = openPlain(join(root, image.path));
    if ('missing' in file) {
      if (file.missing === 'denied') reason = missing('denied', image.path);
      continue;
    }
    if (image.file === null || isFile(file.fd, file.path, image.file)) return file;
    file.close();
    reason = missing('gone', image.path, 'another file took its place since it was mapped');
  }
  return reason;
}

/** Separate files with the symbols of one that was stripped; gdb manual, "Separate Debug Files". */
export function* debugFiles(
  image: CodeImage,
  buildId: string | null,
  link: DebugLink | null,
): Generator<OpenFile> {
  const folder = dirname(image.path);
  for (const root of rootsOf(image.tgid)) {
    if (buildId !== null && buildId.length > 2) {
      const name = `${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`;
      yield* opened(join(root, DEBUG_FOLDER, '.build-id', name));
    }
    if (link === null) continue;
    for (const place of [folder, join(folder, '.debug'), join(DEBUG_FOLDER, folder)]) {
      yield* opened(join(root, place, link.name));
    }
  }
}

function* opened(path: string): Generator<OpenFile> {
  const file = openPlain(path);
  if (!('missing' in file)) yield file;
}

/** CRC-32 of a whole file, in pieces. */
export function checksum(file: OpenFile): number {
  const pieceBytes = 1024 * 1024;
  let crc = 0;
  for (let at = 0; at < file.totalBytes; at += pieceBytes) {
    crc = crc32(file.read(at, Math.min(pieceBytes, file.totalBytes - at)), crc);
  }
  return crc;
}

const MOST_MAP_BYTES = 256 * 1024 * 1024;

/**
 * The text of /tmp/perf-PID.map of a process. Anybody may write to /tmp, so only a file of root, of ourselves or of
 * the process's own user is believed.
 * @param innermostId the id that the process takes for its own
 */
export function readPerfMap(tgid: number, innermostId: number, uid: number | null): Maybe<string> {
  const names = [`/tmp/perf-${innermostId}.map`, `/tmp/perf-${tgid}.map`];
  const path = names[0] as string;
  for (const root of rootsOf(tgid)) {
    for (const name of names) {
      const file = openPlain(join(root, name));
      if ('missing' in file) continue;
      try {
        const owner = fstatSync(file.fd).uid;
        if (owner !== 0 && owner !== process.geteuid?.() && owner !== uid)
          return missing('denied', name, `it belongs to user ${owner}`);
        if (file.totalBytes > MOST_MAP_BYTES) return missing('unreadable', name, 'larger than 256 MiB');
        return Buffer.from(file.read(0, file.totalBytes)).toString('utf8');
      } finally {
        file.close();
      }
    }
  }
  return missing('absent', path);
}

export interface PlainFile extends OpenFile {
  readonly modifiedMs: number;
}

/** A regular file: a device or a pipe under a name we trusted would block us, or worse. */
export function openPlain(path: string): Maybe<PlainFile> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return missing(/^(EACCES|EPERM)$/.test(code) ? 'denied' : 'absent', path);
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    return missing('absent', path, 'not a plain file');
  }
  return {
    path,
    fd,
    totalBytes: stat.size,
    modifiedMs: stat.mtimeMs,
    read: (offset, bytes) => readAt(fd, offset, bytes, stat.size),
    close: () => closeSync(fd),
  };
}

function readAt(fd: number, offset: number, bytes: number, totalBytes: number): Uint8Array {
  checkRange(offset, bytes, totalBytes);
  const buffer = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; ) {
    const count = readSync(fd, buffer, at, bytes - at, offset + at);
    // The file became shorter while we read it.
    if (count === 0) checkRange(offset, bytes, offset + at);
    at += count;
  }
  return buffer;
}

function isFile(fd: number, path: string, expected: FileIdentity): boolean {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  if (ino !== expected.inode) return false;
  // include/linux/kdev_t.h new_encode_dev, as stat(2) gives it.
  const major = Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn));
  const minor = Number((dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffff_ffffn));
  return (major === expected.major && minor === expected.minor) || OTHER_DEVICES.has(statfsSync(path).type);
}
