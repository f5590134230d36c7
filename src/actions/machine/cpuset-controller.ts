/** Whether a v2 cgroup hands the cpuset controller down to its children: "on" or "off". */
import { Refused } from '../refused.ts';
import { fileSetting, isCgroupPath } from './file-setting.ts';
import type { MachineSetting } from './setting.ts';

const setting = fileSetting({
  name: 'cpusetController',
  label: { en: 'cpuset controller', ko: 'cpuset 컨트롤러' },
  isPlace: isCgroupPath,
  isValue: (value) => value === 'on' || value === 'off',
});

export const cpusetController: MachineSetting = {
  ...setting,
  /** Switching it off would take from the children what others have set there meanwhile. */
  restore(controls, step, steps) {
    const user = controls.cgroupsIn(step.at).find((path) => controls.readFile('cpusetCpus', path) !== '');
    if (step.before === 'off' && user !== undefined) {
      throw new Refused('failed', {
        en: `the cgroup ${user} uses the cpuset controller by now`,
        ko: `cgroup ${user}이(가) 이제 cpuset 컨트롤러를 사용합니다`,
      });
    }
    setting.restore(controls, step, steps);
  },
};
