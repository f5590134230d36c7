/** Runs one command line without a process: its streams are texts, and it has no terminal unless it is given columns. */
import { main, type Outside } from '../main.ts';

export interface LineResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** @param changes to an outside that has a UTF-8 locale and no terminal */
export async function runLine(line: readonly string[], changes: Partial<Outside> = {}): Promise<LineResult> {
  const said = { out: '', err: '' };
  const exitCode = await main(line, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    env: { LANG: 'C.UTF-8' },
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: undefined,
    signal: new AbortController().signal,
    ...changes,
  });
  return { exitCode, ...said };
}
