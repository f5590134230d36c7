/** Secrets of sinks, from files or from the environment; never from the configuration itself. */
import { readFileSync } from 'node:fs';
import type { SinkType } from '../../alerts/sinks/sink.ts';
import type { Sentence } from '../../base/sentence.ts';
import { systemReason } from '../../base/system-error.ts';

export interface SecretMistake {
  /** null: the sink as a whole lacks it. */
  readonly key: string | null;
  readonly note: Sentence;
}

export interface ReadSecrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly mistakes: readonly SecretMistake[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @param given the sink's part of the configuration: `urlFile`, `urlEnv` and the like */
export function readSecrets(
  type: Pick<SinkType, 'secrets'>,
  given: Readonly<Record<string, unknown>>,
  env: Environment,
): ReadSecrets {
  const secrets: Record<string, string> = {};
  const mistakes: SecretMistake[] = [];
  for (const { name, isNeeded } of type.secrets) {
    const [file, variable] = [given[`${name}File`], given[`${name}Env`]];
    const read =
      typeof file === 'string'
        ? fromFile(`${name}File`, file)
        : typeof variable === 'string'
          ? fromEnvironment(`${name}Env`, variable, env)
          : null;
    if (typeof read === 'string') secrets[name] = read;
    else if (read !== null) mistakes.push(read);
    else if (isNeeded) {
      mistakes.push({
        key: null,
        note: {
          en: `needs ${name}File or ${name}Env: secrets are not written here`,
          ko: `${name}File이나 ${name}Env가 필요합니다. 비밀 값은 여기에 쓰지 않습니다`,
        },
      });
    }
  }
  return { secrets, mistakes };
}

function fromFile(key: string, path: string): string | SecretMistake {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = systemReason(error);
    return { key, note: { en: `cannot be read: ${reason.en}`, ko: `읽을 수 없습니다: ${reason.ko}` } };
  }
  return text === '' ? { key, note: { en: 'the file is empty', ko: '파일이 비어 있습니다' } } : text;
}

function fromEnvironment(key: string, name: string, env: Environment): string | SecretMistake {
  const value = env[name]?.trim();
  if (value !== undefined && value !== '') return value;
  return { key, note: { en: 'is not set in the environment', ko: '환경 변수가 설정되어 있지 않습니다' } };
}
