/**
 * Keeps the answers about this kernel's types in the user's cache folder, one small file per kernel build.
 *
 * A file there is not trusted: it must belong to us, be written by nobody else, and parse in every part
 * (bpf/answers.ts). The worst a wrong offset can do is a program that the verifier refuses, or a wrong number.
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Answers, parseAnswers, renderAnswers } from '../bpf/answers.ts';
import { readOwnFile, replaceOwnFile } from './own-file.ts';

export interface AnswersStore {
  /** Empty where nothing is kept, or what is kept is not to be trusted. */
  load(key: string): Answers;
  /** A cache folder that cannot be written to is no error: the next run then reads BTF again. */
  save(key: string, answers: Answers): void;
}

const NOTHING: Answers = new Map();
/** A record of some dozens of answers has a few KiB. */
const MOST_BYTES = 1 << 20;

/** @param key the build id in hexadecimal, which is the file's name: letters and digits only */
export function cachedAnswers(folder: string = cacheFolder()): AnswersStore {
  return {
    load: (key) => parseAnswers(key, readOwnFile(pathFor(folder, key), MOST_BYTES) ?? '') ?? NOTHING,
    save: (key, answers) => replaceOwnFile(pathFor(folder, key), renderAnswers(key, answers)),
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
