/**
 * Runs a command on a terminal of 80 columns and draws what it wrote:
 *
 *     tsx scripts/render-terminal-svg.ts docs/images/topo.svg -- keel topo
 *
 * The picture opens with the command after a prompt. Needs script(1) of util-linux for the terminal.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { terminalSvg } from './terminal/svg.ts';

/** What is left on the screen of lines that were drawn over, such as a progress bar. */
function afterProgress(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => line.replace(/^.*\r/, '').replaceAll('\u001b[K', '')).join('\n');
}

const [out, dashes, ...shown] = process.argv.slice(2);
if (out === undefined || dashes !== '--' || shown[0] !== 'keel') {
  console.error('usage: tsx scripts/render-terminal-svg.ts OUT.svg -- keel ...');
  process.exit(2);
}
const keel = join(import.meta.dirname, '../dist/keel.js');
const quoted = shown.slice(1).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
const line = `stty cols 80; exec '${process.execPath}' '${keel}' ${quoted.join(' ')}`;
const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8' });
const prompt = `\u001b[2m$\u001b[22m \u001b[1m${shown.join(' ')}\u001b[22m`;
writeFileSync(out, terminalSvg(`${prompt}\n${afterProgress(stdout)}`, shown.join(' ')));
