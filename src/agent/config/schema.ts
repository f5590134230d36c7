/** The schema of the configuration. The parts of sinks come from their registry. */
import { z } from 'zod';
import { GROUPINGS } from '../../alerts/notifier.ts';
import { SIGNALS } from '../../alerts/signals/index.ts';
import { httpUrl } from '../../alerts/sinks/http.ts';
import { SINKS } from '../../alerts/sinks/index.ts';
import type { SinkType } from '../../alerts/sinks/sink.ts';
import { LANGUAGES } from '../../base/sentence.ts';
import { parseDurationNs, parseSizeBytes } from '../../base/units.ts';
import { expecting } from './expecting.ts';

const SEVERITY = z.enum(['info', 'warning', 'critical']);
const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    expecting(
      'letters, digits, and . _ - inside; at most 63',
      '영문자, 숫자, 중간의 . _ -로 된 63자 이하의 이름이어야 합니다',
    ),
  );

/** `30s`; a number is seconds. In nanoseconds. */
const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const ns = parseDurationNs(String(value));
  if (ns !== null) return ns;
  context.addIssue({
    code: 'custom',
    message: expecting('a duration such as 30s, 500ms or 2m', '시간이어야 합니다 (예: 30s, 500ms, 2m)'),
  });
  return z.NEVER;
});

/** A number, or with a unit for bytes: `64MiB`. */
const quantity = z.union([z.number().nonnegative(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const bytes = parseSizeBytes(value);
  if (bytes !== null) return bytes;
  context.addIssue({
    code: 'custom',
    message: expecting('a number, or a size such as 64MiB', '숫자나 64MiB 같은 크기여야 합니다'),
  });
  return z.NEVER;
});

export const TARGET_MATCHES = ['exe', 'cmdline', 'cgroup', 'unit'] as const;

const target = z
  .strictObject({
    name,
    exe: z.string().min(1).optional(),
    cmdline: z.string().min(1).optional(),
    cgroup: z.string().startsWith('/').optional(),
    unit: z.string().min(1).optional(),
    cpus: z.string().optional(),
    stall: z.boolean().default(false),
    late: z.strictObject({ over: duration }).optional(),
  })
  .refine((one) => TARGET_MATCHES.filter((by) => one[by] !== undefined).length === 1, {
    error: expecting(
      'a target has exactly one of exe, cmdline, cgroup, unit',
      '대상에는 exe, cmdline, cgroup, unit 가운데 하나만 있어야 합니다',
    ),
  });

const rule = z.strictObject({
  signal: z.enum(SIGNALS.map((signal) => signal.id) as [string, ...string[]]),
  name: name.optional(),
  off: z.boolean().default(false),
  targets: z.array(z.string()).min(1).optional(),
  above: quantity.optional(),
  clear: quantity.optional(),
  critical: quantity.nullable().optional(),
  for: duration.optional(),
  clearFor: duration.optional(),
  grace: duration.optional(),
  severity: SEVERITY.optional(),
  baseline: z
    .strictObject({ factor: z.number().min(1).max(1000).default(3), learn: duration.default(600e9) })
    .optional(),
});

const silence = z.strictObject({
  target: z.string().optional(),
  rule: z.string().optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  because: z.string().min(1),
});

function sinkSchema(sink: SinkType) {
  const secrets = sink.secrets.flatMap((secret) => [
    [`${secret.name}File`, z.string().startsWith('/').optional()],
    [`${secret.name}Env`, z.string().min(1).optional()],
  ]);
  return z.strictObject({
    type: z.literal(sink.type),
    atLeast: SEVERITY.default('info'),
    targets: z.array(z.string()).min(1).optional(),
    ...sink.options.shape,
    ...Object.fromEntries(secrets),
  });
}

const [firstSink, ...otherSinks] = SINKS.map(sinkSchema);
if (firstSink === undefined) throw new Error('there is no sink');

export const CONFIG_SCHEMA = z.strictObject({
  every: duration.default(1e9).refine((ns) => ns >= 100e6 && ns <= 60e9, {
    error: expecting('between 100ms and 60s', '100ms에서 60s 사이여야 합니다'),
  }),
  host: name.optional(),
  language: z.enum(LANGUAGES as [string, ...string[]]).default('en'),
  listen: z
    .string()
    .regex(
      /^(off|\[[0-9a-fA-F:]+\]:\d{1,5}|[^\s:[\]]+:\d{1,5})$/,
      expecting('HOST:PORT, or off', 'HOST:PORT 또는 off여야 합니다'),
    )
    .default('127.0.0.1:9464'),
  externalUrl: z
    .url({
      protocol: /^https?$/,
      error: expecting('a URL such as http://db1:9464', 'http://db1:9464 같은 URL이어야 합니다'),
    })
    .optional(),
  state: z.string().startsWith('/').optional(),
  targets: z.array(target).default([]),
  rules: z.array(rule).default([]),
  sinks: z.record(name, z.discriminatedUnion('type', [firstSink, ...otherSinks])).default({}),
  silences: z.array(silence).default([]),
  notify: z
    .strictObject({
      groupBy: z.enum(GROUPINGS).default('target'),
      wait: duration.default(5e9),
      interval: duration.default(30e9),
      repeat: duration.default(300e9),
      escalateAfter: duration.nullable().default(900e9),
    })
    .prefault({}),
  otlp: z
    .strictObject({
      url: httpUrl,
      every: duration.default(60e9).refine((ns) => ns >= 1e9 && ns <= 3600e9, {
        error: expecting('between 1s and 1h', '1s에서 1h 사이여야 합니다'),
      }),
      tokenFile: z.string().startsWith('/').optional(),
      tokenEnv: z.string().min(1).optional(),
    })
    .optional(),
  explain: z.union([z.literal(false), duration]).default(2e9),
});

export type ConfigFile = z.output<typeof CONFIG_SCHEMA>;
