// Touches fresh memory once: usage: node toucher.mjs MIB. Prints how its pages lie on nodes, one line of numa_maps each.
import { readFileSync } from 'node:fs';

const memory = Buffer.allocUnsafeSlow(Number(process.argv[2]) << 20);
for (let at = 0; at < memory.length; at += 4096) memory[at] = 1;
process.stderr.write(readFileSync('/proc/self/numa_maps', 'latin1'));
