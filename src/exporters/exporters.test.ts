import { readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import type { FaultProfile } from '../model/faults/profile.ts';
import { NO_STACK, StackTable } from '../model/stacks/stack-table.ts';
import type { Export } from './exporter.ts';
import { exportFlameDifference } from './flame/difference.ts';
import { EXPORTERS } from './index.ts';
import { drawPage } from './testing/drawn-page.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a name that tries to run
const HOSTILE = '</script><script>alert(1)//;"\'`${x}`';
const LABELS = [
  { name: 'main', binary: '/bin/a' },
  { name: 'walk', binary: '/bin/a' },
  { name: HOSTILE, binary: '/lib/<b>.so' },
];
const OPTIONS = { language: 'en', startedUnixMs: 1_700_000_000_000 } as const;

/** main -> walk -> hostile, and walk itself: 3 and 1000 faults, 3,000,000 and 7,000 ns. */
function profile(): FaultProfile {
  const stacks = new StackTable();
  const walk = stacks.push(stacks.push(NO_STACK, 0), 1);
  const deep = stacks.push(walk, 2);
  return {
    labels: LABELS,
    stacks,
    weights: [
      { stack: deep, cause: 'file-read', faults: 2, stallNs: 2_900_000 },
      { stack: deep, cause: 'read-ahead-wait', faults: 1, stallNs: 100_000 },
      { stack: walk, cause: 'first-touch', faults: 1000, stallNs: 7000 },
    ],
    elapsedNs: 5e9,
    faults: 1003,
    stallNs: 3_007_000,
  };
}

async function exported(
  name: (typeof EXPORTERS)[number]['name'],
  of = profile(),
): Promise<string | Uint8Array> {
  const entry = EXPORTERS.find((one) => one.name === name);
  const write: Export = await (entry as (typeof EXPORTERS)[number]).load();
  return write(of, OPTIONS);
}

const names = (frames: readonly number[]) => frames.map((frame) => LABELS[frame]?.name);
const BOTH_STACKS = [
  ['main', 'walk', HOSTILE],
  ['main', 'walk'],
];

describe('the registry of exporters', () => {
  it('holds each file of the folder, once', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.replace('.ts', ''))
      .filter((file) => file !== 'index' && file !== 'exporter');
    expect(EXPORTERS.map((one) => one.name).sort()).toEqual(files.sort());
  });
});

describe('collapsed', () => {
  it('has a line for each stack, and no frame that divides itself', async () => {
    expect(await exported('collapsed')).toBe(
      `main;walk;${HOSTILE.replaceAll(';', ':')} 3000000\nmain;walk 7000\n`,
    );
  });
});

describe('speedscope', () => {
  it('has both profiles over the same stacks', async () => {
    const file = JSON.parse(String(await exported('speedscope')));
    expect(file.profiles).toHaveLength(2);
    for (const one of file.profiles) expect(one.samples.map(names)).toEqual(BOTH_STACKS);
    expect(file.profiles.map((one: { weights: number[] }) => one.weights)).toEqual([
      [3_000_000, 7000],
      [3, 1000],
    ]);
    expect(file.profiles[0].endValue).toBe(3_007_000);
    expect(file.shared.frames[2]).toEqual({ name: HOSTILE, file: '/lib/<b>.so' });
  });
});

describe('pprof', () => {
  it('is read by the public library with both values and the cause', async () => {
    const file = Profile.decode(gunzipSync(await exported('pprof')));
    const text = (id: unknown) => file.stringTable.strings[Number(id)];
    const functionOf = new Map(file.function.map((one) => [Number(one.id), text(one.name)]));
    const frames = new Map(
      file.location.map((one) => [Number(one.id), functionOf.get(Number(one.line[0]?.functionId))]),
    );
    const samples = file.sample.map((one) => ({
      frames: one.locationId.map((id) => frames.get(Number(id))),
      values: one.value.map(Number),
      cause: text(one.label[0]?.str),
    }));
    expect(file.sampleType.map((one) => `${text(one.type)}/${text(one.unit)}`)).toEqual([
      'faults/count',
      'stall/nanoseconds',
    ]);
    expect(samples).toEqual([
      { frames: [HOSTILE, 'walk', 'main'], values: [2, 2_900_000], cause: 'file-read' },
      { frames: [HOSTILE, 'walk', 'main'], values: [1, 100_000], cause: 'read-ahead-wait' },
      { frames: ['walk', 'main'], values: [1000, 7000], cause: 'first-touch' },
    ]);
  });
});

