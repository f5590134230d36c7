import { describe, expect, it } from 'vitest';
import { createContext } from './context.ts';
import { createLook } from './output/look.ts';

const look = createLook({ language: 'en', width: 80, unicode: false, colour: false });
const question = { en: 'Apply?', ko: '적용할까요?' };

/** A context without a terminal to ask on, and what goes to stderr. */
function withOptions(options: { readonly yes?: boolean; readonly json?: boolean }) {
  const said: string[] = [];
  const terminal = {
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    err: (text: string) => void said.push(text),
  };
  return { context: createContext(look, terminal, new AbortController().signal, options), said };
}

describe('confirm', () => {
  it('shows the plan and goes on with --yes', async () => {
    const { context, said } = withOptions({ yes: true });
    await expect(context.confirm(['Plan c-1'], question)).resolves.toBe(true);
    expect(said).toEqual(['Plan c-1\n']);
  });

  it('shows the plan and refuses without a terminal and without --yes', async () => {
    const { context, said } = withOptions({});
    await expect(context.confirm(['Plan c-1'], question)).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(said).toEqual(['Plan c-1\n']);
  });

  it('leaves stderr to errors with --json', async () => {
    const { context, said } = withOptions({ yes: true, json: true });
    await context.confirm(['Plan c-1'], question);
    const asked = withOptions({ json: true });
    await expect(asked.context.confirm(['Plan c-1'], question)).rejects.toMatchObject({ code: 'E_USAGE' });
    expect([...said, ...asked.said]).toEqual([]);
  });

  it('is interrupted, not answered, by Ctrl-C', async () => {
    const said: string[] = [];
    const terminal = {
      stdinIsTerminal: true,
      stdoutIsTerminal: true,
      stderrIsTerminal: true,
      err: (text: string) => void said.push(text),
    };
    const context = createContext(look, terminal, AbortSignal.abort(), {});
    await expect(context.confirm(['Plan c-1'], question)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(said.at(-1)).toBe('\n');
  });

  it('lets nothing of a plan steer the terminal', async () => {
    const { context, said } = withOptions({ yes: true });
    await context.confirm(['thread \x1b[2Jx'], question);
    expect(said.join('')).not.toContain('\x1b[2J');
  });
});
