import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../../app/annotate-faults.ts';
import type { FaultRecording } from '../../../model/faults/recording.ts';
import { cells, createLook } from '../../output/look.ts';
import { annotationOutput } from './render.ts';

const charge = (faults: number, stallNs: number, called = 0) => ({
  own: { faults, stallNs },
  calls: { faults: called, stallNs: called * 1000 },
  byCause: [{ cause: 'first-touch' as const, faults, stallNs }],
});
const HOSTILE = '\u001b[2J$(x)\n소스';
const SOURCE = Array.from({ length: 40 }, (_, i) => `\tline ${i + 1}; ${i === 19 ? HOSTILE.repeat(9) : ''}`);
const SITES = { function: `walk${HOSTILE}`, binary: `/bin/${HOSTILE}`, sites: [], total: charge(7, 5e6, 2) };
const ANNOTATION: Annotation = {
  sites: SITES,
  file: '/bin/a',
  buildId: 'c0ffee',
  instructions: Array.from({ length: 30 }, (_, i) => ({
    address: 0x1000 + 4 * i,
    text: `mov ${HOSTILE} ${i}`,
    source: { path: '/a.c', line: 20 },
    charge: i === 15 ? charge(7, 5e6, 2) : null,
  })),
  addresses: 'linked',
  lines: [
    { path: '/a.c', line: 20, text: SOURCE[19] ?? '', charge: charge(6, 4.9e6) },
    { path: '/a.c', line: 30, text: SOURCE[29] ?? '', charge: charge(1, 1e5, 2) },
  ],
  sources: new Map([['/a.c', SOURCE]]),
  unread: [],
};
const RECORDING = {
  callchains: true,
  summary: { total: { faults: 10, stallNs: 1e7 } },
} as unknown as FaultRecording;

const look = (language: 'en' | 'ko') => createLook({ language, width: 80, unicode: true, colour: false });
const shown = (over: Partial<Annotation> = {}, asInstructions = false, rows = 12) =>
  annotationOutput({
    annotation: { ...ANNOTATION, ...over },
    recording: RECORDING,
    others: [],
    asInstructions,
    rows,
  });
const text = (...parts: Parameters<typeof shown>) => shown(...parts).lines(look('en'));

describe('an annotated function', () => {
  it.each(['en', 'ko'] as const)('fits 80 columns and steers no terminal, in %s', (language) => {
    for (const asInstructions of [false, true])
      for (const line of shown({}, asInstructions).lines(look(language))) {
        expect(cells(line), line).toBeLessThanOrEqual(80);
        expect(line).not.toMatch(/[\u0000-\u001f]/);
      }
  });

  it('shows each line with faults among its neighbours, and leaves out what is between', () => {
    const numbers = text().flatMap((line) => /^ *(\d+|\.\.\.)(?= |$)/.exec(line)?.[1] ?? []);
    expect(numbers).toEqual(['18', '19', '20', '21', '22', '...', '28', '29', '30', '31', '32']);
    expect(text().find((line) => /^ +20 /.test(line))).toMatch(/4\.90 ms .* 98\.0 % +6 /);
    expect(text().find((line) => /^ +30 /.test(line))).toMatch(/100 µs +2 µs +2\.0 % +3 /);
  });

  it('keeps the heaviest rows, and says that there are more', () => {
    const lines = text({}, false, 1);
    expect(lines.some((line) => /^ +30 /.test(line))).toBe(false);
    expect(lines.join('\n')).toContain('1 more: --show 2');
  });

  it('says what is missing: objdump, the build', () => {
    const lines = text({
      buildId: null,
      lines: [],
      instructions: [{ address: 0x1234, text: null, source: null, charge: charge(7, 5e6) }],
      unread: [{ missing: 'absent', path: 'objdump' }],
    }).join(' ');
    expect(lines).toMatch(/1234 +5 ms/);
    expect(lines).toContain('Install binutils');
    expect(lines).toContain('/bin/a has no build id');
  });

  it('is a document that keeps names as they are', () => {
    const { json } = shown();
    expect(json).toMatchObject({
      schema: 'keel.faults.annotate/1',
      function: SITES.function,
      faults: 7,
      stallNs: 5e6,
      calledFaults: 2,
      lines: [{ path: '/a.c', line: 20, faults: 6 }, { line: 30 }],
      gaps: [],
    });
    const charged = (json.instructions as { address: string; faults?: number }[]).filter((one) => one.faults);
    expect(charged).toMatchObject([{ address: '0x103c', faults: 7, line: 20 }]);
  });
});
