/** The configuration of the agent, complete and checked: what the YAML says, with defaults in. */

import type { Grouping } from '../../alerts/notifier.ts';
import type { AlertRule } from '../../alerts/rule.ts';
import type { Silence } from '../../alerts/silence.ts';
import type { Secrets, SinkType } from '../../alerts/sinks/sink.ts';
import type { CpuSet } from '../../base/cpu-set.ts';
import type { Language, Sentence } from '../../base/sentence.ts';
import type { Severity } from '../../diagnosis/finding.ts';

export interface AgentConfig {
  readonly everyNs: number;
  readonly host: string;
  readonly language: Language;
  /** Where metrics and incidents are served; null: nowhere. */
  readonly listen: ListenConfig | null;
  /** The address by which others reach that, for links; null: no links. */
  readonly externalUrl: string | null;
  /** What must outlive the agent: open incidents, and messages that wait. */
  readonly stateFolder: string;
  readonly targets: readonly TargetConfig[];
  readonly rules: readonly AlertRule[];
  readonly sinks: readonly SinkConfig[];
  readonly silences: readonly Silence[];
  readonly notify: NotifyConfig;
  /** Where metrics are sent; null: nowhere, they are only served. */
  readonly otlp: OtlpConfig | null;
  /** A closer look at the process of a new incident, for its cause and file; null: none. */
  readonly explainNs: number | null;
}

/** OTLP over HTTP, in JSON. */
export interface OtlpConfig {
  readonly url: string;
  readonly everyNs: number;
  /** A secret. */
  readonly token: string | null;
}

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
}

export interface NotifyConfig {
  readonly groupBy: Grouping;
  readonly waitNs: number;
  readonly intervalNs: number;
  readonly repeatNs: number;
  readonly escalateAfterNs: number | null;
}

export type TargetMatch =
  /** The whole path of the program, or its base name. */
  | { readonly by: 'exe'; readonly exe: string }
  | { readonly by: 'cmdline'; readonly pattern: RegExp }
  /** It and all below. */
  | { readonly by: 'cgroup'; readonly path: string }
  | { readonly by: 'unit'; readonly unit: string };

export interface TargetConfig {
  readonly name: string;
  readonly match: TargetMatch;
  /** Where its threads belong; null: anywhere. */
  readonly cpus: CpuSet | null;
  /** Measure how long page faults hold it. */
  readonly stall: boolean;
  /** From which lateness a tick counts as late; null: ticks are not looked at. */
  readonly lateOverNs: number | null;
}

export interface SinkConfig {
  readonly name: string;
  readonly type: SinkType;
  readonly options: never;
  readonly secrets: Secrets;
  /** Less severe ones are not for it. */
  readonly atLeast: Severity;
  /** Targets it is for; null: all, and the machine. */
  readonly targets: readonly string[] | null;
}

/** What is wrong, and where in the file. */
export interface ConfigMistake {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Offsets in the line, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly note: Sentence;
  /** The entry of the file it is in, such as `rules.2`; the key otherwise. */
  readonly entry: string;
}

export type ConfigResult =
  | { readonly config: AgentConfig; readonly mistakes: readonly [] }
  | { readonly config: null; readonly mistakes: readonly ConfigMistake[]; readonly entries: number };
