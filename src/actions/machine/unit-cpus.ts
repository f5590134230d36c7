/** The CPUs that systemd leaves to a unit (AllowedCPUs=, systemd 244); empty: all that there are. */
import { isKernelList, notTaken } from './file-setting.ts';
import type { MachineSetting } from './setting.ts';

/** Of systemd.unit(5), and never an option of systemctl. The root slice is "-.slice": nothing is kept from it. */
const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*\.(slice|scope|service)$/;

const label = { en: 'AllowedCPUs', ko: 'AllowedCPUs' };

export const unitCpus: MachineSetting = {
  name: 'unitCpus',
  label,
  isPlace: isUnitName,
  isValue: isKernelList,
  read: (controls, { at }) => controls.units.allowedCpus(at),
  write(controls, at, value) {
    controls.units.setAllowedCpus(at, value);
    const found = controls.units.allowedCpus(at);
    if (found !== value) throw notTaken(label, at, value, found);
  },
  restore: (controls, { at, before }) => controls.units.setAllowedCpus(at, before),
  same: (a, b) => a === b,
};

export function isUnitName(name: string): boolean {
  return name.length <= MOST_NAME_LENGTH && UNIT.test(name);
}

/** UNIT_NAME_MAX of systemd. */
const MOST_NAME_LENGTH = 255;
