import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { taskAutogroup } from './autogroup.ts';

const parse = (text: string) => taskAutogroup.parse(text, NO_FACTS);

describe('/proc/PID/autogroup', () => {
  it('is the session and its nice value', () => {
    expect(parse('/autogroup-143 nice 0\n')).toEqual({ name: 'autogroup-143', nice: 0 });
    expect(parse('/autogroup-7 nice -20\n')).toEqual({ name: 'autogroup-7', nice: -20 });
  });

  it('is no text of another shape', () => expect(() => parse('/a nice 1\n')).toThrow(FormatError));
});
