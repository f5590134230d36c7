/** The options that write a recording in another format, the same wherever a recording is shown. */
import { EXPORTERS, type ExportTarget } from '../../../app/export-recording.ts';
import type { Option } from '../../command.ts';
import { text } from '../../options.ts';

type ExportOptionTable = Readonly<Record<(typeof EXPORTERS)[number]['name'], Option<string>>>;

export const EXPORT_OPTIONS = Object.fromEntries(
  EXPORTERS.map(({ name, describe }) => [name, text(`--${name} <file>`, describe, 'file')]),
) as ExportOptionTable;

export function exportTargets(
  options: Readonly<Record<keyof ExportOptionTable, string | undefined>>,
): ExportTarget[] {
  return EXPORTERS.flatMap(({ name }) => {
    const path = options[name];
    return path === undefined ? [] : [{ name, path }];
  });
}
