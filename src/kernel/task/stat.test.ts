import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { parseTaskStat } from './stat.ts';

const facts = { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 };
const after =
  'S 1 7 7 0 -1 4194304 2345 6543 7 3 250 125 10 5 20 -5 23 0 98765 1000000 300 18446744073709551615 1 2 3 0 0 0 0 0 0 0 0 0 17 3 40 2 0 0 0';

describe('/proc/PID/stat', () => {
  // Names of seed mistakes B1 and 8: a split on blanks shifts every field behind them.
  it.each([
    'srv',
    'game srv x',
    'a b) 9 * x',
    ')',
    '((',
    'x\ny',
    '\u001b[31mred',
    '게임 서버',
    '',
    ') S 1 2 3',
  ])('reads the fields behind the name %j', (comm) => {
    const stat = parseTaskStat(`4127 (${comm}) ${after}\n`, facts);
    expect(stat).toMatchObject({ id: 4127, comm, state: 'S', minorFaults: 2345n, majorFaults: 7n, cpu: 3 });
    expect(stat).toMatchObject({ childMinorFaults: 6543n, childMajorFaults: 3n, nice: -5, threads: 23 });
    expect(stat).toMatchObject({ realtimePriority: 40, policy: 2, rssBytes: 300n * 4096n });
    expect(stat).toMatchObject({ userNs: 2_500_000_000n, startNs: 987_650_000_000n });
  });

  it.each(['', '12', '12 (x', '12 (x) S', `x (x) ${after}`])('refuses %j', (text) => {
    expect(() => parseTaskStat(text, facts)).toThrow(FormatError);
  });
});
