/** The nice value of a session as a whole (man 7 sched, "The autogroup feature"). `at` names it: "autogroup-143". */
import { fileSetting } from './file-setting.ts';

export const sessionNice = fileSetting({
  name: 'sessionNice',
  label: { en: 'nice of session', ko: '세션의 nice' },
  isPlace: (at) => /^autogroup-\d{1,10}$/.test(at),
  isValue: (value) => /^(-(20|1?\d)|1?\d)$/.test(value),
});
