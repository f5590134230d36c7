import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { processIo } from './io.ts';

const text = `rchar: 2012
wchar: 0
syscr: 7
syscw: 0
read_bytes: 524288
write_bytes: 4096
cancelled_write_bytes: 0
`;

describe('/proc/PID/io', () => {
  it('is what came from storage, not what came from the cache', () => {
    expect(processIo.parse(text, NO_FACTS)).toEqual({ readBytes: 524_288n, writtenBytes: 4096n });
  });

  it('is not 0 where a line is missing', () => {
    expect(() => processIo.parse('rchar: 1\n', NO_FACTS)).toThrow(FormatError);
  });
});
