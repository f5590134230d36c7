/** /sys/kernel/tracing/events/SYSTEM/EVENT/format: the number of a tracepoint, and where the fields of its records lie. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines, wholeNumber } from '../lines.ts';

export interface TracepointField {
  readonly name: string;
  /** As it is declared: "unsigned long", "__data_loc char[]". */
  readonly type: string;
  /** From the start of the record, its common fields included; in bytes. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly isSigned: boolean;
}

export interface TracepointFormat {
  readonly name: string;
  /** What perf calls the event by; differs from kernel to kernel. */
  readonly id: number;
  readonly fields: ReadonlyMap<string, TracepointField>;
}

export const tracepointFormat = fileReader({
  path: '/sys/kernel/tracing/events/{system}/{event}/format',
  doc: 'Documentation/trace/events.rst',
  capture: 'never', // of use only to watch this very kernel
  parse(text): TracepointFormat {
    const lines = numberedLines(text);
    const value = (key: string) =>
      lines.find((one) => one.text.startsWith(`${key}:`))?.text.slice(key.length + 1);
    const name = value('name')?.trim();
    if (name === undefined || name === '') throw new FormatError('a line name:', text.slice(0, 80));
    const fields = lines.filter((one) => /^\tfield:/.test(one.text)).map(fieldOf);
    return {
      name,
      id: wholeNumber(value('ID')),
      fields: new Map(fields.map((field) => [field.name, field])),
    };
  },
});

/** `\tfield:unsigned long ip;\toffset:16;\tsize:8;\tsigned:0;`; an array has its length behind the name. */
function fieldOf({ text, line }: { readonly text: string; readonly line: number }): TracepointField {
  const match =
    /^\tfield:(.+?)\s*\b(\w+)((?:\[[^\]]*\])*);\toffset:(\d+);\tsize:(\d+);(?:\tsigned:([01]);)?/.exec(text);
  if (match === null)
    throw new FormatError('field:TYPE NAME; offset:N; size:N; signed:N;', text.trim(), line);
  const [, type = '', name = '', length = '', offset, size, sign] = match;
  return {
    name,
    type: `${type}${length}`,
    offsetBytes: wholeNumber(offset, line),
    sizeBytes: wholeNumber(size, line),
    isSigned: sign === '1',
  };
}
