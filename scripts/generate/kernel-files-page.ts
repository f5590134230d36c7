/** docs/kernel-files.md, from the registry of readers: everything keel reads of a machine. */
import type { CaptureRule, ReaderKind } from '../../src/host/reader.ts';
import { READERS } from '../../src/kernel/index.ts';
import type { Generated } from './generated.ts';
import { code, MADE, table } from './markdown.ts';

export const kernelFilesPage: Generated = { path: 'docs/kernel-files.md', text: render };

const CAPTURED: Readonly<Record<CaptureRule, string>> = {
  machine: 'yes',
  task: 'for the tasks asked for',
  never: 'no',
};

const KIND: Readonly<Record<ReaderKind, string>> = {
  file: 'text',
  bytes: 'bytes',
  list: 'names in a folder',
  link: 'target of a link',
};

function render(): string {
  const rows = [...READERS]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((reader) => [code(reader.path), KIND[reader.kind], CAPTURED[reader.capture], reader.doc]);
  return `${MADE}

# Kernel files

Everything keel reads of a machine goes through these ${READERS.length} readers; nothing else in the program opens a file of the
kernel. \`--sysroot\` serves the same paths from a folder or from a file made by \`keel capture\`, which saves what is
marked as captured. What is private (command lines, addresses) or differs at every boot is not.

${table(['path', 'read as', 'captured', 'documented in'], rows)}
`;
}
