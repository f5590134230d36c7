/** Writes a recording in the formats that were asked for. */
import { existsSync } from 'node:fs';
import type { Language } from '../base/sentence.ts';
import type { ExportOptions } from '../exporters/exporter.ts';
import { EXPORTERS, type ExporterName } from '../exporters/index.ts';
import { profileOf } from '../model/faults/profile.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import { FORCE_NEXT } from './fault-file.ts';
import { fileThere, writeFileForUser } from './write-file.ts';

export { EXPORTERS } from '../exporters/index.ts';

export interface ExportTarget {
  readonly name: ExporterName;
  readonly path: string;
}

/**
 * Before a recording is made: it would be a pity to find out afterwards.
 * @throws KeelError E_CONFLICT for a file that is there and may not be replaced
 */
export function requireFree(targets: readonly ExportTarget[], force: boolean): void {
  for (const { path } of targets) if (!force && existsSync(path)) throw fileThere(path, FORCE_NEXT);
}

/** @throws KeelError E_CONFLICT, E_IO */
export async function exportRecording(
  recording: FaultRecording,
  targets: readonly ExportTarget[],
  options: ExportOptions & { readonly force: boolean },
): Promise<void> {
  if (targets.length === 0) return;
  const profile = profileOf(recording);
  for (const { name, path } of targets) {
    const exporter = EXPORTERS.find((one) => one.name === name);
    if (exporter === undefined) throw new Error(`no exporter ${name}`);
    const write = await exporter.load();
    writeFileForUser(path, write(profile, options), options.force, FORCE_NEXT);
  }
}

/** The flame graph of a difference. @throws KeelError E_CONFLICT, E_IO */
export async function exportDifference(
  before: FaultRecording,
  after: FaultRecording,
  path: string,
  { language, force }: { readonly language: Language; readonly force: boolean },
): Promise<void> {
  const { exportFlameDifference } = await import('../exporters/flame/difference.ts');
  const page = exportFlameDifference(profileOf(before), profileOf(after), language);
  writeFileForUser(path, page, force, FORCE_NEXT);
}
