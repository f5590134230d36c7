/** Completion in the shells themselves, beside a process whose name is an attack. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCRIPTS, type Shell } from './scripts.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-completion-'));
const trap = join(folder, 'trap');
const hostile = ['$(>trap)', '`>trap`', ';>trap', 'game srv', "a'b"];
const sleepers: ChildProcess[] = [];

function has(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** Its completion shows only on a terminal, and a bare container may have none to give. */
const hasZshPty = spawnSync('zsh', ['-c', 'zmodload zsh/zpty && zpty probe true']).status === 0;

beforeAll(() => {
  const keel = join(import.meta.dirname, '../keel.ts');
  const tsx = import.meta.resolve('tsx');
  writeFileSync(
    join(folder, 'keel'),
    `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${keel}' "$@"\n`,
  );
  chmodSync(join(folder, 'keel'), 0o755);
  for (const name of hostile) {
    const program = join(folder, name);
    copyFileSync('/bin/sleep', program);
    sleepers.push(spawn(program, ['600'], { stdio: 'ignore' }));
  }
  for (const [shell, script] of Object.entries(SCRIPTS))
    writeFileSync(join(folder, `script.${shell}`), script);
});

afterAll(() => {
  for (const sleeper of sleepers) sleeper.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function ask(shell: Shell, script: string, ...args: string[]): string[] {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C.UTF-8', HOME: folder };
  const options = { cwd: folder, env, encoding: 'utf8', timeout: 30_000 } as const;
  const { stdout } = spawnSync(shell, ['-c', script, ...args], options);
  expect(existsSync(trap)).toBe(false);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('bash (skipped where it is not installed)', () => {
  const script = `source script.bash
    COMP_LINE=$1 COMP_POINT=\${#1}
    _keel 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const tab = (line: string) => ask('bash', script, 'bash', line);

  it('completes commands, options and choices', () => {
    expect(tab('keel wh')).toEqual(['why']);
    expect(tab('keel why --sys')).toEqual(['--sysroot']);
    // Bash keeps what is before the =.
    expect(tab('keel why --lang=')).toEqual(['en', 'ko']);
  });

  it('writes names as words that mean themselves', () => {
    const words = tab('keel check ');
    for (const name of ['\\$\\(\\>trap\\)', '\\`\\>trap\\`', '\\;\\>trap', 'game\\ srv', "a\\'b"]) {
      expect(words).toContain(name);
    }
    expect(tab('keel check game\\ s')).toEqual(['game\\ srv']);
    expect(tab("keel check 'game s")).toEqual(['game srv']);
  });
});

describe.skipIf(!has('fish'))('fish (skipped where it is not installed)', () => {
  const tab = (line: string) =>
    ask('fish', 'source script.fish; complete -C $argv[1]', line).map((one) => one.split('\t')[0]);

  it('completes commands, options and choices', () => {
    expect(tab('keel wh')).toEqual(['why']);
    expect(tab('keel why --sys')).toEqual(['--sysroot']);
    expect(tab('keel why --lang ')).toEqual(['en', 'ko']);
  });

  it('offers names as they are', () => {
    expect(tab('keel check ')).toEqual(expect.arrayContaining(hostile));
  });
});

describe.skipIf(!hasZshPty)('zsh (skipped without it, or without terminals)', () => {
  // A real line editor on a pseudo terminal; Tab, then a key that prints the line and leaves.
  const script = `zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1= ; autoload -Uz compinit && compinit -u -d compdump; source script.zsh
      show() { print -r -- \\"LINE<\\$BUFFER>END\\"; exit }; zle -N show; bindkey '^X' show; print READY''MARK"
    zpty -r shell text '*READYMARK*'
    zpty -w -n shell "$1"$'\\t\\x18'
    zpty -r shell text '*LINE<*>END*'
    print -r -- "\${text##*LINE<}"`;
  const tab = (line: string) =>
    ask('zsh', script, 'zsh', line)
      .join('')
      .replace(/>END.*$/s, '');

  it('completes commands, options and choices', () => {
    expect(tab('keel wh')).toBe('keel why ');
    expect(tab('keel why --sys')).toBe('keel why --sysroot ');
    expect(tab('keel why --lang k')).toBe('keel why --lang ko ');
  });

  it('writes names as words that mean themselves', () => {
    expect(tab('keel check game')).toBe('keel check game\\ srv ');
    expect(tab('keel check \\$')).toBe('keel check \\$\\(\\>trap\\) ');
  });
});
