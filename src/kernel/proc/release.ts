/** /proc/sys/kernel/osrelease and arch: what uname(2) says, for a machine that is not the running one. */
import { fileReader } from '../../host/reader.ts';

/** As `uname -r`. */
export const kernelRelease = fileReader({
  path: '/proc/sys/kernel/osrelease',
  doc: 'man 5 proc_sys_kernel',
  capture: 'never', // a fact of its own
  parse: (text) => text.trim(),
});

/** As `uname -m`; since Linux 6.1. */
export const kernelArch = fileReader({
  path: '/proc/sys/kernel/arch',
  doc: 'Documentation/admin-guide/sysctl/kernel.rst',
  capture: 'never', // a fact of its own
  parse: (text) => text.trim(),
});