describe('firefox', () => {
  it('has a track for stall and one for the count, with stacks that lead to names', async () => {
    const file = JSON.parse(String(await exported('firefox')));
    expect(file.threads.map((thread: { name: string }) => thread.name)).toEqual(['stall', 'faults']);
    for (const thread of file.threads) {
      const { samples, stackTable, frameTable, funcTable, stringArray } = thread;
      const walk = (stack: number | null): string[] =>
        stack === null
          ? []
          : [
              ...walk(stackTable.prefix[stack]),
              stringArray[funcTable.name[frameTable.func[stackTable.frame[stack]]]],
            ];
      expect(samples.stack.map(walk)).toEqual(BOTH_STACKS);
      for (const table of ['stackTable', 'frameTable', 'funcTable', 'resourceTable'])
        for (const [column, list] of Object.entries(thread[table]))
          if (column !== 'length') expect(list, `${table}.${column}`).toHaveLength(thread[table].length);
    }
    expect(file.threads[0].samples.weight).toEqual([3, 0.007]);
    expect(file.threads[1].samples.weight).toEqual([3, 1000]);
  });
});

describe('flame', () => {
  it('is one page whose policy lets nothing in, and whose data ends no script', async () => {
    const page = String(await exported('flame'));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toContain(HOSTILE);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toMatch(/https?:|src=|href=|innerHTML|eval\(/);
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(page)?.[1] ?? '');
    expect(data.labels[2]).toEqual([HOSTILE, '/lib/<b>.so']);
    const column = (i: number) => data.weights.reduce((sum: number, row: number[]) => sum + (row[i] ?? 0), 0);
    expect([column(2), column(3)]).toEqual([1003, 3_007_000]);
  });

  it('draws each function as wide as its stall', async () => {
    const bars = drawPage(String(await exported('flame'))).all.filter((one) => one.className === 'bar');
    expect(
      bars.map((bar) => [bar.textContent, Math.round(Number.parseFloat(bar.style.width ?? ''))]),
    ).toEqual([
      ['all', 1000],
      ['main', 1000],
      ['walk', 1000],
      [HOSTILE, 998],
    ]);
  });

  it('is made of nothing too', async () => {
    const nothing = { ...profile(), stacks: new StackTable(), weights: [], faults: 0, stallNs: 0 };
    for (const { name } of EXPORTERS)
      expect((await exported(name, nothing)).length).toBeGreaterThanOrEqual(0);
    expect(String(await exported('collapsed', nothing))).toBe('');
  });
});

describe('the flame graph of a difference', () => {
  it('has both sides of each stack per second, matched by name, and lets nothing in', () => {
    const before = profile();
    const after: FaultProfile = {
      ...profile(),
      labels: LABELS.map((label) => ({ ...label, binary: `/v2${label.binary}` })),
      weights: profile().weights.slice(2),
      elapsedNs: 1e9,
    };
    const page = exportFlameDifference(before, after, 'ko');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('<title>keel: 폴트 비교');
    expect(page).not.toContain(HOSTILE);
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(page)?.[1] ?? '');
    expect(data.labels).toHaveLength(LABELS.length);
    const label = (node: number): string =>
      node === 0 ? '' : `${label(data.parents[node])}/${data.labels[data.frames[node]][0]}`;
    const rows = data.weights.map(([node, side, faults, stall]: number[]) => [
      label(node as number),
      side,
      faults,
      stall,
    ]);
    expect(rows).toEqual([
      [`/main/walk/${HOSTILE}`, 0, 0.6, 600_000],
      [`/main/walk/${HOSTILE}`, 1, 0, 0],
      ['/main/walk', 0, 200, 1400],
      ['/main/walk', 1, 1000, 7000],
    ]);
  });

  it('says with a mark, not by colour alone, what grew and what shrank', () => {
    const [before, after] = [
      profile(),
      { ...profile(), weights: profile().weights.slice(2), elapsedNs: 1e9 },
    ];
    const bars = (a: FaultProfile, b: FaultProfile) =>
      drawPage(exportFlameDifference(a, b, 'en')).all.filter((one) => one.className === 'bar');
    expect(bars(before, after).map((bar) => bar.textContent)).toEqual([
      '▼ all',
      '▼ main',
      '▼ walk',
      `▼ ${HOSTILE}`,
    ]);
    expect(bars(after, before).map((bar) => bar.textContent[0])).toEqual(['▲', '▲', '▲', '▲']);
    expect(bars(after, after).map((bar) => bar.textContent)).toEqual(['= all', '= main', '= walk']);
    const colours = new Set(
      [bars(before, after), bars(after, before), bars(after, after)].map(([bar]) => bar?.style.background),
    );
    expect(colours.size).toBe(3);
  });
});
