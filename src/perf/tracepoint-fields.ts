/** Where the fields of a tracepoint's raw data lie: only the event's own format says, and it differs by kernel. */
import { FormatError } from '../base/errors.ts';

/** What of a format is needed; kernel/proc/tracepoint-format.ts reads it. */
export interface TracepointShape {
  readonly id: number;
  readonly fields: ReadonlyMap<string, { readonly offsetBytes: number; readonly sizeBytes: number }>;
}

/**
 * @returns the offset of a field in words of 32 bits, which fields are aligned to
 * @throws FormatError where the event has no such field, or of another size
 */
export function fieldWord({ fields }: TracepointShape, name: string, ...sizes: readonly number[]): number {
  const field = fields.get(name);
  if (field === undefined || !sizes.includes(field.sizeBytes) || field.offsetBytes % 4 !== 0) {
    const found = field === undefined ? '' : JSON.stringify(field);
    throw new FormatError(`a field ${name} of ${sizes.join(' or ')} bytes`, found);
  }
  return field.offsetBytes / 4;
}
