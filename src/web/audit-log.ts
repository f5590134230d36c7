/** One JSON line for each change that was asked for, and each that was refused: who, when, what, how it ended. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface AuditEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Address of the one who asked. */
  readonly from: string;
  /** The command line, or the path where it did not come to one. Never a token. */
  readonly asked: readonly string[];
  readonly outcome: 'planned' | 'asked' | 'done' | 'failed' | 'refused';
  readonly detail: string | null;
}

export interface AuditLog {
  /** @throws where the entry cannot be written: a change that leaves no trace must not be made */
  readonly write: (entry: AuditEntry) => void;
}

/** Then it is set aside as `audit.ndjson.1`, and the one set aside before is dropped. */
const MOST_BYTES = 1024 * 1024;

/** @param folder is made with 0700 where it is missing; the file has 0600 */
export function createAuditLog(folder: string): AuditLog {
  const path = join(folder, 'audit.ndjson');
  return {
    write(entry) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) renameSync(path, `${path}.1`);
      appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    },
  };
}
