/** Reads the configuration of the agent from its file. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { resolveCpus } from '../app/resolve-cpus.ts';
import { stateFolder } from '../app/state-folder.ts';
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { systemReason } from '../base/system-error.ts';
import type { Host } from '../host/host.ts';
import type { AgentConfig, ConfigMistake, ConfigResult } from './config/config.ts';
import { parseConfig } from './config/parse-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws KeelError E_IO where it cannot be read */
export function loadConfig(path: string, host: Host, env: Environment): ConfigResult {
  return parseConfig(readConfigText(path), {
    hostName: hostname(),
    stateFolder: join(stateFolder(env, process.geteuid?.() === 0), 'agent'),
    env,
    resolveCpus: (text) => resolveCpus(host, text),
  });
}

/** @throws KeelError E_IO; E_FORMAT pointing at the first mistake */
export function needConfig(path: string, host: Host, env: Environment): AgentConfig {
  const { config, mistakes } = loadConfig(path, host, env);
  if (config !== null) return config;
  throw wrongConfig(path, mistakes);
}

function readConfigText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = systemReason(error);
    throw new KeelError('E_IO', {
      what: {
        en: `cannot read the configuration ${path}: ${reason.en}`,
        ko: `설정 파일 ${path}을(를) 읽을 수 없습니다: ${reason.ko}`,
      },
      next: [{ en: 'How it looks: keel help agent', ko: '설정 형식: keel help agent' }],
      cause: error,
    });
  }
}

export function wrongConfig(path: string, mistakes: readonly ConfigMistake[]): KeelError {
  const [first] = mistakes;
  const more: Sentence =
    mistakes.length > 1
      ? { en: `, and ${mistakes.length - 1} more`, ko: ` 외 ${mistakes.length - 1}건` }
      : { en: '', ko: '' };
  return new KeelError('E_FORMAT', {
    what: {
      en: `${path} line ${first?.line ?? 1} is wrong${more.en}; nothing was loaded`,
      ko: `${path}의 ${first?.line ?? 1}번째 줄이 잘못되었습니다${more.ko}. 아무것도 적용하지 않았습니다`,
    },
    ...(first === undefined
      ? {}
      : { pointer: { text: first.text, start: first.start, end: first.end, note: first.note } }),
    next: [{ en: `All of them: keel agent check ${path}`, ko: `모두 보기: keel agent check ${path}` }],
  });
}
