import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { type Argument, type Command, defineCommand } from './command.ts';
import { duration, flag, text, wholeNumber } from './options.ts';
import { flagsOf, parseLine } from './parse.ts';

const say = (words: string) => ({ en: words, ko: words });

function command(args: readonly Argument[], passThrough = false): Command {
  return defineCommand({
    name: 'pin',
    summary: say('places a process'),
    arguments: args,
    passThrough,
    options: {
      howLong: duration('--for <duration>', say('how long')),
      out: text('-o, --out <file>', say('where to')),
      dryRun: flag('-n, --dry-run', say('nothing changes')),
      nice: { flags: '--nice <number>', describe: say('nice'), parse: Number },
      only: { ...text('--only <name>', say('one of them')), repeatable: true },
      rows: wholeNumber('--rows <number>', say('rows'), 1, 9),
    },
    examples: [],
    run: () => Promise.reject(new Error('not run here')),
  });
}

const target = { name: '<target>', describe: say('a process') };
const cpus = { name: '[cpus]', describe: say('CPUs') };
const program = { name: '[cmd...]', describe: say('a program') };
const pin = command([target, cpus]);

/** What the error says, with what it points at between marks. */
function complaint(of: Command, line: readonly string[]): string {
  try {
    parseLine(of, line);
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    const { pointer, what, next } = error.parts;
    const at = pointer && `${pointer.text.slice(0, pointer.start)}>${pointer.text.slice(pointer.start)}`;
    return [what.en, at, ...(next ?? []).map((sentence) => sentence.en)].join('\n');
  }
  return 'no complaint';
}

describe('a command line', () => {
  it.each([
    [['4127', '0-3', '--for', '10s']],
    [['--for=10s', '4127', '0-3']],
    [['4127', '--for', '10s', '0-3']],
    [['--for', '10s', '--', '4127', '0-3']],
    [['--for', '3s', '4127', '0-3', '--for', '10s']],
  ])('takes options at any place: %j', (line) => {
    const parsed = parseLine(pin, line);
    expect(parsed.args).toEqual(['4127', '0-3']);
    expect(parsed.options).toEqual({ howLong: 10e9 });
  });

  it('names values as the table does, not as the flags do', () => {
    expect(parseLine(pin, ['x', '-n', '-o', 'f', '--json']).options).toEqual({
      dryRun: true,
      out: 'f',
      json: true,
    });
    expect(parseLine(pin, ['x', '-nof']).options).toEqual({ dryRun: true, out: 'f' });
  });

  it('collects what may be given several times', () => {
    expect(parseLine(pin, ['x', '--only', 'tick', '--only=net']).options.only).toEqual(['tick', 'net']);
  });

  it('takes negative numbers as values', () => {
    expect(parseLine(pin, ['x', '--nice', '-5']).options.nice).toBe(-5);
    expect(parseLine(pin, ['x', '--nice=-5']).options.nice).toBe(-5);
  });

  it('leaves everything behind -- to the program', () => {
    const run = command([program], true);
    const line = ['--for', '1s', '--', './worker', '--map', '3', '-h', '--', '--json'];
    const { args, options } = parseLine(run, line);
    expect(args).toEqual(['./worker', '--map', '3', '-h', '--', '--json']);
    expect(options).toEqual({ howLong: 1e9 });
  });

  it.each([
    [
      'an unknown option',
      ['4127', '--dry-rnu'],
      'keel pin has no option --dry-rnu\nkeel pin 4127 >--dry-rnu',
    ],
    ['the nearest name', ['4127', '--dry-rnu'], 'Did you mean: --dry-run'],
    ['an unknown short one', ['-z', '4127'], 'keel pin has no option -z\nkeel pin >-z 4127'],
    ['a forgotten value', ['4127', '--out', '--json'], '--out needs a value: <file>\nkeel pin 4127 >--out'],
    ['a forgotten last value', ['4127', '--for'], '--for needs a value: <duration>\nkeel pin 4127 >--for'],
    ['a value too many', ['4127', '--json=yes'], '--json takes no value\nkeel pin 4127 >--json=yes'],
    ['a missing argument', ['--json'], 'keel pin needs <target>: a process\nkeel pin --json ><target>'],
    ['one argument too many', ['1', '2', '1'], 'keel pin takes 2 at most\nkeel pin 1 2 >1'],
    ['a value of the wrong form', ['1', '--for', 'ten'], '--for takes a duration'],
    ['a number out of range', ['1', '--rows', '10'], '--rows takes a whole number from 1 to 9\n>10'],
  ])('says of %s where it is', (_, line, expected) => {
    expect(complaint(pin, line)).toContain(expected);
  });

  it('says where options of the program belong', () => {
    const run = command([program], true);
    expect(complaint(run, ['./worker', '--map', '3'])).toContain('go behind --');
  });

  it('parses any line or complains', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('--for', '--for=1s', '-n', '-o', '--', '--json', '1'));
    fc.assert(
      fc.property(fc.array(word), (line) => {
        expect(typeof complaint(pin, line)).toBe('string');
      }),
    );
  });
});

describe('flags', () => {
  it.each([
    ['--json', { long: 'json', short: null, value: null }],
    ['-o, --out <file>', { long: 'out', short: 'o', value: 'file' }],
    ['--dry-run', { long: 'dry-run', short: null, value: null }],
  ])('%s', (flags, expected) => {
    expect(flagsOf({ flags, describe: say('') })).toEqual(expected);
  });

  it.each(['-o', '--out [file]', 'out', '--out<file>'])('refuses %s', (flags) => {
    expect(() => flagsOf({ flags, describe: say('') })).toThrow('flags that cannot be read');
  });
});
