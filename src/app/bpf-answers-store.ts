/**
 * Keeps the answers about this kernel's types in the user's cache folder, one small file per kernel build.
 *
 * A file there is not trusted: it must belong to us, be written by nobody else, and parse in every part
 * (bpf/answers.ts). The worst a wrong offset can do is a program that the verifier refuses, or a wrong number.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { type Answers, parseAnswers, renderAnswers } from '../bpf/answers.ts';

export interface AnswersStore {
  /** Empty where nothing is kept, or what is kept is not to be trusted. */
  load(key: string): Answers;
  /** A cache folder that cannot be written to is no error: the next run then reads BTF again. */
  save(key: string, answers: Answers): void;
}

const NOTHING: Answers = new Map();
/** A record of some dozens of answers has a few KiB. */
const MOST_BYTES = 1 << 20;
const OTHERS_MAY_WRITE = 0o022;

/** @param key the build id in hexadecimal, which is the file's name: letters and digits only */
export function cachedAnswers(folder: string = cacheFolder()): AnswersStore {
  return {
    load: (key) => parseAnswers(key, readOwn(pathFor(folder, key)) ?? '') ?? NOTHING,
    save: (key, answers) => writeAtomically(pathFor(folder, key), renderAnswers(key, answers)),
  };
}

/** XDG base directory specification: a relative path is to be ignored. */
function cacheFolder(): string {
  const set = process.env.XDG_CACHE_HOME;
  const root = set !== undefined && isAbsolute(set) ? set : join(homedir(), '.cache');
  return join(root, 'evenkeel', 'btf');
}

function pathFor(folder: string, key: string): string {
  if (!/^[0-9a-f]{1,128}$/.test(key)) throw new RangeError(`not a build id: ${key}`);
  return join(folder, `${key}.json`);
}

/** The text of a regular file of ours; null for anything else. */
function readOwn(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    const isOurs = stat.isFile() && stat.uid === process.geteuid?.() && (stat.mode & OTHERS_MAY_WRITE) === 0;
    return isOurs && stat.size <= MOST_BYTES ? readFileSync(fd, 'utf8') : null;
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Two runs at once write the same; the later one wins, and nobody reads half a file. */
function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
