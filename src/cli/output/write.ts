/** Writes what commands yield: the only place that prints results. */
import type { Output, StreamOutput } from '../command.ts';
import { type Look, safeName, withoutControls } from './look.ts';

export interface Sink {
  readonly out: (text: string) => void;
}

export interface Format {
  readonly json: boolean;
  readonly csv: boolean;
  /** Answer 3 where there are findings. */
  readonly exitCodeForFindings: boolean;
}

/** @returns the exit code */
export async function writeOutput(output: Output, format: Format, look: Look, sink: Sink): Promise<number> {
  if (output.kind === 'raw') {
    sink.out(output.text);
    return 0;
  }
  if (output.kind === 'stream') return writeStream(output, format, look, sink);
  if (format.json) sink.out(`${JSON.stringify(output.json, null, 2)}\n`);
  else if (format.csv && output.csv) for (const row of output.csv()) sink.out(csvLine(row));
  else for (const line of output.lines(look)) sink.out(`${withoutControls(line)}\n`);
  if (output.exitCode) return output.exitCode;
  return format.exitCodeForFindings && (output.findings ?? 0) > 0 ? 3 : 0;
}

async function writeStream(output: StreamOutput, format: Format, look: Look, sink: Sink): Promise<number> {
  let exitCode = 0;
  if (format.csv && output.csvHeader) sink.out(csvLine(output.csvHeader));
  for await (const record of output.records) {
    if (format.json) {
      if (record.json) sink.out(`${JSON.stringify(record.json)}\n`);
    } else if (format.csv) {
      for (const row of record.csv ?? []) sink.out(csvLine(row));
    } else for (const line of record.lines?.(look) ?? []) sink.out(`${withoutControls(line)}\n`);
    exitCode = record.exitCode ?? exitCode;
  }
  return exitCode;
}

/** RFC 4180; a value that was not readable is an empty field. Names are as harmless as in text: it may go to a terminal. */
export function csvLine(row: readonly (string | number | null)[]): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : safeName(String(value));
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${row.map(cell).join(',')}\r\n`;
}
