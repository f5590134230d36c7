/** Tries a setting of the machine, says so, and waits to be killed: `try-setting.ts PROGRAM SETTING VALUE`. */
import type { MachineSettingName } from '../../actions/machine/setting.ts';
import { systemClock } from '../clock.ts';
import { openLiveHost } from '../open-host.ts';
import { SettingSession } from '../setting-session.ts';
import { openWorkshop } from '../workshop.ts';

const [program, setting, set] = process.argv.slice(2) as [string, MachineSettingName, string];
// The guardian is the program, run again, without what this script needs.
process.execArgv = [];
process.argv[1] = program;
const surroundings = { clock: systemClock, signal: new AbortController().signal, env: process.env };
const workshop = openWorkshop(openLiveHost(), surroundings);
const session = await SettingSession.open(
  workshop,
  [{ setting, at: '', before: '', set, mayStay: false }],
  'a trial',
);
session.switchTo(1);
process.stdout.write('set\n');
setInterval(() => {}, 60_000);
