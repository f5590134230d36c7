/**
 * Metrics as OTLP takes them, in its JSON form: names in camelCase, enums as numbers, 64-bit integers (so every time) as
 * decimal strings. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import type { Family, Labels } from '../exposition.ts';

/** AggregationTemporality of opentelemetry/proto/metrics/v1/metrics.proto. */
const CUMULATIVE = 2;

export interface MetricsMoment {
  readonly host: string;
  readonly version: string;
  /** Wall clock, of the agent's start and of the values. */
  readonly startedUnixMs: number;
  readonly unixMs: number;
}

/** An ExportMetricsServiceRequest. A family without series is left out. */
export function encodeMetrics(families: readonly Family[], moment: MetricsMoment): object {
  const { host, version } = moment;
  const resource = { 'service.name': 'evenkeel-agent', 'service.version': version, 'host.name': host };
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeMetrics: [
          {
            scope: { name: 'evenkeel', version },
            metrics: families
              .filter(({ series }) => series.length > 0)
              .map((family) => encodeFamily(family, moment)),
          },
        ],
      },
    ],
  };
}

function encodeFamily(
  { name, help, type, series }: Family,
  { startedUnixMs, unixMs }: MetricsMoment,
): object {
  const dataPoints = series.map(({ labels, value }) => ({
    attributes: attributesOf(labels),
    ...(type === 'counter' ? { startTimeUnixNano: unixNano(startedUnixMs) } : {}),
    timeUnixNano: unixNano(unixMs),
    asDouble: value,
  }));
  const data =
    type === 'counter'
      ? { sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
      : { gauge: { dataPoints } };
  return { name, description: help, unit: unitOf(name), ...data };
}

function attributesOf(labels: Labels): object[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function unixNano(unixMs: number): string {
  return `${BigInt(Math.round(unixMs)) * 1_000_000n}`;
}

/** UCUM, from how names end. */
function unitOf(name: string): string {
  if (/_seconds(_total)?$/.test(name)) return 's';
  if (name.endsWith('_bytes')) return 'By';
  return name.endsWith('_ratio') ? '1' : '';
}
