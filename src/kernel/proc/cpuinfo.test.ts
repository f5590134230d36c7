import { describe, expect, it } from 'vitest';
import { cpuInfo, parseCpuInfo } from './cpuinfo.ts';

const x86 = `processor\t: 0
vendor_id\t: GenuineIntel
model\t\t: 85
model name\t: Intel(R)  Xeon(R) Gold
physical id\t: 0
core id\t\t: 3
flags\t\t: fpu vme

processor\t: 7
model name\t: Intel(R)  Xeon(R) Gold
physical id\t: 1
core id\t\t: 3

`;
const s390 = `vendor_id       : IBM/S390
# processors    : 2
processor 0: version = FF,  identification = 0133E8,  machine = 2964
processor 1: version = FF,  identification = 0133E8,  machine = 2964

cpu number      : 0
physical id     : 2
core id         : 5

cpu number      : 1
physical id     : 2
core id         : 6
`;
const power = `processor\t: 0
cpu\t\t: POWER9, altivec supported
clock\t\t: 3783.000000MHz

processor\t: 4
cpu\t\t: POWER9, altivec supported

timebase\t: 512000000
Serial\t\t: 0000000012345678
`;

describe('/proc/cpuinfo', () => {
  it.each([
    ['x86', x86, [0, 7], 'Intel(R) Xeon(R) Gold'],
    ['s390', s390, [0, 1], 'IBM/S390'],
    ['POWER', power, [0, 4], 'POWER9, altivec supported'],
    ['nothing', '', [], null],
  ])('reads CPUs and their name on %s', (_, text, cpus, model) => {
    const info = parseCpuInfo(text);
    expect(info.blocks.map(({ cpu }) => cpu)).toEqual(cpus);
    expect(info.blocks[0]?.model ?? info.model).toBe(model);
  });

  it('reads ids of packages and cores', () => {
    expect(parseCpuInfo(x86).blocks[1]).toMatchObject({ cpu: 7, package: 1, core: 3 });
    expect(parseCpuInfo(s390).blocks[1]).toMatchObject({ cpu: 1, package: 2, core: 6 });
    expect(parseCpuInfo(power).blocks[0]).toMatchObject({ package: null, core: null });
  });

  it.each([x86, s390, power])('is scrubbed of serial numbers, and reads the same', (text) => {
    const scrubbed = cpuInfo.scrub?.(text) ?? '';
    expect(scrubbed).not.toMatch(/0133E8|12345678|flags/);
    expect(parseCpuInfo(scrubbed)).toEqual(parseCpuInfo(text));
  });
});
