import { describe, expect, it } from 'vitest';
import { type CommandEntry, defineCommand } from '../command.ts';
import { choice, flag, text } from '../options.ts';
import { type Candidates, candidatesFor } from './candidates.ts';

const say = (words: string) => ({ en: words, ko: words });
const run = () => Promise.reject(new Error('not run here'));

const pin = defineCommand({
  name: 'pin',
  summary: say('places a process'),
  arguments: [
    { name: '<target>', describe: say('process'), completes: 'target' },
    { name: '<cpus>', describe: say('CPUs'), completes: 'cpus' },
  ],
  options: {
    mem: choice('--mem <policy>', say('memory'), ['bind', 'interleave']),
    out: text('-o, --out <file>', say('file'), 'file'),
    dryRun: flag('--dry-run', say('nothing')),
    only: { ...text('--only <name>', say('name')), repeatable: true },
  },
  examples: [],
  run,
});
const launch = defineCommand({
  name: 'run',
  summary: say('launches'),
  arguments: [{ name: '[cmd...]', describe: say('program'), completes: 'command' }],
  options: { cpus: text('--cpus <set>', say('CPUs'), 'cpus') },
  passThrough: true,
  examples: [],
  run,
});
const COMMANDS: readonly CommandEntry[] = [
  { name: 'pin', aliases: ['set'], load: async () => pin },
  { name: 'run', aliases: [], load: async () => launch },
  { name: 'faults record', aliases: [], load: async () => launch },
  { name: 'faults stat', aliases: [], load: async () => launch },
  { name: 'complete', aliases: [], hidden: true, load: async () => pin },
];
const names = {
  targets: () => [{ word: 'arena' }, { word: 'game srv' }],
  cpus: () => [{ word: 'all' }, { word: 'node:0' }],
  changes: async () => [{ word: 'c-17' }],
};

async function words(...line: string[]): Promise<string | readonly string[]> {
  const found: Candidates = await candidatesFor(line, COMMANDS, names);
  return typeof found === 'string' ? found : found.map((one) => one.word);
}

describe('after keel', () => {
  it('come the commands, their other names, and help; hidden ones do not', async () => {
    expect(await words('')).toEqual(['pin', 'set', 'run', 'faults', 'help']);
    expect(await words('p')).toEqual(['pin']);
    expect(await words('--lang', 'ko', 's')).toEqual(['set']);
  });

  it('come options of every command', async () => {
    expect(await words('--l')).toEqual(['--lang']);
    expect(await words('--lang', '')).toEqual(['en', 'ko']);
  });

  it('help knows commands and topics', async () => {
    expect(await words('help', 'cp')).toEqual(['cpusets']);
    expect(await words('help', 'pin', '')).toEqual([]);
  });

  it('commands of two words come word by word', async () => {
    expect(await words('f')).toEqual(['faults']);
    expect(await words('faults', '')).toEqual(['record', 'stat']);
    expect(await words('help', 'faults', 's')).toEqual(['stat']);
  });

  it('an unknown command has nothing to offer', async () => {
    expect(await words('whyy', '')).toEqual([]);
  });
});

describe('after a command', () => {
  it.each([
    ['its first argument', ['pin', ''], ['arena', 'game srv']],
    ['only what fits', ['pin', 'g'], ['game srv']],
    ['by its other name', ['set', 'a'], ['arena']],
    ['its second argument', ['pin', 'arena', 'n'], ['node:0']],
    ['nothing behind the last', ['pin', 'arena', '0', ''], []],
    ['arguments behind options', ['pin', '--dry-run', '--mem', 'bind', 'arena', 'a'], ['all']],
    ['arguments behind --', ['pin', '--', 'a'], ['arena']],
    ['options', ['pin', '--dr'], ['--dry-run']],
    ['options that are not there yet', ['pin', '-o', 'f', '--o'], ['--only']],
    ['options that may be repeated', ['pin', '--only', 'x', '--on'], ['--only']],
    ['choices of an option', ['pin', '--mem', ''], ['bind', 'interleave']],
    ['choices in the same word', ['pin', '--mem=i'], ['--mem=interleave']],
    ['nothing for a free text', ['pin', '--only', ''], []],
  ])('come %s', async (_, line, expected) => {
    expect(await words(...line)).toEqual(expected);
  });

  it.each([
    [['pin', '-o', ''], 'files'],
    [['pin', '--out=x'], 'files'],
    [['run', '--', ''], 'programs'],
    [['run', '--cpus', '0', '--', './worker', '--l'], 'files'],
  ])('%j is left to the shell', async (line, expected) => {
    expect(await words(...line)).toBe(expected);
  });
});
