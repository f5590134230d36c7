/** From the text of the configuration to the configuration, or to all that is wrong with it. */
import type { z } from 'zod';
import { type AlertRule, CLEAR_RATIO, defaultRule, defaultRules } from '../../alerts/rule.ts';
import { sinkType } from '../../alerts/sinks/index.ts';
import type { CpuSet } from '../../base/cpu-set.ts';
import { KeelError } from '../../base/errors.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { Severity } from '../../diagnosis/finding.ts';
import type {
  AgentConfig,
  ConfigMistake,
  ConfigResult,
  OtlpConfig,
  SinkConfig,
  TargetConfig,
  TargetMatch,
} from './config.ts';
import { issueNote } from './issue-note.ts';
import { readSecrets } from './read-secrets.ts';
import { CONFIG_SCHEMA, type ConfigFile } from './schema.ts';
import { type Path, YamlText } from './yaml-text.ts';

/** What the text does not say of itself. */
export interface ConfigWorld {
  readonly hostName: string;
  readonly stateFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @throws KeelError E_USAGE with a pointer into the expression */
  readonly resolveCpus: (expression: string) => CpuSet;
}

export function parseConfig(text: string, world: ConfigWorld): ConfigResult {
  const yaml = new YamlText(text);
  if (yaml.mistakes.length > 0) return { config: null, mistakes: yaml.mistakes, entries: 0 };
  const parsed = CONFIG_SCHEMA.safeParse(yaml.value, { reportInput: true });
  const entries = countEntries(yaml.value);
  if (!parsed.success) {
    return {
      config: null,
      mistakes: parsed.error.issues.flatMap((issue) => schemaMistakes(yaml, issue)),
      entries,
    };
  }
  const builder = new ConfigBuilder(yaml, parsed.data, world);
  const config = builder.build();
  return builder.mistakes.length > 0
    ? { config: null, mistakes: builder.mistakes, entries }
    : { config, mistakes: [] };
}

function schemaMistakes(yaml: YamlText, issue: z.core.$ZodIssue): ConfigMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => yaml.mistake([...issue.path, key], issueNote(issue), 'key'));
  }
  return [yaml.mistake(issue.path, issueNote(issue))];
}

function countEntries(value: unknown): number {
  const of = (key: string): number => {
    const part: unknown = (value as Readonly<Record<string, unknown>> | null)?.[key];
    return typeof part === 'object' && part !== null ? Object.keys(part).length : 0;
  };
  return ['targets', 'rules', 'sinks', 'silences'].reduce((sum, key) => sum + of(key), 0);
}

interface SinkPart {
  readonly type: string;
  readonly atLeast: Severity;
  readonly targets?: readonly string[];
  readonly [key: string]: unknown;
}

const OTLP_SECRETS = { secrets: [{ name: 'token', isNeeded: false }] };

class ConfigBuilder {
  readonly mistakes: ConfigMistake[] = [];
  readonly #yaml: YamlText;
  readonly #file: ConfigFile;
  readonly #world: ConfigWorld;

  constructor(yaml: YamlText, file: ConfigFile, world: ConfigWorld) {
    this.#yaml = yaml;
    this.#file = file;
    this.#world = world;
  }

  build(): AgentConfig {
    const { every, host, language, listen, externalUrl, state, notify, explain } = this.#file;
    const rules = this.#rules();
    return {
      everyNs: every,
      host: host ?? this.#world.hostName,
      language: language === 'ko' ? 'ko' : 'en',
      listen: listenOf(listen),
      externalUrl: externalUrl?.replace(/\/+$/, '') ?? null,
      stateFolder: state ?? this.#world.stateFolder,
      targets: this.#file.targets.map((_, i) => this.#target(i)),
      rules,
      sinks: Object.keys(this.#file.sinks).map((name) => this.#sink(name)),
      silences: this.#silences(rules),
      notify: {
        groupBy: notify.groupBy,
        waitNs: notify.wait,
        intervalNs: notify.interval,
        repeatNs: notify.repeat,
        escalateAfterNs: notify.escalateAfter,
      },
      otlp: this.#otlp(),
      explainNs: explain === false ? null : explain,
    };
  }

  #target(i: number): TargetConfig {
    const { targets } = this.#file;
    const target = targets[i] as ConfigFile['targets'][number];
    if (targets.findIndex(({ name }) => name === target.name) !== i) this.#twice(['targets', i, 'name']);
    return {
      name: target.name,
      match: this.#match(i, target),
      cpus: target.cpus === undefined ? null : this.#cpus(['targets', i, 'cpus'], target.cpus),
      stall: target.stall,
      lateOverNs: target.late?.over ?? null,
    };
  }

