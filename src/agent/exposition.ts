/**
 * Metrics as Prometheus reads them: the text format, version 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type MetricType = 'counter' | 'gauge';
export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** All series of one name. */
export class Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** By its labels, as they are written. */
  readonly #series = new Map<string, Series>();

  constructor(name: string, type: MetricType, help: string) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  set(labels: Labels, value: number): void {
    this.#series.set(written(labels), { labels, value });
  }

  add(labels: Labels, value = 1): void {
    const key = written(labels);
    this.#series.set(key, { labels, value: (this.#series.get(key)?.value ?? 0) + value });
  }

  /** Of a gauge: what is not set again is no more. */
  clear(): void {
    this.#series.clear();
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }

  lines(): string[] {
    const series = [...this.#series].map(([labels, { value }]) => `${this.name}${labels} ${value}`);
    return [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} ${this.type}`, ...series];
  }
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
