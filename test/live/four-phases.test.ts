import { expect, it } from 'vitest';
import { faultsOf, ranking } from './four-phases.ts';

const fault = (address: number, kind: 'minor' | 'major', latencyNs: number) => ({ address, kind, latencyNs });

it('shares faults out by address, the end excluded', () => {
  const faults = [
    fault(999, 'minor', 7),
    fault(1000, 'minor', 20),
    fault(1099, 'major', 300),
    fault(1100, 'major', 7),
  ];
  expect(faultsOf({ phase: 'many', start: 1000, bytes: 100 }, faults)).toEqual({
    phase: 'many',
    faults: 2,
    majorFaults: 1,
    stallNs: 320,
    majorStallNs: 300,
  });
});

it('ranks by what is asked for', () => {
  const [many, huge] = (['many', 'huge'] as const).map((phase, i) => ({
    ...faultsOf({ phase, start: 0, bytes: 0 }, []),
    faults: [100, 2][i] as number,
    stallNs: [50, 900][i] as number,
  }));
  const phases = many && huge ? [many, huge] : [];
  expect(ranking({ phases }, 'faults')).toEqual(['many', 'huge']);
  expect(ranking({ phases }, 'stallNs')).toEqual(['huge', 'many']);
});