  #match(i: number, { exe, cmdline, cgroup, unit }: ConfigFile['targets'][number]): TargetMatch {
    if (exe !== undefined) return { by: 'exe', exe };
    if (cgroup !== undefined) return { by: 'cgroup', path: cgroup.replace(/(.)\/+$/, '$1') };
    if (unit !== undefined) return { by: 'unit', unit: /\.[a-z]+$/.test(unit) ? unit : `${unit}.service` };
    try {
      return { by: 'cmdline', pattern: new RegExp((cmdline ?? '').replace(/^\/(.*)\/$/s, '$1'), 'u') };
    } catch (error) {
      const why = (error as Error).message.replace(/^.*: /, '');
      this.#complain(['targets', i, 'cmdline'], { en: why, ko: `정규식이 잘못되었습니다: ${why}` });
      return { by: 'cmdline', pattern: /(?!)/u };
    }
  }

  #cpus(path: Path, expression: string): CpuSet | null {
    try {
      return this.#world.resolveCpus(expression);
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      const { pointer, what } = error.parts;
      const [start, end] = [pointer?.start ?? 0, pointer?.end ?? expression.length];
      this.mistakes.push(this.#yaml.mistakeWithin(path, start, end, pointer?.note ?? what));
      return null;
    }
  }

  /** The usual ones, those of the file in their place or beside them, without those that are off. */
  #rules(): readonly AlertRule[] {
    const named = this.#file.rules.map((rule, i) => this.#rule(i, rule));
    const ids = named.map(({ id }) => id);
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) !== i)
        this.#twice(['rules', i, this.#file.rules[i]?.name === undefined ? 'signal' : 'name']);
    }
    const usual = defaultRules().filter(({ id }) => this.#file.rules.every((rule) => rule.signal !== id));
    return [...usual, ...named.filter((_, i) => this.#file.rules[i]?.off !== true)];
  }

  #rule(i: number, given: ConfigFile['rules'][number]): AlertRule {
    const usual = defaultRule(given.signal);
    const above = given.above ?? usual.above;
    const clear = given.clear ?? above * CLEAR_RATIO;
    const isOwnLimit = given.above !== undefined && given.critical === undefined;
    const critical = isOwnLimit && (usual.criticalAbove ?? 0) <= above ? null : usual.criticalAbove;
    const criticalAbove = given.critical === undefined ? critical : given.critical;
    if (clear > above) {
      this.#complain(['rules', i, 'clear'], { en: `not above ${above}`, ko: `${above}보다 클 수 없습니다` });
    }
    if (criticalAbove !== null && criticalAbove < above) {
      this.#complain(['rules', i, 'critical'], {
        en: `not below ${above}`,
        ko: `${above}보다 작을 수 없습니다`,
      });
    }
    this.#knowTargets(['rules', i, 'targets'], given.targets);
    return {
      id: given.name ?? given.signal,
      signal: given.signal,
      targets: given.targets ?? null,
      above,
      clear,
      criticalAbove,
      forNs: given.for ?? usual.forNs,
      clearForNs: given.clearFor ?? usual.clearForNs,
      graceNs: given.grace ?? usual.graceNs,
      severity: given.severity ?? usual.severity,
      baseline: given.baseline ? { factor: given.baseline.factor, learnNs: given.baseline.learn } : null,
    };
  }

  #sink(name: string): SinkConfig {
    // The keys of a type are in its own part of the schema.
    const given = this.#file.sinks[name] as unknown as SinkPart;
    const type = sinkType(given.type);
    if (type === undefined) throw new Error(`the schema knows no sink ${given.type}`);
    const { secrets, mistakes } = readSecrets(type, given, this.#world.env);
    for (const { key, note } of mistakes)
      this.#complain(['sinks', name, ...(key === null ? [] : [key])], note);
    this.#knowTargets(['sinks', name, 'targets'], given.targets);
    const own = Object.keys(type.options.shape).map((key) => [key, given[key]]);
    return {
      name,
      type,
      options: Object.fromEntries(own) as never,
      secrets,
      atLeast: given.atLeast,
      targets: given.targets ?? null,
    };
  }

  #otlp(): OtlpConfig | null {
    const given = this.#file.otlp;
    if (given === undefined) return null;
    const { secrets, mistakes } = readSecrets(OTLP_SECRETS, given, this.#world.env);
    for (const { key, note } of mistakes) this.#complain(['otlp', ...(key === null ? [] : [key])], note);
    return { url: given.url, everyNs: given.every, token: secrets.token ?? null };
  }

  #silences(rules: readonly AlertRule[]) {
    return this.#file.silences.map(({ target, rule, until, because }, i) => {
      if (target !== undefined) this.#knowTargets(['silences', i, 'target'], [target]);
      if (rule !== undefined && rules.every(({ id }) => id !== rule)) {
        this.#complain(['silences', i, 'rule'], { en: 'there is no such rule', ko: '그런 규칙은 없습니다' });
      }
      const untilUnixMs = until === undefined ? null : Date.parse(until);
      return { target: target ?? null, rule: rule ?? null, untilUnixMs, because };
    });
  }

  #knowTargets(path: Path, names: readonly string[] | undefined): void {
    for (const [i, name] of (names ?? []).entries()) {
      if (this.#file.targets.some((target) => target.name === name)) continue;
      const known = this.#file.targets.map((target) => target.name).join(', ');
      const at = Array.isArray(names) && path.at(-1) === 'targets' ? [...path, i] : path;
      this.#complain(at, {
        en: known === '' ? 'there are no targets' : `no such target; there are ${known}`,
        ko: known === '' ? '대상이 없습니다' : `그런 대상은 없습니다. 있는 대상: ${known}`,
      });
    }
  }

  #twice(path: Path): void {
    this.#complain(path, { en: 'this name is there twice', ko: '같은 이름이 두 번 있습니다' });
  }

  #complain(path: Path, note: Sentence): void {
    this.mistakes.push(this.#yaml.mistake(path, note));
  }
}

function listenOf(text: string): AgentConfig['listen'] {
  if (text === 'off') return null;
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}
