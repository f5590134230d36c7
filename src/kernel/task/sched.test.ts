import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { threadSched } from './sched.ts';

/** Linux 6.18, shortened. */
const TEXT = `tick (4131, #threads: 23)
-------------------------------------------------------------------
se.exec_start                                :       1867443.074609
se.nr_migrations                             :               402118
nr_switches                                  :             20100000
nr_voluntary_switches                        :             18000000
nr_involuntary_switches                      :              2100000
se.slice                                     :              1400000
clock-delta                                  :                   93
`;

const parse = (text: string) => threadSched.parse(text, NO_FACTS);

describe('/proc/PID/task/TID/sched', () => {
  it('reads migrations, switches and the slice', () => {
    expect(parse(TEXT)).toEqual({
      migrations: 402_118n,
      voluntarySwitches: 18_000_000n,
      involuntarySwitches: 2_100_000n,
      sliceNs: 1_400_000n,
    });
  });

  it('says null for what an older kernel does not write', () => {
    expect(parse(TEXT.replace(/se\.slice.*\n/, ''))).toMatchObject({ sliceNs: null, migrations: 402_118n });
    expect(parse('')).toMatchObject({ migrations: null });
  });

  it('is not misled by the name of the task, nor by a longer key', () => {
    const named = TEXT.replace('tick', 'se.nr_migrations : 7');
    expect(parse(named).migrations).toBe(402_118n);
    const longer = TEXT.replace('se.nr_migrations ', 'se.nr_migrations_cold : 7\nse.nr_migrations ');
    expect(parse(longer).migrations).toBe(402_118n);
  });

  it('names the line that does not parse', () => {
    expect(() => parse(TEXT.replace('402118', 'many'))).toThrow(new FormatError('a whole number', 'many', 4));
  });
});
