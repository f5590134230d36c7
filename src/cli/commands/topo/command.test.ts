/** On every captured machine, against golden files; `vitest -u` refreshes them, and the difference is reviewed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cells } from '../../output/look.ts';
import { runLine } from '../../testing/run-line.ts';

const MACHINES = join(import.meta.dirname, '../../../../fixtures/machines');
const GOLDEN = join(import.meta.dirname, '../../../../fixtures/golden/topo');
const machines = readdirSync(MACHINES)
  .filter((file) => file.endsWith('.keel'))
  .map((file) => file.replace(/\.keel$/, ''));

const keel = (...line: string[]) => runLine(line);
const fileOf = (machine: string) => join(MACHINES, `${machine}.keel`);

describe.each(machines)('keel topo on %s', (machine) => {
  it('prints its tree', async () => {
    const { out, err, exitCode } = await keel('topo', '--sysroot', fileOf(machine));
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
    await expect(out).toMatchFileSnapshot(join(GOLDEN, `${machine}.txt`));
  });

  it('prints its JSON', async () => {
    const { out } = await keel('topo', '--json', '--sysroot', fileOf(machine));
    await expect(out).toMatchFileSnapshot(join(GOLDEN, `${machine}.json`));
  });

  it.each([
    ['en', 80],
    ['ko', 80],
    ['ko', 40],
  ])('keeps to the width (%s, %i columns)', async (lang, width) => {
    const line = ['topo', '--sysroot', fileOf(machine), '--lang', lang, '--width', `${width}`];
    const lines = (await keel(...line)).out.split('\n');
    // A name that no blank divides may be longer than 40 columns; at 80 nothing is.
    const tooWide = lines.filter((text) => cells(text) > width && (width === 80 || text.includes('   ')));
    expect(tooWide).toEqual([]);
  });

  it('draws every CPU once', async () => {
    const { out } = await keel('topo', '--svg', '-', '--sysroot', fileOf(machine));
    const document = JSON.parse((await keel('topo', '--json', '--sysroot', fileOf(machine))).out);
    const drawn = [...out.matchAll(/<title>CPU (\d+)/g)].map((match) => Number(match[1]));
    expect(drawn.sort((a, b) => a - b)).toEqual(document.cpus.map(({ cpu }: { cpu: number }) => cpu));
    expect(out.match(/<(g|svg|text|style|defs|pattern|title)\b/g)?.length).toBe(
      out.match(/<\/(g|svg|text|style|defs|pattern|title)>/g)?.length,
    );
  });
});

describe('keel topo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keel-topo-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const apart = fileOf('2s2c2t-apart');

  it('is also called show', async () => {
    expect(await keel('show', '--sysroot', apart)).toEqual(await keel('topo', '--sysroot', apart));
  });

  it('says what a set of CPUs is here', async () => {
    const { out } = await keel('topo', '--cpus', 'core:1,node:1&smt:0', '--sysroot', apart);
    expect(out).toBe('1-3,5\n4 CPUs, mask 2e\n');
    const json = await keel('topo', '--json', '--cpus', 'core:1', '--sysroot', apart);
    expect(JSON.parse(json.out)).toEqual({
      schema: 'keel.topo.cpus/1',
      expression: 'core:1',
      cpus: '1,5',
      mask: '22',
      count: 2,
    });
  });

  it('points at what does not exist', async () => {
    const { err, out, exitCode } = await keel('topo', '--cpus', '6-9', '--sysroot', apart);
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 });
    expect(err.split('\n').slice(0, 4)).toEqual([
      'error E_USAGE: CPUs 8-9 do not exist on this machine',
      '   6-9',
      '     ^ the last CPU is 7 (8 CPUs, 0-7, all online)',
      'Did you mean 6-7, or llc:1 (2-3,6-7)?',
    ]);
  });

  it('writes a picture, and never over another file', async () => {
    const file = join(folder, 'machine.svg');
    const line = ['topo', '--svg', file, '--sysroot', apart];
    expect((await keel(...line)).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg /);
    writeFileSync(file, 'mine');
    const refused = await keel(...line);
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain('E_CONFLICT');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await keel(...line, '--force')).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg /);
    expect(readdirSync(folder)).toEqual(['machine.svg']);
  });

  it('captures a captured machine the same', async () => {
    const file = join(folder, 'again.keel');
    expect((await keel('capture', '-o', file, '--sysroot', apart)).exitCode).toBe(0);
    expect(await keel('topo', '--sysroot', file)).toEqual(await keel('topo', '--sysroot', apart));
    expect((await keel('capture', '-o', file, '--sysroot', apart)).err).toContain('is there already');
    expect((await keel('capture', '--sysroot', apart)).exitCode).toBe(2);
  });
});
