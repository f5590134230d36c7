/** `cmd:WORDS`: a program, run again and again. Its last number counts; where it prints none, the time it took. */
import { spawn } from 'node:child_process';
import { splitWords } from '../../base/typed-words.ts';
import { limited, type Probe, ProbeFailed, type ProbeKind, wrongProbe } from './probe.ts';

const MOST_OUTPUT = 64 * 1024;

export const cmd: ProbeKind = {
  scheme: 'cmd',
  usage: 'cmd:PROGRAM ARGUMENTS',
  describe: {
    en: 'the last number that a program prints, or else the time it takes; no shell',
    ko: '프로그램이 출력한 마지막 수. 없으면 걸린 시간. 셸을 거치지 않음',
  },
  open(rest) {
    const words = splitWords(rest);
    const [program, ...args] = words ?? [];
    if (program === undefined) {
      throw wrongProbe(`cmd:${rest}`, cmd, {
        en: 'no program, or a quote is open',
        ko: '프로그램이 없거나 따옴표가 닫히지 않았습니다',
      });
    }
    let unit: Probe['unit'] | undefined;
    return {
      get unit() {
        return unit ?? null;
      },
      combine: 'mean',
      isPassive: false,
      async sample(signal) {
        const began = process.hrtime.bigint();
        const output = await limited(signal, (limit) => outputOf(program, args, limit));
        const tookNs = Number(process.hrtime.bigint() - began);
        const number = lastNumber(output);
        // The first answer settles what this probe is.
        unit ??= number === null ? 'Ns' : null;
        if (unit === 'Ns') return [tookNs];
        if (number === null) throw new ProbeFailed('it printed no number this time');
        return [number];
      },
      close() {},
    };
  },
};

function outputOf(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(output);
      else
        reject(new Error(killedBy === null ? `it ended with status ${code}` : `it was ended by ${killedBy}`));
    });
  });
}

/** Not a number inside of a word, such as the 4 of `ipv4`. */
function lastNumber(text: string): number | null {
  const found = text.match(/(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\d.]*[A-Za-z_])/gi)?.at(-1);
  return found === undefined ? null : Number(found);
}
