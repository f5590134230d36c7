// Memory that is put out from outside, and touched on demand: usage: node swapped.mjs MIB. Prints {} when all is written.
// At SIGUSR2 it reads one byte of each page, and writes how many major faults that took into /tmp/touched.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const PAGE_BYTES = 4096;
const memory = Buffer.alloc(Number(process.argv[2]) << 20, 0x5a);

/** Field 12 of proc_pid_stat(5); the name, which may hold blanks, is cut off with two fields. */
function majorFaults() {
  const text = readFileSync('/proc/self/stat', 'latin1');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[9]);
}

function touch() {
  const before = majorFaults();
  let sum = 0;
  for (let at = 0; at < memory.length; at += PAGE_BYTES) sum += memory[at];
  return { sum, majors: majorFaults() - before };
}

process.on('SIGUSR2', () => {
  writeFileSync('/tmp/touched.new', `${touch().majors}\n`);
  renameSync('/tmp/touched.new', '/tmp/touched');
});
setInterval(() => {}, 1 << 30);
process.stdout.write('{}\n');
