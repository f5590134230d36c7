import { describe, expect, it } from 'vitest';
import { runLine } from './testing/run-line.ts';

const run = (line: readonly string[], env: Record<string, string> = {}, columns?: number) =>
  runLine(line, { env, columns, stdoutIsTerminal: columns !== undefined });

describe('help', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']], [['help', '-h']]])(
    '%j is the list of commands, on standard output',
    async (line) => {
      const { exitCode, out, err } = await run(line);
      expect([exitCode, err]).toEqual([0, '']);
      expect(out).toContain('why');
      expect(out).toContain('cpusets');
    },
  );

  it.each([
    [['help', 'why']],
    [['why', '--help']],
    [['why', '-h']],
    [['-h', 'why']],
    [['why', '--for', '-h']],
    [['help', '--json', 'why']],
  ])('%j is the help of the command', async (line) => {
    const { exitCode, out } = await run(line);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^usage: keel why .*\[options\]/);
  });

  it('explains topics', async () => {
    expect((await run(['help', 'cpusets'])).out).toContain('llc:0');
  });

  it('knows what was meant', async () => {
    const { exitCode, err } = await run(['help', 'cpuset']);
    expect(exitCode).toBe(2);
    expect(err).toContain('Did you mean: keel help cpusets');
  });
});

it.each([
  ['EMFILE', /ulimit -n/],
  ['ENFILE', /fs\.file-max/],
])('%s is no fault of keel, wherever it is met', async (code, next) => {
  const { exitCode, err } = await runLine(['help'], {
    out: () => {
      throw Object.assign(new Error(`${code}: open 'x'`), { code });
    },
  });
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^error E_CONFLICT: too many open files/);
  expect(err).toMatch(next);
});

describe('a line that is wrong', () => {
  it.each([
    [['whyy'], 'there is no command "whyy"'],
    [['whyy'], 'Did you mean: keel why'],
    [['--bogus'], 'there is no command "--bogus"'],
    [['why', '--bogus'], 'keel why has no option --bogus'],
    [['why', '--width', '3'], '--width takes a whole number'],
  ])('%j exits with 2 and says %s', async (line, said) => {
    const { exitCode, out, err } = await run(line);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(said);
  });

  it('is one object with --json', async () => {
    const { exitCode, out, err } = await run(['why', '--json', '--bogus', '--lang', 'ko']);
    expect([exitCode, out]).toEqual([2, '']);
    expect(JSON.parse(err)).toMatchObject({
      schema: 'keel.error/1',
      code: 'E_USAGE',
      what: 'keel why has no option --bogus',
    });
  });

  it('does not let a name steer the terminal', async () => {
    const { err } = await run(['\u001b]0;title\u0007\u009b2J']);
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('of a file that is not there exits with 1', async () => {
    const { exitCode, err } = await run(['why', '--sysroot', '/nonexistent/machine']);
    expect(exitCode).toBe(1);
    expect(err).toContain('error E_IO: cannot read /nonexistent/machine: no such file or folder (ENOENT)');
  });
});

describe('the language', () => {
  it.each([
    ['--lang', ['help', '--lang', 'ko'], {}, '도움말'],
    ['--lang in front', ['--lang', 'ko', 'help'], {}, '도움말'],
    ['--lang=', ['--lang=ko'], {}, '도움말'],
    ['LANG', ['help'], { LANG: 'ko_KR.UTF-8' }, '도움말'],
    ['LC_MESSAGES over LANG', ['help'], { LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR' }, '도움말'],
    ['LC_ALL over the others', ['help'], { LC_ALL: 'C', LANG: 'ko_KR' }, 'One command'],
    ['--lang over LANG', ['help', '--lang', 'en'], { LANG: 'ko_KR' }, 'One command'],
    // Konkani is not Korean.
    ['kok_IN', ['help'], { LANG: 'kok_IN' }, 'One command'],
  ])('follows %s', async (_, line, env, expected) => {
    expect((await run(line, env)).out).toContain(expected);
  });

  it('is that of errors too', async () => {
    expect((await run(['whyy', '--lang', 'ko'])).err).toContain('오류 E_USAGE: "whyy" 명령은 없습니다');
  });

  it('behind -- is not ours', async () => {
    expect((await run(['whyy', '--', '--lang', 'ko'])).err).toContain('there is no command');
  });
});

describe('the width', () => {
  it.each([
    [['help', 'why'], 60, 60],
    [['help', 'why', '--width', '50'], 120, 50],
  ])('of %j on %i columns is at most %i', async (line, columns, most) => {
    const { out } = await run(line, {}, columns);
    // Examples are lines to copy and are not broken.
    const lines = out.split('\n').filter((text) => !/^ {2}keel /.test(text));
    expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(most);
  });
});
