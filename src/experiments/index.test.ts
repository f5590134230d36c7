import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../base/sentence.ts';
import bench from '../cli/commands/bench/command.ts';
import { EXPERIMENTS } from './index.ts';

/** What is no experiment has a folder of its own, but for these. */
const NOT_EXPERIMENTS = new Set(['index', 'experiment', 'report']);

describe('the registry of experiments', () => {
  it('holds each file of the folder, once', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
      .map((name) => name.replace('.ts', ''))
      .filter((name) => !NOT_EXPERIMENTS.has(name));
    expect(EXPERIMENTS.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  it('is what the command offers', () => {
    expect(bench.arguments[0]?.completes).toEqual(EXPERIMENTS.map(({ name }) => name));
  });
});

describe.each(EXPERIMENTS)('the experiment $name', ({ name, summary, load }) => {
  it('is called what the registry calls it, and speaks every language', async () => {
    const experiment = await load();
    expect(experiment.name).toBe(name);
    for (const language of LANGUAGES) expect(summary[language].trim()).not.toBe('');
    expect(summary.ko).toMatch(/\p{Script=Hangul}/u);
  });
});
